"""A gateway that answers the desk from memory, with faults to switch on."""

import asyncio
import json
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bot.gateway.static import CSP
from tests.browser.desk.fake_acts import FakeActs
from tests.browser.desk.world import AGENT, PASSWORD, Agent, Json, Thread


def error(status: int, code: str, **details: Any) -> web.Response:
    """The form of every error of the gateway."""
    body = {"error": {"code": code, "message": code, **details}, "request_id": "r"}
    headers = {"Retry-After": str(details["retry_after"])} if "retry_after" in details else {}
    return web.json_response(body, status=status, headers=headers)


class FakeDesk:
    """Serve with `start()`; tests set and look at the state directly."""

    def __init__(self, dist: Path) -> None:
        self.dist = dist
        self.agents: dict[str, Agent] = {}
        self.threads: dict[str, Thread] = {}
        self.sessions: dict[str, tuple[str, str]] = {}  # cookie → username, csrf
        self.epoch = secrets.token_hex(4)
        self.ring: list[Json] = []
        self.sockets: dict[web.WebSocketResponse, str] = {}
        self.refuses_sockets = False
        self.locked_seconds = 0
        self.frames: list[Json] = []  # what the pages sent
        self.requests: list[str] = []
        self.acts = FakeActs(self)
        self._happened = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    # ------------------------------------------------------------ for the tests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def hire(self, *agents: Agent) -> None:
        self.agents |= {each.username: each for each in agents}

    def add(self, *threads: Thread) -> None:
        self.threads |= {each.id: each for each in threads}

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that only the gateway sees."""
        async with asyncio.timeout(20):
            while not holds():
                self._happened.clear()
                await self._happened.wait()

    def happened(self) -> None:
        self._happened.set()

    async def say(self, thread: Thread, sender: str, text: str, **given: Any) -> Json:
        """Somebody says something now, and every page hears of it."""
        message = thread.add(sender, text, **given)
        await self.tell({"type": "message_created", "conversation_id": thread.id, "message": message})
        await self.changed(thread)
        return message

    async def changed(self, thread: Thread, **fields: Any) -> None:
        thread.row |= fields
        thread.row["version"] += 1
        await self.tell({"type": "conversation_changed", "conversation": dict(thread.row)})
        counts = self.counts("")
        await self.tell({"type": "counts_changed", "queue": counts["queue"], "booked": counts["booked"]})

    async def tell(self, frame: Json) -> None:
        """A frame for every page, kept for those that come back."""
        numbered = {**frame, "n": len(self.ring) + 1}
        self.ring.append(numbered)
        for each in list(self.sockets):
            if not each.closed:
                await each.send_json(numbered)

    async def end_sessions(self) -> None:
        """As after a restart that forgot them: the pages are told and have to sign in again."""
        self.sessions.clear()
        for each in list(self.sockets):
            await each.close(code=4401)

    async def drop_sockets(self) -> None:
        for each in list(self.sockets):
            await each.close(code=1013)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._guard], client_max_size=20_000_000)
        app.add_routes(
            [
                web.get("/desk", self._page),
                web.get("/desk/assets/{name}", self._asset),
                web.post("/desk/api/login", self._login),
                web.post("/desk/api/logout", self._logout),
                web.get("/desk/api/me", self._me),
                web.patch("/desk/api/me", self._change_me),
                web.get("/desk/api/socket", self._socket),
                *self.acts.routes,
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        await web.SockSite(self._runner, listening).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for each in list(self.sockets):
            await each.close()
        if self._runner:
            await self._runner.cleanup()

    # ------------------------------------------------------------ pages and session

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.dist / "desk" / "index.html", headers={"Content-Security-Policy": CSP})

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.dist / request.path.lstrip("/"))

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path
        if path.startswith("/desk/api/"):
            self.requests.append(f"{request.method} {path.removeprefix('/desk/api')}")
            self.happened()
        if path.startswith("/desk/api/") and path != "/desk/api/login":
            found = self.sessions.get(request.cookies.get("daozhang_desk", ""))
            if found is None:
                return error(401, "not_signed_in")
            request[AGENT] = self.agents[found[0]]
            if request.method != "GET" and request.headers.get("X-CSRF-Token") != found[1]:
                return error(403, "csrf")
        answer: web.StreamResponse = await handler(request)
        self.happened()
        return answer

    async def _login(self, request: web.Request) -> web.Response:
        given = await request.json()
        if self.locked_seconds:
            return error(429, "rate_limited", retry_after=self.locked_seconds)
        agent = self.agents.get(given["username"])
        if agent is None or given["password"] != PASSWORD:
            return error(401, "wrong_login")
        if agent.totp and not given.get("code"):
            return error(401, "code_needed")
        if agent.totp and given["code"] != "123456":
            return error(401, "wrong_login")
        cookie, csrf = secrets.token_hex(8), secrets.token_hex(8)
        self.sessions[cookie] = (agent.username, csrf)
        answer = web.json_response(agent.me(csrf))
        answer.set_cookie("daozhang_desk", cookie, path="/desk", httponly=True, samesite="Strict")
        return answer

    async def _logout(self, request: web.Request) -> web.Response:
        self.sessions.pop(request.cookies["daozhang_desk"])
        return web.Response(status=204)

    def _public(self, request: web.Request) -> Json:
        csrf = self.sessions[request.cookies["daozhang_desk"]][1]
        return request[AGENT].me(csrf)

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response(self._public(request))

    async def _change_me(self, request: web.Request) -> web.Response:
        change, agent = await request.json(), request[AGENT]
        agent.language = change.get("language", agent.language)
        agent.settings |= {name: value for name, value in change.items() if name in agent.settings}
        return web.json_response(self._public(request))

    def counts(self, username: str) -> Json:
        rows = [each.row for each in self.threads.values() if each.row["state"] == "open"]
        return {
            "queue": sum(row["owner"] == "queue" for row in rows),
            "mine": sum(row["agent"] == username for row in rows),
            "bot": sum(row["owner"] == "bot" and not row["booked"] for row in rows),
            "booked": sum(row["booked"] for row in rows),
        }

    # ------------------------------------------------------------ the socket

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.refuses_sockets:
            return error(503, "internal_error")
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        agent: Agent = request[AGENT]
        resume = await ws.receive_json()
        await ws.send_json({"type": "hello", "epoch": self.epoch, "n": len(self.ring), "presence": agent.presence})
        if resume["epoch"] == self.epoch:
            for frame in self.ring[resume["n"] :]:
                await ws.send_json(frame)
        else:
            await ws.send_json({"type": "reset"})
        self.sockets[ws] = agent.username
        self.happened()
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await self._take(ws, agent, json.loads(message.data))
        finally:
            del self.sockets[ws]
            await self._watch(agent, None)
            self.happened()
        return ws

    async def _take(self, ws: web.WebSocketResponse, agent: Agent, frame: Json) -> None:
        self.frames.append(frame | {"from": agent.username})
        self.happened()
        if frame["type"] == "ping":
            await ws.send_json({"type": "pong"})
        elif frame["type"] == "watch":
            await self._watch(agent, frame["conversation_id"])
        elif frame["type"] == "typing":
            told = {name: frame[name] for name in ("conversation_id", "typing")}
            await self.tell({"type": "typing_changed", "sender": "agent", "agent": agent.username, **told})

    async def _watch(self, agent: Agent, conversation_id: str | None) -> None:
        for thread in self.threads.values():
            before = set(thread.watchers)
            thread.watchers -= {agent.username}
            if thread.id == conversation_id:
                thread.watchers |= {agent.username}
            if thread.watchers != before:
                usernames = sorted(thread.watchers)
                await self.tell({"type": "watchers_changed", "conversation_id": thread.id, "usernames": usernames})
