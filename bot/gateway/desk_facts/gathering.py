"""Everything that the backend knows about a conversation, asked at the same time."""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.errors import NotFoundError
from bot.gateway.conversations.picture_links import link_to
from bot.gateway.conversations.pictures import LINK_KEY
from bot.gateway.desk_facts.model import (
    MOST_CASES,
    Subject,
    case_facts,
    evidence_facts,
    newest_first,
    order_facts,
    order_numbers,
)
from bot.gateway.keys import BACKEND, SETTINGS, SWITCHBOARD
from bot.numbers import normalize_number

Json = dict[str, Any]


async def facts_of(app: web.Application, subject: Subject) -> Json:
    """Orders, pictures, cases and disturbances. BackendUnavailableError when the backend is away."""
    now = app[SWITCHBOARD].now()
    cases, proven, incidents = await asyncio.gather(
        cases_of(app, subject), proven_orders(app, subject), app[BACKEND].incidents()
    )
    numbers = order_numbers(subject, cases, proven)
    orders, evidence = await asyncio.gather(
        orders_of(app, numbers), _evidence(app, subject, [normalize_number(number) for number, _ in numbers])
    )
    explained = {order["incident"]["incident_no"] for order in orders if order["incident"]}
    return {
        "orders": orders,
        "evidence": evidence,
        "tickets": [case_facts(case, now) for case in cases],
        "incidents": [{**each, "concerns": each["incident_no"] in explained} for each in incidents],
        "fetched_at": now.isoformat(),
    }


async def cases_of(app: web.Application, subject: Subject) -> list[Json]:
    """The cases of this customer, the newest first; a merged one is in its survivor."""
    query = {"limit": str(MOST_CASES), "sort": "recent"}
    pages = await asyncio.gather(
        *(app[BACKEND].desk_tickets(customer_ref=customer, **query) for customer in subject.customers)
    )
    numbers = newest_first([row for page in pages for row in page["tickets"]])
    found = await asyncio.gather(*(app[BACKEND].desk_ticket(number) for number in numbers))
    return list({case["ticket_no"]: case for case in found}.values())


async def proven_orders(app: web.Application, subject: Subject) -> list[str]:
    """What this customer has proved; whoever only has their resume code has not."""
    return [str(each["order_no"]) for each in await app[BACKEND].desk_orders(subject.customers[0])]


async def orders_of(app: web.Application, numbers: list[tuple[str, bool]]) -> list[Json]:
    """Those of these orders that exist."""
    found = await asyncio.gather(*(_order(app, number) for number, _ in numbers))
    return [
        order_facts(order, proven=proven)
        for order, (_, proven) in zip(found, numbers, strict=True)
        if order is not None
    ]


async def _order(app: web.Application, order_no: str) -> Json | None:
    try:
        return await app[BACKEND].desk_order(order_no)
    except NotFoundError:
        return None


async def _evidence(app: web.Application, subject: Subject, orders: list[str]) -> list[Json]:
    """The pictures that were sent in this very conversation, with links that work for a few minutes."""
    if not subject.pictures:
        return []
    settings = app[SETTINGS]
    until = app[SWITCHBOARD].now() + timedelta(seconds=settings.picture_link_seconds)
    key = settings.derived_key(LINK_KEY)
    known = [each for each in orders if each.isascii() and each.replace("-", "").isalnum()]
    found = await app[BACKEND].desk_evidence(list(subject.pictures), known)
    return [
        evidence_facts(each, link_to(key, subject.conversation_id, subject.pictures[each["evidence_id"]], until))
        for each in found
        if each["evidence_id"] in subject.pictures
    ]
