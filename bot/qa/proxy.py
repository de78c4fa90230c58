"""A way between two of the processes that passes everything on, writes the calls down, and misbehaves when told to."""

import asyncio
import itertools
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus

import aiohttp
from aiohttp import web
from yarl import URL

HOST = "127.0.0.1"
# They belong to one connection, or are made anew.
NOT_PASSED_ON = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
# As much of a body as tells whose call it is; pictures are longer.
KNOWN_BY = 20_000
BROKEN_JSON = b'{"error": {"code": "in'
POLL_SECONDS = 0.1


@dataclass
class Call:
    """One call; `status` is what the caller got, None for nothing, `spoiled` the fault that it met."""

    method: str
    path: str
    words: str
    key: str | None = None
    status: int | None = None
    spoiled: str = ""

    def concerns(self, marks: Collection[str]) -> bool:
        """Whether one of these (a conversation, an order, a customer) stands in it."""
        return any(mark in self.words for mark in marks)


@dataclass(eq=False)
class Misbehaviour:
    """What goes wrong for the calls with one of `marks`; `times` is how often still, None for ever."""

    what: str
    marks: frozenset[str]
    path: str = "*"
    method: str = "*"
    times: int | None = None
    seconds: float = 3.0
    carried_out: bool = False
    over: bool = False

    def meets(self, call: Call) -> bool:
        """Whether this call goes wrong."""
        fits = fnmatchcase(call.path, self.path) and fnmatchcase(call.method, self.method)
        return fits and self.times != 0 and not self.over and call.concerns(self.marks)


class Proxy:
    """Passes calls on to `upstream` (`http://host:port`); `listen` and `refuse` as often as wanted, then `close`."""

    def __init__(self, upstream: str, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self.calls: list[Call] = []
        self._upstream = upstream
        self._port = port
        self._faults: list[Misbehaviour] = []
        self._runner: web.ServerRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def listen(self) -> None:
        """Take connections; nothing changes when it does already."""
        if self._runner:
            return
        if self._session is None:
            connector, forever = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(connector=connector, timeout=forever, auto_decompress=False)
        self._runner = web.ServerRunner(web.Server(self._take), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()

    async def refuse(self) -> None:
        """Nobody listens any more, and the connections that there are end."""
        if self._runner:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def close(self) -> None:
        for fault in self._faults:
            fault.over = True
        await self.refuse()
        if self._session:
            await self._session.close()

    def misbehave(self, fault: Misbehaviour) -> None:
        """From now on; of several that fit a call the newest counts."""
        self._faults.insert(0, fault)

    def behave(self, marks: Collection[str]) -> None:
        """No more faults for the calls with one of these marks."""
        for fault in self._faults:
            fault.over = fault.over or bool(fault.marks & set(marks))
        self._faults = [each for each in self._faults if not each.over]

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        words = request.raw_path + "\n" + body[:KNOWN_BY].decode(errors="replace")
        call = Call(request.method, request.path, words, request.headers.get("Idempotency-Key"))
        self.calls.append(call)
        fault = next((each for each in self._faults if each.meets(call)), None)
        if fault is None:
            answer = await self._pass_on(request, body)
        else:
            call.spoiled = fault.what
            fault.times = fault.times - 1 if fault.times is not None else None
            answer = await self._spoil(fault, request, body)
        gone = request.transport is None or request.transport.is_closing()
        call.status = None if gone else answer.status
        return answer

    async def _spoil(self, fault: Misbehaviour, request: web.BaseRequest, body: bytes) -> web.Response:
        if fault.what == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.what == "slow" or fault.carried_out:
            answer = await self._pass_on(request, body)
        if fault.what == "slow":
            return answer
        if fault.what == "error":
            return web.json_response({"error": {"code": "internal_error", "message": "Told to fail."}}, status=500)
        if fault.what == "malformed":
            return web.Response(body=BROKEN_JSON, content_type="application/json")
        for _ in itertools.count():  # no answer, until the caller gives up or the fault is over
            if fault.over or request.transport is None or request.transport.is_closing():
                break
            await asyncio.sleep(POLL_SECONDS)
        return _cut(request)

    async def _pass_on(self, request: web.BaseRequest, body: bytes) -> web.Response:
        if self._session is None:
            return _cut(request)
        headers = {name: each for name, each in request.headers.items() if name.lower() not in NOT_PASSED_ON}
        url = URL(self._upstream + request.raw_path, encoded=True)
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as found:
                content = await found.read()
                kept = {name: each for name, each in found.headers.items() if name.lower() not in NOT_PASSED_ON}
                return web.Response(status=found.status, body=content, headers=kept)
        except aiohttp.ClientError:
            return _cut(request)


def _cut(request: web.BaseRequest) -> web.Response:
    """End the connection; the caller sees no answer, also not this one."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=HTTPStatus.BAD_GATEWAY)
