"""The cases of a report, a short row for each: their cause, what became of the promise, how content they left."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.orders.model import rule_of
from bot.backend.orders.plans import PLANS
from bot.backend.orders.store import orders
from bot.backend.tickets.model import LIVE, TicketType
from bot.backend.tickets.tables import ticket_ratings, tickets

MOST = 5000
UNKNOWN = "C?"


class Promise(StrEnum):
    """What became of the promise to answer; `open` is not due yet."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


def cause_of(ticket_type: TicketType) -> str:
    """The cause that the diagnoses behind this type have in common; `C?` when they have none."""
    planned = [rule_of(diagnosis) for diagnosis, plan in PLANS.items() if plan.ticket_type is ticket_type]
    found = {rule.cause for rule in planned} - {UNKNOWN}
    # `OTHER` takes everything that has no type of its own, so one diagnosis does not speak for it.
    return found.pop() if len(found) == 1 and ticket_type is not TicketType.OTHER else UNKNOWN


CAUSES: Mapping[TicketType, str] = {each: cause_of(each) for each in TicketType}


def promise_of(case: Any, now: datetime) -> Promise:
    """Broken once is broken, also when nobody has written it down yet."""
    overdue = case.status in LIVE and case.next_promise_at is not None and case.next_promise_at <= now
    if case.broken_promises or overdue:
        return Promise.BROKEN
    answered = case.last_agent_reply_at is not None or case.status not in LIVE
    return Promise.KEPT if answered else Promise.OPEN


async def cases_between(
    connection: AsyncConnection, since: datetime, until: datetime, after: int, now: datetime, limit: int = MOST
) -> tuple[list[dict[str, Any]], int | None]:
    """The cases that were opened in [since, until), oldest first, and where the next page begins.

    What was merged away is no case of its own. The product line is null where the backend does not keep the order.
    """
    found = (
        select(
            tickets.c.id, tickets.c.conversation_id, tickets.c.created_at, tickets.c.type, tickets.c.status,
            tickets.c.broken_promises, tickets.c.next_promise_at, tickets.c.last_agent_reply_at,
            orders.c.product_line, ticket_ratings.c.score,
        )
        .outerjoin(orders, orders.c.order_no == tickets.c.order_no)
        .outerjoin(ticket_ratings, ticket_ratings.c.ticket_id == tickets.c.id)
        .where(tickets.c.created_at >= since, tickets.c.created_at < until)
        .where(tickets.c.merged_into.is_(None), tickets.c.id > after)
        .order_by(tickets.c.id)
        .limit(limit + 1)
    )  # fmt: skip
    rows = (await connection.execute(found)).all()
    more = rows[limit - 1].id if len(rows) > limit else None
    return [_view(row, now) for row in rows[:limit]], more


def _view(row: Any, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": row.conversation_id,
        "opened_at": row.created_at,
        "product": row.product_line,
        "type": row.type,
        "cause": CAUSES[TicketType(row.type)],
        "promise": promise_of(row, now),
        "score": row.score,
    }
