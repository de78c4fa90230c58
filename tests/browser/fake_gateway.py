"""A gateway that answers from memory: the customer API as the widget sees it, with faults to switch on."""

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bot.gateway.static import CSP
from tests.browser.fake_pictures import FakePictures, error

Json = dict[str, Any]
# Small, so that an upload that is held stands still early.
RECEIVE_BYTES = 65_536

ORDERS = [
    ("KM202405120001", "9000", "游戏点卡 30 元直充", "game_card", "30.00",
     "支付成功，订单未到账", "Paid, but not credited"),
    ("KM202405120002", "7919", "话费充值 50 元", "phone_credit", "50.00",
     "订单系统查不到状态", "Order system does not answer"),
    ("KM202405120003", "6838", "视频会员月卡", "membership", "25.00",
     "凭证与支付记录不符", "Evidence contradicts the record"),
    ("KM202405120006", "3595", "视频会员月卡", "membership", "25.00",
     "订单号不存在", "No such order"),
    ("KM202405120010", "8271", "游戏点卡 30 元直充", "game_card", "30.00",
     "同一订单付了两次", "Paid twice"),
]  # fmt: skip


@dataclass
class Thread:
    """One conversation with its messages and open sockets."""

    conversation_id: str
    token: str
    language: str
    owner: str = "bot"
    read_seq: int = 0
    messages: list[Json] = field(default_factory=list)
    sockets: set[web.WebSocketResponse] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def public(self) -> Json:
        return {
            "conversation_id": self.conversation_id,
            "language": self.language,
            "owner": self.owner,
            "last_seq": len(self.messages),
            "read_seq": self.read_seq,
            "created_at": datetime.now(UTC).isoformat(),
        }


