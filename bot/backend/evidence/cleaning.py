"""What a picture file holds besides the picture: metadata, and other files hidden behind or in it. Pure."""

import io

from PIL import Image, ImageOps

# A picture that is a page, a program or an archive at the same time is made to deceive somebody.
_ANYWHERE = (b"<script", b"<?php", b"%PDF-1.", b"<!DOCTYPE html")
_BEHIND = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF", b"<svg", b"<html", b"#!/")
_METADATA = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "icc_profile")
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_ORIENTATION = 0x0112


def is_heif(head: bytes) -> bool:
    """Whether a file is an iPhone's HEIC (or AVIF) by its first bytes."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF


def is_two_in_one(data: bytes, form: str) -> bool:
    """Whether a picture is another kind of file too."""
    behind = data[end_of(data, form) :].lstrip(b"\0\r\n ")
    return any(mark in data for mark in _ANYWHERE) or any(mark in behind[:4096] for mark in _BEHIND)


def end_of(data: bytes, form: str) -> int:
    """Where the picture ends (Pillow's name of the format); the length of the data if it does not say."""
    if form == "WEBP":
        return min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    return _end_of_png(data) if form == "PNG" else _end_of_jpeg(data)


def _end_of_png(data: bytes) -> int:
    place = 8
    while place + 12 <= len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            return min(place, len(data))
    return len(data)


def _end_of_jpeg(data: bytes) -> int:
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:  # pixels: on to the next marker
            place = data.find(b"\xff", place)
            if place < 0:
                return len(data)
            continue
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker == 0xFF:  # a fill byte
            place += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            place += 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return len(data)


def cleaned(data: bytes) -> bytes:
    """The picture upright and without metadata and appendix; the very bytes if it has none.

    Only for data that was decoded before (`pictures.read_picture`).
    """
    with Image.open(io.BytesIO(data)) as image:
        form = str(image.format)
        image.load()
        turned = image.getexif().get(_ORIENTATION, 1) != 1
        texts = getattr(image, "text", None)  # those of a PNG
        dirty = turned or bool(texts) or bool(image.getexif()) or any(name in image.info for name in _METADATA)
        if not dirty and end_of(data, form) == len(data):
            return data
        quality = {"quality": "keep"} if form == "JPEG" and not turned else {"quality": 95} if form != "PNG" else {}
        upright = ImageOps.exif_transpose(image) if turned else image
        transparency = image.info.get("transparency")
        upright.info = {} if transparency is None else {"transparency": transparency}
        file = io.BytesIO()
        upright.save(file, form, exif=b"", **quality)
        return file.getvalue()
