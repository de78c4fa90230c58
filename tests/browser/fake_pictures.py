"""Pictures of the gateway that answers from memory: uploads that can be held or fail, links that end, examples."""

import asyncio
import secrets
from typing import Any, Protocol

from aiohttp import web

Json = dict[str, Any]
STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class Host(Protocol):
    """What the pictures need of the gateway."""

    def access(self, request: web.Request) -> Any: ...
    def happened(self) -> None: ...


class FakePictures:
    """The state that tests set and look at, and the handlers."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.kept: dict[str, bytes] = {}
        self.refuses = ""  # code of the error
        self.fails = 0  # so many of the next uploads
        self.tries = 0
        self.at_once = 0
        self.most_at_once = 0
        self.links: list[str] = []  # that were given
        self.dead_links = 0  # so many of the next ones do not hold
        self.examples: dict[str, bytes] = {}  # what the bot shows, by name
        self._gate = asyncio.Event()
        self._gate.set()

    @property
    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/conversations/{id}/pictures", self._upload),
            web.get("/api/conversations/{id}/pictures/{picture_id}", self._link),
            web.get("/api/conversations/{id}/pictures/{picture_id}/file", self._file),
            web.get("/examples/{name}", self._example),
        ]

    def hold(self) -> None:
        """Read no more than the head of uploads until `release`."""
        self._gate.clear()

    def release(self) -> None:
        self._gate.set()

    async def _upload(self, request: web.Request) -> web.Response:
        self._host.access(request)
        self.tries += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self._host.happened()
        try:
            await self._gate.wait()
            part = await (await request.multipart()).next()
            return self._answer(bytes(await part.read()) if part else b"")
        finally:
            self.at_once -= 1
            self._host.happened()

    def _answer(self, data: bytes) -> web.Response:
        if self.fails > 0:
            self.fails -= 1
            return error(503, "backend_unavailable")
        if self.refuses:
            return error(413, self.refuses)
        if not data.startswith(STARTS):
            return error(415, "unsupported_picture")
        picture_id = secrets.token_hex(16)
        self.kept[picture_id] = data
        return web.json_response({"picture_id": picture_id}, status=201)

    async def _link(self, request: web.Request) -> web.Response:
        """A new link each time; whoever has it needs no token, and it holds for a while."""
        self._host.access(request)
        self.links.append(f"{request.path}/file?expires=1&signature={secrets.token_hex(8)}")
        return web.json_response({"url": self.links[-1], "expires_at": "2026-11-24T04:30:00+00:00"})

    async def _file(self, request: web.Request) -> web.Response:
        data = self.kept.get(request.match_info["picture_id"])
        if self.dead_links > 0 or data is None or request.path_qs not in self.links:
            self.dead_links -= 1
            return error(404, "not_found")
        return web.Response(body=data, content_type="image/png")

    async def _example(self, request: web.Request) -> web.Response:
        data = self.examples.get(request.match_info["name"])
        return error(404, "not_found") if data is None else web.Response(body=data, content_type="image/png")


def error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}, "request_id": "r"}, status=status)
