"""Stand-ins for outside systems: small real servers and objects, no mocks."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Body = dict[str, Any]


def echo(body: Body) -> list[Body]:
    """An answer that tells what was asked."""
    return [{"text": f"echo: {body['message']}"}]


class FakeRasa:
    """Behaves as Rasa 3.6's REST channel, tracker and event endpoints do, on a free port.

    `answer` makes the messages. `plan` holds what goes wrong with the next messages, one word each:
    `fail` (500, nothing saved), `hang` (never answers, saves nothing), `empty` (`[]`, the message saved),
    `lost` (`[]`, nothing saved), `die` (no answer, nothing saved), `die_after_save` (no answer, the turn saved).
    Once the plan is used up, `otherwise` counts; "" is a good answer.
    """

    def __init__(self, token: str = "token") -> None:
        self.token = token
        self.answer: Callable[[Body], list[Body]] = echo
        self.plan: list[str] = []
        self.otherwise = ""
        self.asked: list[Body] = []
        self.trackers: dict[str, list[Body]] = defaultdict(list)
        self.slots: dict[str, Body] = {}
        self.arrived = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        app = web.Application(middlewares=[self._check_token])
        app.add_routes(
            [
                web.post("/webhooks/rest/webhook", self._receive),
                web.get("/conversations/{sender}/tracker", self._tracker),
                web.post("/conversations/{sender}/tracker/events", self._append),
                web.get("/status", self._status),
            ]
        )
        self._server = TestServer(app)

    async def __aenter__(self) -> "FakeRasa":
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.go_on.set()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def port(self) -> int:
        assert self._server.port is not None
        return self._server.port

    def asked_texts(self) -> list[str]:
        """What was asked, in order; a repeated question counts each time."""
        return [body["message"] for body in self.asked]

    def turns(self, sender: str) -> list[str]:
        """The texts of the messages that the tracker holds, without those taken back."""
        return [event["text"] for event in self._session(sender) if event["event"] == "user"]

    def _session(self, sender: str) -> list[Body]:
        """What counts: the events since the newest session began."""
        events = self.trackers[sender]
        starts = [number for number, event in enumerate(events) if event["event"] == "session_started"]
        return events[starts[-1] + 1 :] if starts else []

    @web.middleware
    async def _check_token(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.query.get("token") != self.token:
            return web.json_response({"status": "failure"}, status=401)
        return await handler(request)

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.arrived.set()
        trouble = self.plan.pop(0) if self.plan else self.otherwise
        if trouble == "fail":
            return web.json_response({}, status=500)
        if trouble == "lost":
            return web.json_response([])
        if trouble == "die":
            return self._hang_up(request)
        if trouble == "hang":
            await asyncio.sleep(3600)
        await self.go_on.wait()
        async with self._locks[body["sender"]]:
            messages = [] if trouble == "empty" else self.answer(body)
            self._save(body, messages)
        if trouble == "die_after_save":
            return self._hang_up(request)
        return web.json_response([{"recipient_id": body["sender"], **each} for each in messages])

    def _save(self, body: Body, messages: list[Body]) -> None:
        events = self.trackers[body["sender"]]
        if not events:
            events.append({"event": "action", "name": "action_session_start", "timestamp": time.time()})
            events.append({"event": "session_started", "timestamp": time.time()})
            events.append({"event": "action", "name": "action_listen"})
        events.append({"event": "user", "text": body["message"], "metadata": {**body["metadata"], "model_id": "m"}})
        events.append({"event": "action", "name": "action_x"})
        for each in messages:
            data = {name: each.get(name) for name in ("elements", "quick_replies", "buttons", "attachment", "custom")}
            events.append({"event": "bot", "text": each.get("text"), "data": data, "metadata": {}})
        events.append({"event": "action", "name": "action_listen"})

    @staticmethod
    def _hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _tracker(self, request: web.Request) -> web.StreamResponse:
        sender = request.match_info["sender"]
        if request.query["include_events"] == "NONE":
            return web.json_response({"slots": self.slots.get(sender, {})})
        assert request.query["include_events"] == "ALL"
        return web.json_response({"events": self.trackers[sender]})

    async def _append(self, request: web.Request) -> web.StreamResponse:
        events = await request.json()
        self.trackers[request.match_info["sender"]].extend(events if isinstance(events, list) else [events])
        return web.json_response({})

    async def _status(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"model_id": "m"})


class FakeTickets:
    """The part of the backend's client that the outbox uses; `errors` are raised first, one per call."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.opened: dict[str, Body] = {}
        self.calls: list[str] = []

    async def open_ticket(self, body: Body, idempotency_key: str, proof: str | None = None) -> Body:
        self.calls.append(idempotency_key)
        if self.errors:
            raise self.errors.pop(0)
        self.opened[idempotency_key] = body
        return {"ticket_no": f"TK26112400000{len(self.opened)}", "joined": False}


