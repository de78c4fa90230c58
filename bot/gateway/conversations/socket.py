"""`/api/conversations/{id}/socket`: the customer API as frames of JSON, each with a `type`."""

import asyncio
import json
import logging
import re
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.errors import BadRequestError, HelpdeskError
from bot.gateway.conversations.api import ID
from bot.gateway.conversations.bodies import CLIENT_FRAMES, Hello, MessageSend, ReadMark, Typing
from bot.gateway.conversations.hub import Client, Frame
from bot.gateway.conversations.model import Conversation, Owner
from bot.gateway.conversations.receiving import receive_message
from bot.gateway.conversations.tokens import token_hash
from bot.gateway.desk.keys import DESK_HUB
from bot.gateway.http import Body, checked, client_address
from bot.gateway.keys import HUB, LIMITER, METRICS, STORE, SWITCHBOARD
from bot.gateway.limiter import Limit

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

HELLO_SECONDS = 15.0
HEARTBEAT_SECONDS = 25.0
LONGEST_FRAME = 64 * 1024
PAGE = 200
NOT_AUTHORIZED = 4401


@routes.get(f"/api/conversations/{ID}/socket")
async def serve_socket(request: web.Request) -> web.WebSocketResponse:
    """One browser window; the origin was checked before, the token comes in the first frame."""
    ws = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LONGEST_FRAME)
    await ws.prepare(request)
    try:
        conversation, after = await _hello(request, ws)
        with request.app[HUB].listen(conversation.conversation_id) as client:
            client.on_overflow = lambda: _abort(request)
            with request.app[METRICS].sockets.track_inprogress():
                await Session(request, ws, client, conversation).serve(after)
    except HelpdeskError as error:
        await _send(ws, error_frame(error))
        await ws.close(code=NOT_AUTHORIZED if error.status in (401, 404) else WSCloseCode.POLICY_VIOLATION)
    except (ConnectionError, TimeoutError):
        await ws.close()
    except Exception:
        # Too late for an answer of HTTP; the customer's program comes back and sends again.
        log.exception("a socket failed")
        await ws.close(code=WSCloseCode.INTERNAL_ERROR)
    return ws


async def _hello(request: web.Request, ws: web.WebSocketResponse) -> tuple[Conversation, int]:
    """Who is there. Raises HelpdeskError, or TimeoutError for who says nothing."""
    async with asyncio.timeout(HELLO_SECONDS):
        message = await ws.receive()
    if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        raise ConnectionError
    hello = read_frame(message.data if message.type is WSMsgType.TEXT else None)
    if not isinstance(hello, Hello):
        raise BadRequestError("The first frame must be hello.")
    store, conversation_id = request.app[STORE], request.match_info["conversation_id"]
    return await store.access(conversation_id, token_hash(hello.token)), hello.after


def read_frame(data: Any) -> Body:
    """A frame of the customer's program; BadRequestError or InvalidError."""
    try:
        fields = json.loads(data)
        model = CLIENT_FRAMES[fields["type"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRequestError("Not a frame that we know.") from error
    return checked(model, fields)


def error_frame(error: HelpdeskError, client_id: str | None = None) -> Frame:
    """`message` is for developers, except that of `rate_limited`, which is for the customer."""
    frame: Frame = {"type": "error", "code": error.code, "message": str(error), "client_id": client_id}
    if "retry_after" in error.details:
        frame["retry_after"] = error.details["retry_after"]
    return frame


async def _send(ws: web.WebSocketResponse, frame: Frame) -> None:
    if not ws.closed:
        await ws.send_str(json.dumps(frame, ensure_ascii=False))


def _abort(request: web.Request) -> None:
    """Cut off who does not read: a close frame would only join what is stuck. They come back and catch up."""
    if request.transport is not None:
        request.transport.abort()


class Session:
    """One open socket: frames in, and a pump that sends what the hub and the answers put into the client's queue."""

    def __init__(
        self, request: web.Request, ws: web.WebSocketResponse, client: Client, conversation: Conversation
    ) -> None:
        self._app = request.app
        self._address = client_address(request)
        self._ws = ws
        self._client = client
        self._conversation = conversation
        self._key = f"{conversation.conversation_id}.{id(ws)}"
        self._typing = False

    async def serve(self, after: int) -> None:
        """Until one of both sides ends it."""
        seen = await self._catch_up(after)
        pump = asyncio.create_task(self._pump(seen))
        try:
            async for message in self._ws:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._take(message.data)
        finally:
            self._show_typing(False)  # who left with half a sentence does not write any more
            pump.cancel()
            await asyncio.wait({pump})

    async def _catch_up(self, after: int) -> int:
        """Say hello and send what was missed; the last `seq` sent. The hub's frames are waiting meanwhile."""
        store, conversation_id = self._app[STORE], self._conversation.conversation_id
        conversation = await store.conversation(conversation_id)
        await _send(self._ws, {"type": "hello_accepted", "conversation": conversation.public()})
        if self._app[HUB].is_typing(conversation_id):
            await _send(self._ws, {"type": "typing_changed", "typing": True, "sender": "bot"})
        while messages := await store.messages_after(conversation_id, after, PAGE):
            for each in messages:
                await _send(self._ws, {"type": "message_created", "message": each.public()})
            after = messages[-1].seq or after
        return after

    async def _pump(self, seen: int) -> None:
        """Send what is queued; messages that were sent while catching up are left out."""
        try:
            while (frame := await self._client.get()) is not None:
                if frame["type"] == "message_created" and frame["message"]["seq"] <= seen:
                    continue
                await _send(self._ws, frame)
            await self._ws.close(code=WSCloseCode.GOING_AWAY)
        except ConnectionError:
            pass  # The reading side notices too.
        except Exception:
            # A socket that only listens would look alive: its customer must come back and catch up.
            log.exception("a socket could not be sent to")
            await self._ws.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _take(self, data: Any) -> None:
        client_id = _client_id(data)
        try:
            await self._app[LIMITER].check(Limit.FRAMES, self._key)
            await self._act(read_frame(data))
        except HelpdeskError as error:
            self._client.put(error_frame(error, client_id))

    async def _act(self, frame: Body) -> None:
        if isinstance(frame, MessageSend):
            saved = await receive_message(self._app, self._conversation, frame.message, self._address)
            client_id = frame.message.client_id
            self._client.put({"type": "message_accepted", "client_id": client_id, "message": saved.message.public()})
        elif isinstance(frame, ReadMark):
            await self._app[SWITCHBOARD].mark_read(self._conversation.conversation_id, frame.seq)
        elif isinstance(frame, Typing):
            conversation = await self._app[STORE].conversation(self._conversation.conversation_id)
            self._show_typing(frame.typing and conversation.owner is not Owner.BOT)
        elif isinstance(frame, Hello):
            raise BadRequestError("Hello was said before.")
        else:
            self._client.put({"type": "pong"})

    def _show_typing(self, typing: bool) -> None:
        """The desk sees that the customer writes to it; that they write to the bot is nobody's business."""
        if typing or self._typing:
            self._app[DESK_HUB].set_typing(self._conversation.conversation_id, "customer", typing)
        self._typing = typing


def _client_id(data: Any) -> str | None:
    """The client id in a frame that may otherwise be wrong, so that its sender knows which message it was."""
    try:
        found = json.loads(data)["message"]["client_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if isinstance(found, str) and re.fullmatch("[!-~]{1,64}", found) else None