class FakeGateway:
    """Serve with `start()`; `answer` maps what the customer says to the bot's replies `(text, titles of buttons)`."""

    def __init__(self, dist: Path) -> None:
        self.dist = dist
        self.threads: dict[str, Thread] = {}
        self.openings: list[Json] = []
        self.pictures = FakePictures(self)
        self.sends = 0
        self.refuses_sockets = False
        self.refuses_demo_orders = False
        self.host_markup = ""  # more of the other shop's page
        self.swallows_messages = False
        self.refuses: dict[str, str] = {}  # text → code of the error
        self.answer: Callable[[str], list[tuple[str, list[str]]]] = lambda said: [(f"收到：{said}", [])]
        self.welcome: tuple[str, list[str]] = ("您好，我是到账客服助手。", ["扣款成功但没到账", "转人工"])
        self._happened = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    # ------------------------------------------------------------ for the tests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def thread(self) -> Thread:
        """The conversation that was opened last."""
        return list(self.threads.values())[-1]

    def said(self) -> list[str]:
        """What the customer said, in the order of saving."""
        return [each["text"] for each in self.thread.messages if each["kind"] == "incoming"]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that only the gateway sees."""
        async with asyncio.timeout(20):
            while not holds():
                self._happened.clear()
                await self._happened.wait()

    def happened(self) -> None:
        """Something changed that a test may wait for."""
        self._happened.set()

    async def start(self) -> None:
        """Listen, after a stop at the same port."""
        app = web.Application(client_max_size=20_000_000)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/host", self._host_page),
                web.get("/widget.js", self._file),
                web.get("/assets/{name}", self._file),
                web.get("/demo/orders", self._demo_orders),
                web.post("/api/conversations", self._open),
                web.route("*", "/api/conversations/{id}", self._conversation),
                web.get("/api/conversations/{id}/messages", self._history),
                web.post("/api/conversations/{id}/messages", self._receive),
                web.get("/api/conversations/{id}/socket", self._socket),
                *self.pictures.routes,
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        listening.bind(("127.0.0.1", self._port))
        await web.SockSite(self._runner, listening).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """As a crash: sockets end and nobody listens."""
        for thread in self.threads.values():
            for each in list(thread.sockets):
                await each.close()
        if self._runner:
            await self._runner.cleanup()

    async def say(self, text: str, buttons: list[str] | None = None, sender: str = "bot", **given: Any) -> Json:
        """The bot, an agent or the system says something to the last conversation."""
        made = [{"id": secrets.token_hex(16), "title": title} for title in buttons or []]
        return await self._add(
            self.thread, {"kind": "outgoing", "sender": sender, "text": text, "buttons": made, **given}
        )

    async def type(self, typing: bool) -> None:
        await self._tell(self.thread, {"type": "typing_changed", "typing": typing, "sender": "bot"})

    async def hand_to(self, owner: str) -> None:
        self.thread.owner = owner
        await self._changed(self.thread)

    # ------------------------------------------------------------ pages

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.dist / "index.html", headers={"Content-Security-Policy": CSP})

    async def _host_page(self, request: web.Request) -> web.Response:
        """Another shop's page; the query gives the attributes of its script tag."""
        data = " ".join(f'data-{escape(name)}="{escape(value)}"' for name, value in request.query.items())
        scale = "<meta name=viewport content='width=device-width, initial-scale=1'>"
        page = f"<!doctype html><html lang=en><title>Shop</title>{scale}<main><h1>Shop</h1></main>"
        text = f"{page}<script src=/widget.js {data}></script>{self.host_markup}"
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": CSP})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.dist / request.path.lstrip("/"))

    async def _demo_orders(self, request: web.Request) -> web.Response:
        if self.refuses_demo_orders:
            return error(503, "backend_unavailable")
        names = ("order_no", "phone_tail", "product", "product_line", "amount", "title_zh", "title_en")
        hint = {"transaction_no": "4200002024051200010001", "amount": "30.00", "paid_at": "2024-05-12T04:00:00+00:00"}
        orders = [dict(zip(names, each, strict=True)) | {"hint": hint} for each in ORDERS]
        orders[3]["hint"] = None
        return web.json_response({"orders": orders})

    # ------------------------------------------------------------ the API

    async def _open(self, request: web.Request) -> web.Response:
        opening = await request.json()
        self.openings.append(opening)
        language = "en" if opening.get("language") == "en" else "zh"
        thread = Thread(secrets.token_hex(16), secrets.token_urlsafe(16), language)
        self.threads[thread.conversation_id] = thread
        text, buttons = self.welcome
        await self.say(text, buttons)
        return web.json_response({"conversation": thread.public(), "token": thread.token}, status=201)

    def access(self, request: web.Request) -> Thread:
        thread = self.threads.get(request.match_info["id"])
        if thread is None or request.headers.get("Authorization") != f"Bearer {thread.token}":
            raise web.HTTPNotFound(text=json.dumps({"error": {"code": "not_found"}}), content_type="application/json")
        return thread

    async def _conversation(self, request: web.Request) -> web.Response:
        thread = self.access(request)
        if request.method == "PATCH":
            change = await request.json()
            thread.read_seq = max(thread.read_seq, change.get("read_seq", 0))
            thread.language = change.get("language", thread.language)
            await self._changed(thread)
            if "language" in change:
                await self.say(
                    "All right, I will go on in English." if thread.language == "en" else "好的，接下来用中文和您沟通。"
                )
        return web.json_response({"conversation": thread.public()})

    async def _history(self, request: web.Request) -> web.Response:
        thread = self.access(request)
        after, limit, wait = (int(request.query.get(name, 0)) for name in ("after", "limit", "wait"))
        if len(thread.messages) <= after and wait:
            thread.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(thread.news.wait(), wait)
        return web.json_response({"messages": thread.messages[after : after + limit]})

    async def _receive(self, request: web.Request) -> web.Response:
        accepted = await self._accept(self.access(request), await request.json())
        if isinstance(accepted, str):
            return error(422, accepted)
        return web.json_response({"message": accepted}, status=202)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.refuses_sockets:
            return error(503, "internal_error")
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        hello = await ws.receive_json()
        thread = self.threads.get(request.match_info["id"])
        if thread is None or hello["token"] != thread.token:
            await ws.send_json({"type": "error", "code": "not_found", "client_id": None})
            await ws.close(code=4401)
            return ws
        await ws.send_json({"type": "hello_accepted", "conversation": thread.public()})
        for each in thread.messages[hello["after"] :]:
            await ws.send_json({"type": "message_created", "message": each})
        thread.sockets.add(ws)
        self._happened.set()
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await self._take(thread, ws, json.loads(message.data))
        finally:
            thread.sockets.discard(ws)
            self._happened.set()
        return ws

    async def _take(self, thread: Thread, ws: web.WebSocketResponse, frame: Json) -> None:
        if frame["type"] == "message_send":
            client_id = frame["message"]["client_id"]
            accepted = await self._accept(thread, frame["message"])
            if isinstance(accepted, str):
                await ws.send_json({"type": "error", "code": accepted, "client_id": client_id})
            elif not self.swallows_messages:
                await ws.send_json({"type": "message_accepted", "client_id": client_id, "message": accepted})
        elif frame["type"] == "read_mark":
            thread.read_seq = max(thread.read_seq, frame["seq"])
            await self._changed(thread)
        elif frame["type"] == "ping":
            await ws.send_json({"type": "pong"})

    async def _accept(self, thread: Thread, sent: Json) -> Json | str:
        """The saved message, or the code of the error."""
        self.sends += 1
        self._happened.set()
        known = [each for each in thread.messages if each["client_id"] == sent["client_id"]]
        if known:
            return known[0]
        if (text := sent.get("text", "")) in self.refuses:
            return self.refuses[text]
        if sent["type"] == "button":
            offered = [button for each in thread.messages for button in each["buttons"]]
            text = next(button["title"] for button in offered if button["id"] == sent["button_id"])
        picture_id = sent.get("picture_id")
        new = {
            "kind": "incoming",
            "sender": "customer",
            "text": text,
            "picture_id": picture_id,
            "client_id": sent["client_id"],
        }
        message = await self._add(thread, new)
        if thread.owner == "bot":
            task = asyncio.create_task(self._reply(thread, text))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return message

    async def _reply(self, thread: Thread, said: str) -> None:
        for text, titles in self.answer(said):
            buttons = [{"id": secrets.token_hex(16), "title": title} for title in titles]
            await self._add(thread, {"kind": "outgoing", "sender": "bot", "text": text, "buttons": buttons})

    async def _add(self, thread: Thread, given: Json) -> Json:
        message = {
            "message_id": secrets.token_hex(16),
            "seq": len(thread.messages) + 1,
            "buttons": [],
            "picture_id": None,
            "client_id": None,
            "created_at": datetime.now(UTC).isoformat(),
            "status": "received" if given["kind"] == "incoming" else "sent",
            **given,
        }
        thread.messages.append(message)
        thread.news.set()
        await self._tell(thread, {"type": "message_created", "message": message})
        return message

    async def _changed(self, thread: Thread) -> None:
        await self._tell(thread, {"type": "conversation_changed", "conversation": thread.public()})

    async def _tell(self, thread: Thread, frame: Json) -> None:
        if self.swallows_messages:
            return
        for each in list(thread.sockets):
            if not each.closed:
                await each.send_json(frame)


def days_ago(days: float) -> str:
    """A time for a message of the past."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
