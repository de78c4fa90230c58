"""Files that are made to hurt: all refused, with bounded memory, and the process goes on."""

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bot.backend.evidence.cleaning import cleaned, end_of
from bot.backend.evidence.pictures import clean_picture, read_picture
from bot.errors import UnsupportedPictureError
from bot.settings import ROOT
from tests.backend.evidence.making import make_picture
from tests.backend.evidence.test_api import png_that_claims

PIXELS = 25_000_000


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("run.sh", "echo hello")
    return file.getvalue()


def png_bomb() -> bytes:
    """A head of 20000 x 20000 and pixels that unpack to as many zeros."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 20000, 20000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1_000_000)) for _ in range(400)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small picture with a text that unpacks to 64 MB."""
    picture = make_picture()
    data = b"Comment\0\0" + zlib.compress(bytes(64_000_000), 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return picture[:33] + chunk + picture[33:]


def noise(form: str) -> bytes:
    """A good head and then anything."""
    good = make_picture((200, 200), form=form)
    return good[:60] + random.Random(3).randbytes(5000)


CORPUS = {
    "nothing": b"",
    "one byte": b"\xff",
    "a head": b"\xff\xd8\xff\xe0",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "SVG with a declaration": b"<?xml version='1.0'?><svg/>",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "AVIF": b"\0\0\0\x18ftypavif" + bytes(100),
    "GIF": make_picture(form="GIF"),
    "PDF": make_picture(form="PDF"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "bomb": png_bomb(),
    "claim": png_that_claims(65000, 65000),
    "text bomb": text_bomb(),
    "PNG and ZIP": make_picture() + archive(),
    "JPEG and ZIP": make_picture(form="JPEG") + archive(),
    "WebP and ZIP": make_picture(form="WEBP") + archive(),
    "JPEG and page": make_picture(form="JPEG") + b"<html><script>alert(1)</script>",
    "PNG and PDF": make_picture() + b"%PDF-1.7 ...",
    "PNG and program": make_picture() + b"MZ" + bytes(80),
    **{f"{form} cut off": make_picture((300, 300), form=form)[:-60] for form in ("PNG", "JPEG", "WEBP")},
    **{f"{form} of noise": noise(form) for form in ("PNG", "JPEG", "WEBP")},
}


@pytest.mark.parametrize("name", CORPUS)
async def test_it_is_refused(tmp_path: Path, name: str):
    (tmp_path / "picture").write_bytes(CORPUS[name])
    for look in (read_picture, clean_picture):
        with pytest.raises(UnsupportedPictureError):
            await look(tmp_path / "picture", PIXELS)


async def test_of_heic_it_says_what_to_do(tmp_path: Path):
    (tmp_path / "picture").write_bytes(CORPUS["HEIC"])
    with pytest.raises(UnsupportedPictureError, match=r"HEIC.*screenshot"):
        await read_picture(tmp_path / "picture", PIXELS)


CHILD = """
import asyncio, json, resource, sys
from pathlib import Path
from bot.backend.evidence.pictures import clean_picture
from bot.errors import UnsupportedPictureError

async def main():
    refused = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async def look(path):
        nonlocal refused
        try:
            await clean_picture(path, 25_000_000)
        except UnsupportedPictureError:
            refused += 1
    files = sorted(Path(sys.argv[1]).iterdir())
    await asyncio.gather(*(look(path) for _ in range(3) for path in files))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"refused": refused, "files": 3 * len(files), "growth": (after - before) // 1024}))

asyncio.run(main())
"""


def test_all_of_them_at_once_take_little_memory(tmp_path: Path):
    for number, data in enumerate(CORPUS.values()):
        (tmp_path / str(number)).write_bytes(data)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(child.stdout)
    assert found["refused"] == found["files"]
    assert found["growth"] < 200  # megabytes


def with_exif(form: str, size: tuple[int, int] = (60, 120)) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # on its side
    exif[0x010F] = "SecretPhone"
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, form, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_metadata_goes_and_the_picture_is_put_upright(tmp_path: Path, form: str):
    path = tmp_path / "picture"
    path.write_bytes(with_exif(form))
    assert b"SecretPhone" in path.read_bytes()
    picture = await clean_picture(path, PIXELS)
    assert (picture.width, picture.height) == (120, 60)
    assert b"SecretPhone" not in path.read_bytes()
    with Image.open(path) as image:
        assert image.size == (120, 60)
        assert not image.getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_without_metadata_stays_as_it_is(form: str):
    picture = make_picture(form=form)
    assert end_of(picture, form) == len(picture)
    assert cleaned(picture) == picture


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_follows_a_picture_goes(form: str):
    after = cleaned(make_picture(form=form) + b"an appendix")
    assert b"appendix" not in after
    assert end_of(after, form) == len(after)


async def test_looking_alone_changes_no_file(tmp_path: Path):
    path = tmp_path / "picture"
    path.write_bytes(with_exif("JPEG"))
    await read_picture(path, PIXELS)
    assert path.read_bytes() == with_exif("JPEG")
