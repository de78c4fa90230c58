"""`/v1/desk/orders` and `/v1/desk/evidence`: what agents see without the customer's proof. Looking changes nothing."""

import re
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.backend.changes.store import order_watchers
from bot.backend.database import DATABASE
from bot.backend.evidence import reading_store
from bot.backend.evidence.judging import judge
from bot.backend.evidence.readings import MOST_TRIES, READINGS
from bot.backend.evidence.store import Evidence, evidence_of
from bot.backend.facts.model import order_for
from bot.backend.facts.views import evidence_view, facts_view
from bot.backend.http import check_query, json_answer, now_of
from bot.backend.incidents.model import groups_of
from bot.backend.incidents.store import live_incident
from bot.backend.incidents.work import common_of, view_of
from bot.backend.orders.cases import case_of
from bot.backend.orders.model import diagnose
from bot.errors import InvalidError, OrderNotFoundError
from bot.numbers import normalize_number

routes = web.RouteTableDef()

MOST = 50
LONGEST = 128
EVIDENCE_ID = re.compile(r"[0-9a-f]{32}")
ORDER_NO = re.compile(r"[0-9A-Za-z-]{1,64}")


@routes.get("/v1/desk/orders/{order_no}")
async def show_facts(request: web.Request) -> web.Response:
    """An order as agents see it, whoever it belongs to."""
    case = await case_of(request.app, normalize_number(request.match_info["order_no"]), now_of(request))
    if case.record is None and not case.unreachable:
        raise OrderNotFoundError
    async with request.app[DATABASE].begin() as connection:
        incident = await live_incident(connection, groups_of(diagnose(case.facts).diagnosis, common_of(case)))
    return json_answer(facts_view(case, view_of(incident) if incident else None))


@routes.get("/v1/desk/orders")
async def list_proven_orders(request: web.Request) -> web.Response:
    """The numbers of the orders that this customer has proved and asked about, the last asked first."""
    check_query(request, "customer_ref")
    customer = request.query.get("customer_ref", "").strip()
    if not 0 < len(customer) <= LONGEST:
        raise InvalidError(fields=["customer_ref"])
    seen = order_watchers.c
    query = select(seen.order_no, seen.seen_at).where(seen.customer_ref == customer)
    async with request.app[DATABASE].begin() as connection:
        rows = (await connection.execute(query.order_by(seen.seen_at.desc(), seen.order_no).limit(MOST))).mappings()
        return json_answer({"orders": [dict(row) for row in rows]})


@routes.get("/v1/desk/evidence")
async def list_evidence(request: web.Request) -> web.Response:
    """These pictures with what they are worth for one of these orders; unknown ids are left out."""
    check_query(request, "evidence_id", "order_no")
    orders = [normalize_number(each) for each in _given(request, "order_no", ORDER_NO)]
    wanted = _given(request, "evidence_id", EVIDENCE_ID)
    if not wanted:
        raise InvalidError(fields=["evidence_id"])
    found = [await _find(request, each) for each in dict.fromkeys(wanted)]
    return json_answer({"evidence": [await _evidence(request, each, orders) for each in found if each]})


async def _find(request: web.Request, evidence_id: str) -> Evidence | None:
    async with request.app[DATABASE].begin() as connection:
        return await evidence_of(connection, evidence_id)


async def _evidence(request: web.Request, evidence: Evidence, orders: list[str]) -> dict[str, Any]:
    if evidence.purged_at:
        return evidence_view(evidence, "deleted", None, None, None)
    async with request.app[DATABASE].begin() as connection:
        stored = await reading_store.reading_of(connection, evidence.sha256)
    if stored is None or (stored.reading is None and stored.tries < MOST_TRIES):
        request.app[READINGS].read_soon(evidence.sha256)
        return evidence_view(evidence, "unread", None, None, None)
    reading = stored.reading
    named = {evidence.order_no, *((reading.order_no, reading.merchant_no) if reading else ())}
    order_no = order_for(named, orders)
    _, judgement = await judge(request.app, evidence, reading, order_no, now_of(request), keep=False)
    return evidence_view(evidence, "read", order_no, reading, judgement)


def _given(request: web.Request, name: str, form: re.Pattern[str]) -> list[str]:
    """The values of a parameter that may be repeated; InvalidError when they are too many or no such thing."""
    values = request.query.getall(name, [])
    if len(values) > MOST or not all(form.fullmatch(each) for each in values):
        raise InvalidError(fields=[name])
    return values
