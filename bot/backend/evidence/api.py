"""`/v1/evidence`: pictures that customers send; only our own processes may fetch them."""

import secrets
from datetime import datetime

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence import store
from bot.backend.evidence.bodies import EvidenceBody
from bot.backend.evidence.model import place_of
from bot.backend.evidence.pictures import clean_picture
from bot.backend.evidence.readings import READINGS, folder_of
from bot.backend.evidence.reuse import is_reused
from bot.backend.evidence.store import Evidence, Upload
from bot.backend.http import checked, json_answer, now_of
from bot.errors import BadRequestError, InvalidError, NotFoundError, TooLargeError
from bot.numbers import normalize_number
from bot.settings import Settings

routes = web.RouteTableDef()

LONGEST_FIELD = 1000
MOST_PARTS = 5


@routes.post("/v1/evidence")
async def upload_evidence(request: web.Request) -> web.Response:
    """Receive a picture; the bytes are safe on disk before the database knows of them. It is read afterwards."""
    settings, now = request.app[SETTINGS], now_of(request)
    async with Upload(folder_of(settings), settings.upload_max_bytes) as upload:
        fields = await _receive(request, upload)
        body = checked(EvidenceBody, fields)
        new = await _look(upload, body, settings, now)
        await upload.keep()
        async with request.app[DATABASE].begin() as connection:
            saved = await store.save_evidence(connection, new)
            duplicate = is_reused(saved.customer_ref, saved.order_no, await store.uses_before(connection, saved))
    request.app[READINGS].read_soon(saved.sha256)
    names = ("evidence_id", "sha256", "width", "height", "mime")
    return json_answer({**{name: getattr(saved, name) for name in names}, "duplicate": duplicate}, 201)


@routes.get("/v1/evidence/{evidence_id}")
async def show_evidence(request: web.Request) -> web.StreamResponse:
    """The picture as it was sent, upright and without metadata."""
    async with request.app[DATABASE].begin() as connection:
        found = await store.evidence_of(connection, request.match_info["evidence_id"])
    path = folder_of(request.app[SETTINGS]) / place_of(found.sha256) if found else None
    if not found or not path or not path.is_file():
        raise NotFoundError
    headers = {"Content-Type": found.mime, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return web.FileResponse(path, headers=headers)


async def _receive(request: web.Request, upload: Upload) -> dict[str, str]:
    """Stream the part `file` into the upload; the other fields. Raises BadRequestError when it is no such form."""
    if request.content_type != "multipart/form-data":
        raise BadRequestError("The body is not multipart/form-data.")
    fields: dict[str, str] = {}
    seen: set[str] = set()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name in seen or len(seen) >= MOST_PARTS:
                raise BadRequestError("A part of the form is nested, repeated or too much.")
            seen.add(part.name or "")
            if part.name == "file":
                while chunk := await part.read_chunk(65536):
                    upload.write(chunk)
            else:
                fields[part.name or ""] = await _text(part)
    except (
        ValueError,
        AssertionError,
        LookupError,
        HttpProcessingError,
    ) as error:  # what aiohttp raises for a broken form
        raise BadRequestError("The form is broken.") from error
    if "file" not in seen:
        raise InvalidError(fields=["file"])
    return fields


async def _text(part: BodyPartReader) -> str:
    data = b""
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > LONGEST_FIELD:
            raise TooLargeError
    return data.decode()


async def _look(upload: Upload, body: EvidenceBody, settings: Settings, now: datetime) -> Evidence:
    picture = await clean_picture(await upload.finish(), settings.upload_max_pixels)
    return Evidence(
        evidence_id=secrets.token_hex(16),
        sha256=upload.sha256,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        size=upload.size,
        customer_ref=body.customer_ref,
        order_no=normalize_number(body.order_no)[:64] or None if body.order_no else None,
        created_at=now,
    )