class FakeBackendServer:
    """As much of the order backend's HTTP as the gateway uses; `down` makes it answer 503."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.down = False
        self.refusal: tuple[int, str] | None = None
        self.evidence: dict[str, tuple[bytes, str]] = {}
        self.tickets: dict[str, Body] = {}
        self.shop_hooks: list[tuple[bytes, dict[str, str]]] = []
        self.report_cases: list[Body] = []
        self.report_ranges: list[tuple[str, str]] = []
        app = web.Application(middlewares=[self._check], client_max_size=2**26)
        app.add_routes(
            [
                web.get("/healthz", self._health),
                web.post("/v1/evidence", self._upload),
                web.get("/v1/evidence/{evidence_id}", self._show),
                web.post("/v1/tickets", self._open),
                web.get("/v1/demo/orders", self._demo_orders),
                web.get("/v1/desk/report/cases", self._report_cases),
                web.post("/v1/hooks/shop", self._shop_hook),
            ]
        )
        self._server = TestServer(app)

    async def __aenter__(self) -> "FakeBackendServer":
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def port(self) -> int:
        assert self._server.port is not None
        return self._server.port

    @web.middleware
    async def _check(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.down:
            return web.json_response({}, status=503)
        if request.path != "/healthz" and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": {"code": "not_authorized", "message": ""}}, status=401)
        return await handler(request)

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if self.refusal:
            status, code = self.refusal
            return web.json_response({"error": {"code": code, "message": ""}}, status=status)
        form = await request.post()
        data = form["file"].file.read()  # type: ignore[union-attr]
        evidence_id = f"e{len(self.evidence) + 1}"
        self.evidence[evidence_id] = (data, str(form["customer_ref"]))
        return web.json_response({"evidence_id": evidence_id, "mime": "image/png"}, status=201)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        found = self.evidence.get(request.match_info["evidence_id"])
        if found is None:
            return web.json_response({"error": {"code": "not_found", "message": ""}}, status=404)
        data, _ = found
        return web.Response(body=data, content_type="image/png")

    async def _open(self, request: web.Request) -> web.StreamResponse:
        key = request.headers["Idempotency-Key"]
        self.tickets[key] = await request.json()
        return web.json_response({"ticket_no": f"TK26112400000{len(self.tickets)}"}, status=201)

    async def _shop_hook(self, request: web.Request) -> web.StreamResponse:
        if self.refusal:
            status, code = self.refusal
            return web.json_response({"error": {"code": code, "message": ""}}, status=status)
        headers = {
            name.lower(): value for name, value in request.headers.items() if name.lower().startswith("webhook-")
        }
        self.shop_hooks.append((await request.read(), headers))
        return web.json_response({"outcome": "applied"})

    async def _demo_orders(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"orders": [{"order_no": "KM202405120001", "phone_tail": "8000"}]})

    async def _report_cases(self, request: web.Request) -> web.StreamResponse:
        self.report_ranges.append((request.query["since"], request.query["until"]))
        return web.json_response({"cases": self.report_cases, "next_cursor": None})
