"""Pictures of customers: checked, stored by the backend as evidence, and shown through links that expire."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import (
    BadRequestError,
    HelpdeskError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnsupportedPictureError,
)
from bot.gateway.conversations.api import ID
from bot.gateway.conversations.model import Conversation, Kind
from bot.gateway.conversations.picture_links import link_holds, link_to
from bot.gateway.conversations.receiving import check_limits
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.tables import messages, pictures
from bot.gateway.http import access_conversation, client_address, json_answer
from bot.gateway.keys import BACKEND, ENGINE, SETTINGS, SWITCHBOARD, TEXTS, UPLOADS
from bot.gateway.limiter import Limit

routes = web.RouteTableDef()

MOST_UPLOADS = 8  # at once, as each is in memory until the backend has it
UPLOAD_SECONDS = 120
PICTURE = "{picture_id:[0-9a-f]{32}}"
LINK_KEY = "picture-links"
_SIGNATURES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
REFUSALS = (TooLargeError, UnsupportedPictureError, InvalidError)


@routes.post(f"/api/conversations/{ID}/pictures")
async def upload_picture(request: web.Request) -> web.Response:
    """Take a picture for a later message. 503 while the backend is down: nothing is kept, so send it again."""
    conversation = await access_conversation(request)
    limits = {
        Limit.MESSAGES: f"{conversation.conversation_id}:pictures",
        Limit.MESSAGES_OF_ADDRESS: client_address(request),
    }
    await check_limits(request.app, conversation.language, limits)
    try:
        async with request.app[UPLOADS]:
            evidence = await _hand_on(request, conversation)
    except REFUSALS as error:
        # The error keeps its code; its message is the sentence for the customer.
        words = request.app[TEXTS].render("utter_picture_failed", conversation.language).text
        raise type(error)(words, **error.details) from error
    values = {
        "picture_id": new_id(),
        "conversation_id": conversation.conversation_id,
        "evidence_id": str(evidence["evidence_id"]),
        "mime": str(evidence["mime"]),
        "created_at": request.app[SWITCHBOARD].now(),
    }
    async with request.app[ENGINE].begin() as connection:
        await connection.execute(sa.insert(pictures).values(values))
    return json_answer({"picture_id": values["picture_id"]}, 201)


@routes.get(f"/api/conversations/{ID}/pictures/{PICTURE}")
async def make_picture_link(request: web.Request) -> web.Response:
    """A link that shows a picture of this conversation for a few minutes; a new one each time."""
    conversation = await access_conversation(request)
    picture_id = request.match_info["picture_id"]
    await find_picture(request, conversation.conversation_id, picture_id)
    settings = request.app[SETTINGS]
    expires_at = request.app[SWITCHBOARD].now() + timedelta(seconds=settings.picture_link_seconds)
    url = link_to(settings.derived_key(LINK_KEY), conversation.conversation_id, picture_id, expires_at)
    return json_answer({"url": url, "expires_at": expires_at.replace(microsecond=0).isoformat()})


@routes.get(f"/api/conversations/{ID}/pictures/{PICTURE}/file")
async def show_picture(request: web.Request) -> web.Response:
    """The bytes, never as anything but a picture. An altered, foreign or expired link looks like no picture."""
    conversation_id, picture_id = request.match_info["conversation_id"], request.match_info["picture_id"]
    expires, signature = request.query.get("expires", ""), request.query.get("signature", "")
    key, now = request.app[SETTINGS].derived_key(LINK_KEY), request.app[SWITCHBOARD].now()
    if not link_holds(key, conversation_id, picture_id, expires, signature, now):
        raise NotFoundError
    evidence_id, mime = await find_picture(request, conversation_id, picture_id)
    data, _ = await request.app[BACKEND].evidence(evidence_id)
    left = max(0, int(expires) - int(now.timestamp()))
    headers = {"Cache-Control": f"private, max-age={left}", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return web.Response(body=data, content_type=mime, headers=headers)


async def find_picture(
    request: web.Request, conversation_id: str, picture_id: str, *, of_desk: bool = False
) -> tuple[str, str]:
    """The evidence id and the type of a picture of this conversation; raises NotFoundError.

    A customer finds what they sent and what was sent to them, never a picture in a note or one not sent yet.
    """
    query = sa.select(pictures.c.evidence_id, pictures.c.mime).where(
        pictures.c.picture_id == picture_id, pictures.c.conversation_id == conversation_id
    )
    if not of_desk:
        sent = sa.exists().where(messages.c.picture_id == picture_id, messages.c.kind == Kind.OUTGOING.value)
        query = query.where(sa.or_(pictures.c.author.is_(None), sent))
    async with request.app[ENGINE].begin() as connection:
        picture = (await connection.execute(query)).one_or_none()
    if picture is None:
        raise NotFoundError
    return picture.evidence_id, picture.mime


async def _hand_on(request: web.Request, conversation: Conversation) -> dict[str, object]:
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            data = await receive_file(request, request.app[SETTINGS].upload_max_bytes)
    except TimeoutError as error:
        raise BadRequestError("The upload took too long.") from error
    return await request.app[BACKEND].upload_evidence(data, conversation.customer_id)


async def receive_file(request: web.Request, most: int) -> bytes:
    """The part `file`, read piece by piece and given up as soon as it is too large or no picture."""
    if request.content_type != "multipart/form-data":
        raise BadRequestError("The body is not multipart/form-data.")
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                return await _read(part, most)
    except HelpdeskError:
        raise
    except (ValueError, AssertionError, LookupError, HttpProcessingError) as error:
        raise BadRequestError("The form is broken.") from error
    raise InvalidError(fields=["file"])


async def _read(part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(65536):
        data += chunk
        if len(data) > most:
            raise TooLargeError
        if len(data) >= 12 and mime_of(bytes(data[:12])) is None:
            raise UnsupportedPictureError
    if mime_of(bytes(data[:12])) is None:
        raise UnsupportedPictureError
    return bytes(data)


def mime_of(start: bytes) -> str | None:
    """The type of a picture by its first 12 bytes; the name of a file and its headers can say anything."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for mime, signature in _SIGNATURES.items() if start.startswith(signature)), None)
