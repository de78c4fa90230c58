"""`/desk/api/socket`: what happens, live, to each open tab of an agent; one that comes back gets what it missed."""

import asyncio
import json
import logging
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.errors import BadRequestError, HelpdeskError, NotFoundError
from bot.gateway.accounts.http import account_of, check_own_origin, session_holds
from bot.gateway.accounts.model import Account
from bot.gateway.conversations.hub import Frame
from bot.gateway.conversations.socket import HEARTBEAT_SECONDS, HELLO_SECONDS, LONGEST_FRAME, NOT_AUTHORIZED
from bot.gateway.desk.bodies import DESK_CLIENT_FRAMES, PresenceFrame, Resume, TypingFrame, WatchFrame
from bot.gateway.desk.hub import DeskClient
from bot.gateway.desk.keys import DESK_HUB, KEEPER, PRESENCES
from bot.gateway.desk.model import check_may_type
from bot.gateway.http import Body, checked
from bot.gateway.keys import HUB, LIMITER, METRICS, STORE, SWITCHBOARD
from bot.gateway.limiter import Limit

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

# How often the session is looked at and the presence is written.
ALIVE_SECONDS = 20.0


@routes.get("/desk/api/socket")
async def serve_desk(request: web.Request) -> web.WebSocketResponse:
    """One tab; the session was checked before, the origin is checked here as a socket is no ordinary request."""
    account = await account_of(request)
    check_own_origin(request)
    ws = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LONGEST_FRAME)
    await ws.prepare(request)
    try:
        with request.app[DESK_HUB].listen(account.username) as client, request.app[METRICS].sockets.track_inprogress():
            await DeskSession(request, ws, client, account).serve()
    except HelpdeskError as error:
        await _send(ws, error_frame(error))
        await ws.close(code=WSCloseCode.POLICY_VIOLATION)
    except (ConnectionError, TimeoutError):
        await ws.close()
    except Exception:
        log.exception("a socket of the desk failed")
        await ws.close(code=WSCloseCode.INTERNAL_ERROR)
    return ws


def read_frame(data: Any) -> Body:
    """A frame of the page; BadRequestError or InvalidError."""
    try:
        fields = json.loads(data)
        model = DESK_CLIENT_FRAMES[fields["type"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRequestError("Not a frame that we know.") from error
    return checked(model, fields)


def error_frame(error: HelpdeskError) -> Frame:
    """For the page's developers."""
    return {"type": "error", "code": error.code, "message": str(error), **error.details}


async def _send(ws: web.WebSocketResponse, frame: Frame) -> None:
    if not ws.closed:
        await ws.send_str(json.dumps(frame, ensure_ascii=False))


class DeskSession:
    """One open socket: hello, what was missed, then frames in and a pump out."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, client: DeskClient, account: Account) -> None:
        self._request = request
        self._app = request.app
        self._ws = ws
        self._client = client
        self._account = account
        self._hub = request.app[DESK_HUB]
        self._typing_in: str | None = None
        self._overflowed = asyncio.Event()
        client.on_overflow = self._overflowed.set

    async def serve(self) -> None:
        """Until one of both sides ends it."""
        here = self._hub.n  # frames from here on wait in the client's queue
        await self._alive()
        await self._greet(here)
        tasks = [asyncio.create_task(each) for each in (self._pump(), self._stay(), self._give_up())]
        try:
            async for message in self._ws:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._take(message.data)
        finally:
            self._stop_typing()  # first, as a cancelled handler gets no further than its next await
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _greet(self, here: int) -> None:
        """Hello; then the page says what it has, and gets the rest or is told to read again."""
        row = await self._app[PRESENCES].of(self._account.username)
        status = row["status"] if row else "online"
        await _send(self._ws, {"type": "hello", "epoch": self._hub.epoch, "n": here, "presence": status})
        async with asyncio.timeout(HELLO_SECONDS):
            message = await self._ws.receive()
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            raise ConnectionError
        frame = read_frame(message.data if message.type is WSMsgType.TEXT else None)
        if not isinstance(frame, Resume):
            raise BadRequestError("The first frame must be resume.")
        missed = self._hub.missed(frame.epoch, frame.n)
        if missed is None:
            await _send(self._ws, {"type": "reset"})
            return
        for each in missed:
            if each["n"] <= here:  # the later ones are in the queue
                await _send(self._ws, each)

    async def _pump(self) -> None:
        try:
            while (frame := await self._client.get()) is not None:
                await _send(self._ws, frame)
            if not self._overflowed.is_set():
                await self._ws.close(code=WSCloseCode.GOING_AWAY)
        except ConnectionError:
            pass  # The reading side notices too.

    async def _give_up(self) -> None:
        """A tab that does not read is closed; it comes back and asks for what it missed."""
        await self._overflowed.wait()
        await self._ws.close(code=WSCloseCode.TRY_AGAIN_LATER)

    async def _stay(self) -> None:
        """Present as long as the socket is open, and only as long as the session holds."""
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            if not await session_holds(self._request):
                await self._ws.close(code=NOT_AUTHORIZED)
                return
            await self._alive()

    async def _alive(self) -> None:
        account = self._account
        await self._app[PRESENCES].change(
            account.username, name=account.name, team=account.team, seen_at=self._app[SWITCHBOARD].now()
        )
        self._hub.changed = True

    async def _take(self, data: Any) -> None:
        try:
            await self._app[LIMITER].check(Limit.FRAMES, f"desk.{id(self._client)}")
            await self._act(read_frame(data))
        except HelpdeskError as error:
            self._client.put(error_frame(error))

    async def _act(self, frame: Body) -> None:
        if isinstance(frame, WatchFrame):
            self._hub.watch(self._client, frame.conversation_id)
        elif isinstance(frame, TypingFrame):
            await self._type(frame)
        elif isinstance(frame, PresenceFrame):
            await self._app[PRESENCES].change(self._account.username, status=frame.status, name=self._account.name)
            await self._app[KEEPER].tell()
        elif isinstance(frame, Resume):
            raise BadRequestError("This was resumed before.")
        else:
            self._client.put({"type": "pong"})

    async def _type(self, frame: TypingFrame) -> None:
        conversation_id, username = frame.conversation_id, self._account.username
        try:
            conversation = await self._app[STORE].conversation(conversation_id)
        except NotFoundError:
            return
        self._hub.set_typing(conversation_id, "agent", frame.typing, username)
        if check_may_type(conversation, username):
            self._tell_customer(conversation_id, frame.typing)
        self._typing_in = conversation_id if frame.typing else None

    def _stop_typing(self) -> None:
        if self._typing_in is not None:
            self._hub.set_typing(self._typing_in, "agent", False, self._account.username)
            self._tell_customer(self._typing_in, False)

    def _tell_customer(self, conversation_id: str, typing: bool) -> None:
        self._app[HUB].publish(conversation_id, {"type": "typing_changed", "typing": typing, "sender": "agent"})
