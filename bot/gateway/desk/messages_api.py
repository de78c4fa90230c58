"""`/desk/api/conversations/{id}/…`: what agents write and read, drafts, marks and pictures."""

import asyncio
import hashlib
from datetime import timedelta

import sqlalchemy as sa
from aiohttp import web

from bot.errors import BadRequestError, InvalidError, NotFoundError
from bot.gateway.accounts.http import account_of, audit
from bot.gateway.canned.rendering import check_current
from bot.gateway.conversations.model import Message
from bot.gateway.conversations.pictures import UPLOAD_SECONDS, find_picture, receive_file
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.tables import messages, pictures
from bot.gateway.desk.api import ONE, id_of, person_of
from bot.gateway.desk.bodies import DeskNewMessage, DraftChange, ReadChange, Retry
from bot.gateway.desk.keys import DESK, DESK_HUB
from bot.gateway.desk.model import Draft, message_outcome
from bot.gateway.desk.rows import message_of
from bot.gateway.http import body_of, json_answer, number_in
from bot.gateway.keys import BACKEND, ENGINE, SETTINGS, STORE, SWITCHBOARD, UPLOADS
from bot.redact import redact

routes = web.RouteTableDef()

MOST_MESSAGES = 200
PICTURE_AGE = timedelta(minutes=10)


@routes.get(f"{ONE}/messages")
async def list_messages(request: web.Request) -> web.Response:
    """Before or after a position, in order; without either the last ones."""
    await account_of(request)
    conversation = await request.app[STORE].conversation(id_of(request))
    limit = max(1, number_in(request, "limit", 50, MOST_MESSAGES))
    places = {name: number_in(request, name, 0, 2**31 - 1) for name in ("before", "after") if request.query.get(name)}
    found = await request.app[DESK].messages(conversation.conversation_id, limit, **places)
    await audit(request, "conversation.read", conversation.conversation_id, conversation.order_no)
    return json_answer({"messages": [message_of(each, conversation.read_seq) for each in found]})


@routes.post(f"{ONE}/messages")
async def send_message(request: web.Request) -> web.Response:
    """A reply of the owner, or a note. 200: it was saved before under this client id."""
    account, conversation_id = await account_of(request), id_of(request)
    body = await body_of(request, DeskNewMessage)
    if body.picture_id:
        await _check_picture(request, conversation_id, body.picture_id)
    draft = Draft(body.client_id, redact(body.text).text, body.kind == "note", body.picture_id)
    person, key = person_of(account), _key(conversation_id, account.username, body.client_id)
    if body.canned and await request.app[DESK].message(messages.c.reply_key == f"{key}:0") is None:
        await check_current(request.app, account, body.canned.id, conversation_id, body.canned.order_version)
    written = await request.app[SWITCHBOARD].write(
        conversation_id, lambda it: message_outcome(it, person, draft), key=key
    )
    conversation = await request.app[STORE].conversation(conversation_id)
    message = await request.app[DESK].message(messages.c.reply_key == f"{key}:0")
    if message is None:
        raise NotFoundError
    if written is not None:
        await request.app[DESK].keep_draft(conversation_id, account.username, "", request.app[SWITCHBOARD].now())
        details = {"kind": body.kind, **({"canned": body.canned.id} if body.canned else {})}
        await audit(request, "message.sent", conversation_id, conversation.order_no, details=details)
    return json_answer(message_of(message, conversation.read_seq), 201 if written else 200)


def _key(conversation_id: str, username: str, client_id: str) -> str:
    """Agents' client ids are their own: not the customer's, and not each other's."""
    return "desk:" + hashlib.sha256(f"{conversation_id}\n{username}\n{client_id}".encode()).hexdigest()[:48]


@routes.post(f"{ONE}/retry")
async def retry_delivery(request: web.Request) -> web.Response:
    """Try a failed delivery again; one that did not fail is left alone."""
    await account_of(request)
    body, conversation_id = await body_of(request, Retry), id_of(request)
    if await request.app[DESK].retry(conversation_id, body.message_id):
        await audit(request, "message.retried", conversation_id)
        await request.app[SWITCHBOARD].deliver_pending(conversation_id)
    message = await _message(request, body.message_id)
    conversation = await request.app[STORE].conversation(conversation_id)
    shown = message_of(message, conversation.read_seq)
    request.app[DESK_HUB].publish({"type": "message_changed", "conversation_id": conversation_id, "message": shown})
    return json_answer(shown)


async def _message(request: web.Request, message_id: str) -> Message:
    found = await request.app[DESK].message(messages.c.message_id == message_id)
    if found is None:
        raise NotFoundError
    return found


@routes.put(f"{ONE}/draft")
async def keep_draft(request: web.Request) -> web.Response:
    """What the caller is writing; nobody else sees it."""
    account, body = await account_of(request), await body_of(request, DraftChange)
    now = request.app[SWITCHBOARD].now()
    await request.app[DESK].keep_draft(id_of(request), account.username, redact(body.text).text, now)
    return web.Response(status=204)


@routes.post(f"{ONE}/read")
async def mark_read(request: web.Request) -> web.Response:
    """The caller has read up to this position."""
    account, body = await account_of(request), await body_of(request, ReadChange)
    now = request.app[SWITCHBOARD].now()
    await request.app[DESK].keep_read(id_of(request), account.username, body.position, now)
    return web.Response(status=204)


@routes.post(f"{ONE}/pictures")
async def upload_picture(request: web.Request) -> web.Response:
    """A picture to send with a message; stored like the customers' and never taken for proof."""
    account, conversation_id = await account_of(request), id_of(request)
    await request.app[STORE].conversation(conversation_id)
    try:
        async with request.app[UPLOADS], asyncio.timeout(UPLOAD_SECONDS):
            data = await receive_file(request, request.app[SETTINGS].upload_max_bytes)
    except TimeoutError as error:
        raise BadRequestError("The upload took too long.") from error
    evidence = await request.app[BACKEND].upload_evidence(data, f"desk:{account.username}")
    values = {
        "picture_id": new_id(),
        "conversation_id": conversation_id,
        "evidence_id": str(evidence["evidence_id"]),
        "mime": str(evidence["mime"]),
        "author": account.username,
        "created_at": request.app[SWITCHBOARD].now(),
    }
    async with request.app[ENGINE].begin() as connection:
        await connection.execute(sa.insert(pictures).values(values))
    await audit(request, "picture.uploaded", conversation_id)
    return json_answer({"picture_id": values["picture_id"]}, 201)


@routes.get(f"{ONE}/pictures/{{picture_id:[0-9a-f]{{32}}}}")
async def show_picture(request: web.Request) -> web.Response:
    """The bytes, for who is signed in; never as anything but a picture."""
    await account_of(request)
    evidence_id, mime = await find_picture(request, id_of(request), request.match_info["picture_id"], of_desk=True)
    await audit(request, "picture.seen", id_of(request))
    data, _ = await request.app[BACKEND].evidence(evidence_id)
    headers = {
        "Cache-Control": f"private, max-age={int(PICTURE_AGE.total_seconds())}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=data, content_type=mime, headers=headers)


async def _check_picture(request: web.Request, conversation_id: str, picture_id: str) -> None:
    """Only what agents uploaded for this conversation can be sent in it."""
    query = sa.select(pictures.c.picture_id).where(
        pictures.c.picture_id == picture_id,
        pictures.c.conversation_id == conversation_id,
        pictures.c.author.is_not(None),
    )
    async with request.app[ENGINE].begin() as connection:
        if await connection.scalar(query) is None:
            raise InvalidError(fields=["picture_id"])
