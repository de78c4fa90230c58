"""`/api/conversations`: the customer API over HTTP."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.gateway.conversations.bodies import ConversationChange, Identity, NewConversation, NewMessage
from bot.gateway.conversations.hub import Client
from bot.gateway.conversations.model import Message
from bot.gateway.conversations.receiving import check_limits, receive_message
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.tokens import new_token, token_hash
from bot.gateway.http import access_conversation, body_of, client_address, customer_address_key, json_answer, number_in
from bot.gateway.identity import check_identity
from bot.gateway.keys import HUB, METRICS, SETTINGS, STORE, SWITCHBOARD
from bot.gateway.language import check_language
from bot.gateway.limiter import Limit
from bot.redact import redact

routes = web.RouteTableDef()

ID = r"{conversation_id:[0-9a-f]{32}}"
MOST_MESSAGES = 200
LONGEST_WAIT = 30


@routes.post("/api/conversations")
async def open_conversation(request: web.Request) -> web.Response:
    """Open a conversation; its token is shown only here."""
    body = await body_of(request, NewConversation)
    language = check_language(body.language)
    await check_limits(request.app, language, {Limit.CONVERSATIONS: client_address(request)})
    token, conversation_id = new_token(), new_id()
    conversation = await request.app[SWITCHBOARD].open_conversation(
        conversation_id=conversation_id,
        token_hash=token_hash(token),
        channel="widget",
        language=language,
        page_url=_page(body.page_url),
        address_key=customer_address_key(request),
        **_customer(request, body.identity, conversation_id),
    )
    return json_answer({"conversation": conversation.public(), "token": token}, 201)


def _customer(request: web.Request, identity: Identity | None, conversation_id: str) -> dict[str, Any]:
    """Who this is to the backend: a signed user, else nobody but the holder of this conversation."""
    if identity is None:
        return {"customer_id": conversation_id, "identity": None}
    secret = request.app[SETTINGS].identity_secret.get_secret_value()
    now = request.app[SWITCHBOARD].now()
    user_id = check_identity(secret, identity.user_id, identity.issued_at, identity.signature, now)
    name = redact(identity.name).text if identity.name else None
    return {"customer_id": f"user:{user_id}", "identity": user_id, "customer_name": name}


def _page(url: str | None) -> str | None:
    """The page without its query, which may hold what is nobody's business."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:500]


@routes.get(f"/api/conversations/{ID}")
async def show_conversation(request: web.Request) -> web.Response:
    """The conversation as it is now."""
    conversation = await access_conversation(request)
    return json_answer({"conversation": conversation.public()})


@routes.patch(f"/api/conversations/{ID}")
async def change_conversation(request: web.Request) -> web.Response:
    """Choose the language, or say up to where the customer has read."""
    conversation = await access_conversation(request)
    body = await body_of(request, ConversationChange)
    switchboard = request.app[SWITCHBOARD]
    limit = Limit.FRAMES if body.language is None else Limit.MESSAGES  # a switch is a turn for the bot
    await check_limits(request.app, conversation.language, {limit: conversation.conversation_id})
    if body.language is not None:
        conversation = await switchboard.choose_language(conversation.conversation_id, body.language)
    if body.read_seq is not None:
        conversation = await switchboard.mark_read(conversation.conversation_id, body.read_seq)
    return json_answer({"conversation": conversation.public()})


@routes.post(f"/api/conversations/{ID}/messages")
async def send_message(request: web.Request) -> web.Response:
    """202: saved; the answer comes as messages of its own. 200: the same message as before."""
    conversation = await access_conversation(request)
    body = await body_of(request, NewMessage)
    saved = await receive_message(request.app, conversation, body, client_address(request))
    return json_answer({"message": saved.message.public()}, 202 if saved.written else 200)


@routes.get(f"/api/conversations/{ID}/messages")
async def list_messages(request: web.Request) -> web.Response:
    """Messages after a sequence number; with `wait` (seconds) it waits for the first one."""
    conversation = await access_conversation(request)
    after = number_in(request, "after", 0, 2**31 - 1)
    limit = max(1, number_in(request, "limit", 100, MOST_MESSAGES))
    wait = number_in(request, "wait", 0, LONGEST_WAIT)
    conversation_id = conversation.conversation_id

    async def read() -> list[Message]:
        return await request.app[STORE].messages_after(conversation_id, after, limit)

    found = await read()
    if not found and wait:
        # Listen first, then look again, or a message in between would be missed.
        with request.app[HUB].listen(conversation_id) as client, request.app[METRICS].sockets.track_inprogress():
            found = await read()
            if not found and await _created(client, wait):
                found = await read()
    return json_answer({"messages": [each.public() for each in found]})


async def _created(client: Client, wait: float) -> bool:
    """Whether a message comes in time."""
    try:
        async with asyncio.timeout(wait):
            while (frame := await client.get()) is not None:
                if frame["type"] == "message_created":
                    return True
    except TimeoutError:
        pass
    return False
