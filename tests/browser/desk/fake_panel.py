"""Facts, case actions, approvals, canned replies, macros and reports of the fake desk, from memory."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.gateway.reports.history import Case, History, Kind, Move, Range, Talk
from bot.gateway.reports.model import report_of
from bot.gateway.reports.sheets import TABLES, csv_of
from tests.browser.desk.fake_acts import FakeActs, refuse
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import AGENT, CANNED, Json, ago

ORDER_NO = "KM202405120001"
TICKET_NO = "TK261130A1B2C3"


def soon(minutes: float) -> str:
    return ago(-minutes)


def order(**changes: Any) -> Json:
    states = {
        "payment": ("PAID", "GATEWAY"), "order": ("PROCESSING", "PLATFORM"), "delivery": ("IN_PROGRESS", "PLATFORM"),
        "account": ("OK", "PLATFORM"), "input": ("OK", "USER_CLAIM"),
    }  # fmt: skip
    return {
        "order_no": ORDER_NO, "product": "游戏点卡 500 元直充", "amount": "488.00", "created_at": ago(95),
        "account_masked": "138****9000", "proven": True, "reachable": True, "late": True, "supplier": "星云数卡",
        "states": {axis: {"value": value, "source": source} for axis, (value, source) in states.items()},
        "diagnosis": {"code": "UPSTREAM_STUCK", "cause": "C1", "source": "PLATFORM",
                      "reasons": ["order=PROCESSING", "delivery=IN_PROGRESS", "late=true"]},
        "payment": {"channel": "wechat", "amount": "488.00", "paid_at": ago(94), "state": "SUCCESS",
                    "transaction_no_masked": "4200****8271", "merchant_no_masked": None},
        "refund": None, "version": "v1", **changes,
    }  # fmt: skip


def ticket(**changes: Any) -> Json:
    agent, system = {"kind": "agent", "name": "bob"}, {"kind": "system", "name": "system"}
    customer = {"kind": "customer", "name": ""}
    happened = [("open", "", system), ("report", "", customer), ("requery", "渠道确认已付", agent),
                ("assign", "", agent), ("promise_broken", "", system), ("note", "已催上游", agent)]  # fmt: skip
    history = [
        {"action": action, "reason": reason, "actor": actor, "at": ago(90 - 10 * number)}
        for number, (action, reason, actor) in enumerate(happened)
    ]
    return {
        "ticket_no": TICKET_NO, "type": "UPSTREAM_STUCK", "status": "pending", "stage": "in_progress",
        "priority": "urgent", "order_no": ORDER_NO, "claimed_no": None, "assignee": "bob", "amount": "488.00",
        "created_at": ago(90), "waiting_for": None, "waiting_since": ago(60), "next_promise_at": ago(12),
        "overdue": True, "repeats": 2, "broken_promises": 1, "messages": [], "history": history, "approvals": [],
        "operations": [], "rating": None, "promises": [], **changes,
    }  # fmt: skip


def facts() -> Json:
    fields = {"channel": "wechat", "amount": "488.00", "paid_at": ago(94), "transaction_no_masked": "4200****8217"}
    evidence = [
        {"evidence_id": "e1", "url": "/desk/api/pictures/e1", "kind": "WECHAT_BILL", "verdict": "CONFLICT",
         "fields": fields, "created_at": ago(50), "duplicate_of": None, "state": "read", "missing": ["status"],
         "conflicts": ["transaction_no"], "judged_for": ORDER_NO},
        {"evidence_id": "e2", "url": "/desk/api/pictures/e2", "kind": None, "verdict": None, "fields": {},
         "created_at": ago(49), "duplicate_of": "same_picture", "state": "unread", "missing": [], "conflicts": [],
         "judged_for": None},
    ]  # fmt: skip
    incidents = [
        {"incident_no": "IN1", "scope": "supplier", "name": "星云数卡", "opened_at": ago(40), "closed_at": None,
         "concerns": True},
        {"incident_no": "IN2", "scope": "channel", "name": "ALIPAY", "opened_at": ago(20), "concerns": False},
    ]  # fmt: skip
    rating = {"score": 4, "comment": "谢谢", "at": ago(10)}
    ended = {"stage": "resolved", "next_promise_at": None, "order_no": None, "priority": "low", "rating": rating}
    cases = [ticket(), ticket(ticket_no="TK261101D4E5F6", **ended)]
    return {"orders": [order()], "evidence": evidence, "tickets": cases, "incidents": incidents, "fetched_at": ago(0)}


def approval(**changes: Any) -> Json:
    return {
        "approval_no": "AP1", "ticket_no": TICKET_NO, "action": "repush", "amount": "488.00", "details": {},
        "state": "pending", "asked_by": {"kind": "agent", "name": "bob"}, "asked_at": ago(5),
        "expires_at": soon(600), "decided_by": None, "decided_at": None, **changes,
    }  # fmt: skip


class FakePanel(FakeActs):
    """`down`: the backend is away; `refusal`: what actions are answered; `fails`: so many get no clear answer."""

    def __init__(self, host: FakeDesk) -> None:
        super().__init__(host)
        self.facts: Json = facts()
        self.down = False
        self.refusal: tuple[int, str, Json] | None = None
        self.fails = 0
        self.answer: Json = {"state": "done"}
        self.done: list[tuple[str, str, Json, str]] = []  # ticket, action, body, key
        self.approvals = [approval(), approval(approval_no="AP2", asked_by={"kind": "agent", "name": "sue"})]
        self.decided: list[tuple[str, Json, str]] = []
        self.summary: Json = {"summary": None, "quality": None}
        self.canned = [dict(each) for each in CANNED]
        self.macros: list[Json] = [
            {"id": "m1", "title": "催单并告知", "steps": [{"do": "reply_canned", "canned_id": CANNED[0]["id"]},
                                                       {"do": "tag", "tags": ["催单"]}]}
        ]  # fmt: skip
        self.report_queries: list[dict[str, str]] = []
        self.reports_down = False
        self.blank = False

    @property
    def routes(self) -> list[web.RouteDef]:
        api = "/desk/api"
        mine = [
            web.get(f"{api}/conversations/{{id}}/facts", self._facts),
            web.post(f"{api}/tickets/{{ticket_no}}/{{action}}", self._act),
            web.get(f"{api}/approvals", self._approvals),
            web.post(f"{api}/approvals/{{no}}", self._decide),
            web.get(f"{api}/conversations/{{id}}/summary", self._summary),
            web.put(f"{api}/conversations/{{id}}/{{part:summary|quality}}", self._put_summary),
            web.get(f"{api}/canned", self._list_canned),
            web.post(f"{api}/canned", self._add_canned),
            web.patch(f"{api}/canned/{{id}}", self._change_canned),
            web.delete(f"{api}/canned/{{id}}", self._remove_canned),
            web.get(f"{api}/macros", self._list_macros),
            web.post(f"{api}/macros", self._add_macro),
            web.get(f"{api}/reports", self._report),
            web.get(f"{api}/reports.csv", self._sheet),
        ]
        known = {(each.method, each.path) for each in mine}
        return [*mine, *(each for each in super().routes if (each.method, each.path) not in known)]

    async def _facts(self, request: web.Request) -> web.Response:
        if self.down:
            raise refuse(503, "backend_unavailable")
        return web.json_response(self.facts)

    async def _act(self, request: web.Request) -> web.Response:
        match = request.match_info
        key = request.headers["Idempotency-Key"]
        self.done.append((match["ticket_no"], match["action"], await request.json(), key))
        if self.fails:
            self.fails -= 1
            raise refuse(503, "backend_unavailable")
        if self.refusal:
            status, code, details = self.refusal
            raise refuse(status, code, **details)
        return web.json_response({"ticket_no": match["ticket_no"], **self.answer})

    async def _approvals(self, request: web.Request) -> web.Response:
        return web.json_response({"approvals": self.approvals})

    async def _decide(self, request: web.Request) -> web.Response:
        no = request.match_info["no"]
        self.decided.append((no, await request.json(), request.headers["Idempotency-Key"]))
        self.approvals = [each for each in self.approvals if each["approval_no"] != no]
        return web.json_response({"state": "done", "ticket_no": TICKET_NO})

    async def _summary(self, request: web.Request) -> web.Response:
        return web.json_response(self.summary)

    async def _put_summary(self, request: web.Request) -> web.Response:
        self.summary[request.match_info["part"]] = await request.json()
        return web.json_response(self.summary)

    async def _list_canned(self, request: web.Request) -> web.Response:
        return web.json_response({"canned": self.canned})

    async def _add_canned(self, request: web.Request) -> web.Response:
        self.canned.append(
            {"id": f"n{len(self.canned)}", "team": None, "uses": 0, "picture": None, **await request.json()}
        )
        return web.json_response(self.canned[-1], status=201)

    async def _change_canned(self, request: web.Request) -> web.Response:
        found = next(each for each in self.canned if each["id"] == request.match_info["id"])
        found |= await request.json()
        return web.json_response(found)

    async def _remove_canned(self, request: web.Request) -> web.Response:
        if request[AGENT].role == "agent":
            raise refuse(403, "forbidden")
        self.canned = [each for each in self.canned if each["id"] != request.match_info["id"]]
        return web.Response(status=204)

    async def _list_macros(self, request: web.Request) -> web.Response:
        return web.json_response({"macros": self.macros})

    async def _add_macro(self, request: web.Request) -> web.Response:
        self.macros.append({"id": f"m{len(self.macros) + 1}", **await request.json()})
        return web.json_response(self.macros[-1], status=201)

    def _counted(self, request: web.Request) -> Json:
        query = request.query
        self.report_queries.append(dict(query))
        days = Range(*(datetime.fromisoformat(query[name]).date() for name in ("from", "to")))
        history = (
            History(range=days, talks=[], moves=[], cases=[]) if self.blank else month(days, not self.reports_down)
        )
        cut = history.only(query.get("channel") or None, query.get("product") or None)
        named = {"from": query["from"], "to": query["to"], "channel": query.get("channel"), "product": None}
        return {**named, "backend": not self.reports_down, **report_of(cut)}

    async def _report(self, request: web.Request) -> web.Response:
        if self.reports_down and request.query.get("product"):
            raise refuse(503, "backend_unavailable")
        return web.json_response(self._counted(request))

    async def _sheet(self, request: web.Request) -> web.Response:
        text = csv_of(TABLES[request.query["table"]](self._counted(request)))
        headers = {"Content-Disposition": 'attachment; filename="volume.csv"'}
        return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def month(days: Range, backend: bool) -> History:
    """Some weeks of a shop; always the same."""
    reasons = ["customer_request", "not_understood", "angry", "amount", "conflict", "backend_unavailable"]
    talks: list[Talk] = []
    moves: list[Move] = []
    cases: list[Case] = []
    for number, day in enumerate(days.days):
        for nth in range(12 + number * 7 % 9):
            at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=37 * nth)
            name, channel = f"{day}-{nth}", "telegram" if nth % 4 == 0 else "web"
            talks.append(Talk(name, channel, at))
            if nth % 3 == 0:
                waited = timedelta(seconds=40 + 25 * ((number + nth) % 17))
                reason = reasons[(number * number + nth // 3) % 6]
                moves.append(Move(name, channel, at, Kind.HANDOFF, reason, at + waited))
                moves.append(Move(name, channel, at + waited * 9, Kind.RESOLVE))
            if nth % 2 == 0:
                cause = ("C1", "C3", "C1", "C4", "C2", "C0", "C?")[(number + nth) % 7]
                promise = "broken" if (number + nth) % 11 == 0 else "open" if number % 13 == 12 else "kept"
                product = ("game_card", "phone_credit", "membership")[nth % 3]
                cases.append(Case(name, channel, product, cause, promise, (number + nth) % 4 + 2 if nth % 4 else None))
    return History(range=days, talks=talks, moves=moves, cases=cases if backend else None)


class PanelDesk(FakeDesk):
    """The fake desk with everything of this file."""

    def __init__(self, dist: Path) -> None:
        super().__init__(dist)
        self.panel = FakePanel(self)
        self.acts = self.panel
