"""Pictures over HTTP, on both databases."""

import asyncio
import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from bot.backend.database import SETTINGS
from bot.backend.evidence.readings import folder_of
from tests.backend.evidence.making import make_picture, upload


def files_of(client: TestClient) -> list[Path]:
    folder = folder_of(client.app[SETTINGS])
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def code(body: dict) -> str:
    return body["error"]["code"]


@pytest.mark.parametrize(("form", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
async def test_a_picture_is_kept_and_comes_back_byte_for_byte(backend_client: TestClient, form: str, mime: str):
    picture = make_picture(form=form)
    status, body = await upload(backend_client, picture)
    assert status == 201
    assert body == {
        "evidence_id": body["evidence_id"],
        "sha256": hashlib.sha256(picture).hexdigest(),
        "width": 60,
        "height": 120,
        "mime": mime,
        "duplicate": False,
    }
    answer = await backend_client.get(f"/v1/evidence/{body['evidence_id']}")
    assert (answer.status, answer.content_type, await answer.read()) == (200, mime, picture)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_our_own_processes_may_fetch_it(backend_client: TestClient):
    _, body = await upload(backend_client, make_picture())
    answer = await backend_client.get(f"/v1/evidence/{body['evidence_id']}", headers={"Authorization": "Bearer no"})
    assert answer.status == 401


@pytest.mark.parametrize("evidence_id", ["0" * 32, "..%2f..%2fsecret.key", "x"])
async def test_what_was_never_sent_is_not_found(backend_client: TestClient, evidence_id: str):
    answer = await backend_client.get(f"/v1/evidence/{evidence_id}")
    assert answer.status == 404


async def test_the_same_picture_twice_is_one_piece_of_evidence(backend_client: TestClient):
    first = await upload(backend_client, make_picture(), order_no="KM1")
    assert await upload(backend_client, make_picture(), order_no="km 1") == first
    assert len(files_of(backend_client)) == 1


async def test_a_picture_of_another_customer_is_a_duplicate_that_names_nobody(backend_client: TestClient):
    _, first = await upload(backend_client, make_picture(), "alice", order_no="KM1")
    _, second = await upload(backend_client, make_picture(), "charlie")
    assert second["duplicate"]
    assert second["evidence_id"] != first["evidence_id"]
    assert "alice" not in str(second) and "KM1" not in str(second)


async def test_the_first_customer_is_not_blamed_when_another_sends_the_picture_later(backend_client: TestClient):
    first = await upload(backend_client, make_picture(), "alice")
    await upload(backend_client, make_picture(), "charlie")
    assert await upload(backend_client, make_picture(), "alice") == first


async def test_a_picture_for_a_second_order_is_a_duplicate(backend_client: TestClient):
    await upload(backend_client, make_picture(), order_no="KM1")
    assert (await upload(backend_client, make_picture(), order_no="KM2"))[1]["duplicate"]


async def test_a_picture_sent_before_the_order_is_known_is_not(backend_client: TestClient):
    await upload(backend_client, make_picture())
    assert not (await upload(backend_client, make_picture(), order_no="KM2"))[1]["duplicate"]


async def test_another_picture_is_not(backend_client: TestClient):
    await upload(backend_client, make_picture(), "alice")
    assert not (await upload(backend_client, make_picture(colour="blue"), "charlie"))[1]["duplicate"]


async def test_ten_uploads_at_once_keep_one_file(backend_client: TestClient):
    results = await asyncio.gather(*(upload(backend_client, make_picture()) for _ in range(10)))
    assert all(each == results[0] for each in results)
    assert len(files_of(backend_client)) == 1


async def test_the_bytes_are_at_their_place_before_the_database_knows(
    backend_client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    seen: list[list[bytes]] = []

    async def fail(*_: object) -> None:
        seen.append([path.read_bytes() for path in files_of(backend_client)])
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("bot.backend.evidence.store.save_evidence", fail)
        assert (await upload(backend_client, make_picture()))[0] == 500
    assert seen == [[make_picture()]]
    assert (await upload(backend_client, make_picture()))[0] == 201
    assert len(files_of(backend_client)) == 1


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG with a head of this size and hardly any data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


BAD = {
    "no picture": b"hello",
    "nothing": b"",
    "a GIF": make_picture(form="GIF"),
    "a BMP": make_picture(form="BMP"),
    "a TIFF": make_picture(form="TIFF"),
    "a PDF": make_picture(form="PDF"),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "HTML": b"<script>alert(1)</script>",
    "a PNG cut off": make_picture()[:-40],
    "a JPEG cut off": make_picture((300, 300), form="JPEG")[:-400],
    "a WebP cut off": make_picture((300, 300), form="WEBP")[:-40],
    "a head alone": b"\x89PNG\r\n\x1a\n",
    "too many pixels": png_that_claims(5001, 5000),
    "a bomb": png_that_claims(65000, 65000),
    "a broken checksum": make_picture().replace(b"IDAT", b"IDAX"),
}


@pytest.mark.parametrize("name", BAD)
async def test_other_files_are_refused_and_leave_nothing(backend_client: TestClient, name: str):
    status, body = await upload(backend_client, BAD[name])
    assert (status, code(body)) == (415, "unsupported_picture")
    assert files_of(backend_client) == []


async def test_a_picture_of_the_largest_size_is_taken(backend_client: TestClient):
    backend_client.app[SETTINGS].upload_max_pixels = 60 * 120
    assert (await upload(backend_client, make_picture()))[0] == 201


async def test_one_pixel_more_is_not(backend_client: TestClient):
    backend_client.app[SETTINGS].upload_max_pixels = 60 * 120 - 1
    assert (await upload(backend_client, make_picture()))[0] == 415


async def test_a_file_of_the_largest_length_is_taken(backend_client: TestClient):
    backend_client.app[SETTINGS].upload_max_bytes = len(make_picture())
    assert (await upload(backend_client, make_picture()))[0] == 201


async def test_one_byte_more_is_too_large(backend_client: TestClient):
    backend_client.app[SETTINGS].upload_max_bytes = len(make_picture()) - 1
    status, body = await upload(backend_client, make_picture())
    assert (status, code(body)) == (413, "too_large")
    assert files_of(backend_client) == []


async def test_more_than_aiohttps_own_limit_for_bodies_is_taken(backend_client: TestClient):
    noise = make_picture() + bytes(3_000_000)  # what follows the end of a PNG is ignored
    assert (await upload(backend_client, noise))[0] == 201


async def test_the_file_is_needed(backend_client: TestClient):
    form = FormData({"customer_ref": "alice"}, default_to_multipart=True)
    answer = await backend_client.post("/v1/evidence", data=form)
    assert (answer.status, (await answer.json())["error"]["fields"]) == (422, ["file"])


async def test_the_customer_is_needed(backend_client: TestClient):
    form = FormData()
    form.add_field("file", make_picture(), filename="a.png")
    answer = await backend_client.post("/v1/evidence", data=form)
    assert (answer.status, (await answer.json())["error"]["fields"]) == (422, ["customer_ref"])
    assert files_of(backend_client) == []


NAMED_A = b'--x\r\nContent-Disposition: form-data; name="a"'


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut off'),
        ("multipart/form-data; boundary=x", NAMED_A + b"\r\n\r\n\xff\r\n--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 100, b""),
    ],
)  # fmt: skip
async def test_a_broken_form_is_refused(backend_client: TestClient, kind: str, data: bytes):
    answer = await backend_client.post("/v1/evidence", data=data, headers={"Content-Type": kind})
    assert answer.status in (400, 415, 422)
    assert files_of(backend_client) == []


async def test_a_field_may_not_come_twice(backend_client: TestClient):
    form = FormData([("customer_ref", "alice"), ("customer_ref", "charlie")])
    form.add_field("file", make_picture(), filename="a.png")
    assert (await backend_client.post("/v1/evidence", data=form)).status == 400
