"""Look into an uploaded file without trusting it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from bot.backend.evidence.cleaning import cleaned, is_heif, is_two_in_one
from bot.backend.evidence.model import FORMATS
from bot.errors import UnsupportedPictureError

# A picture of the largest size takes about 100 MB when it is unpacked, so only a few at a time.
_DECODERS = ThreadPoolExecutor(2, thread_name_prefix="picture")


class Picture(NamedTuple):
    """What a file really is; width and height in pixels."""

    mime: str
    width: int
    height: int


async def read_picture(path: Path, max_pixels: int) -> Picture:
    """Decode the whole picture in a thread; raises UnsupportedPictureError.

    That is for other formats, for more than `max_pixels`, and for files that are cut off or broken.
    """
    return await asyncio.get_running_loop().run_in_executor(_DECODERS, _read, path, max_pixels)


async def clean_picture(path: Path, max_pixels: int) -> Picture:
    """The same, and then the file is only the picture: upright, without metadata (where, when, which phone)."""
    return await asyncio.get_running_loop().run_in_executor(_DECODERS, _clean, path, max_pixels)


def _clean(path: Path, max_pixels: int) -> Picture:
    _read(path, max_pixels)
    try:
        before = path.read_bytes()
        if (after := cleaned(before)) != before:
            path.write_bytes(after)
    except Exception as error:
        raise UnsupportedPictureError from error
    return _read(path, max_pixels)


def _read(path: Path, max_pixels: int) -> Picture:
    try:
        with path.open("rb") as file:
            if is_heif(file.read(12)):
                raise UnsupportedPictureError("HEIC pictures cannot be read; a screenshot or a JPEG can.")
        with Image.open(path, formats=list(FORMATS)) as image:  # reads the head of the file only
            width, height = image.size
            if width * height > max_pixels:
                raise UnsupportedPictureError(f"The picture has more than {max_pixels} pixels.")
            image.load()
            if is_two_in_one(path.read_bytes(), str(image.format)):
                raise UnsupportedPictureError("The file is a picture and something else at the same time.")
            return Picture(FORMATS[str(image.format)], width, height)
    except UnsupportedPictureError:
        raise
    except Exception as error:  # a hostile file may break a decoder in any way
        raise UnsupportedPictureError from error
