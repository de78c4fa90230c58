"""The outbox of events: written in the transaction of the change that they tell of, delivered afterwards."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, Row, String, Table, Text, and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.claims import claim_due, finish
from bot.backend.database import metadata
from bot.backend.events.model import HOLDS_BACK_ATTEMPTS, NewEvent
from bot.db import UtcDateTime, upsert

events = Table(
    "events",
    metadata,
    # Also the sequence that the gateway sees, so a number is never given twice.
    Column("id", Integer, primary_key=True),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("customer_ref", String(128), nullable=False),
    Column("conversation_id", String(128)),
    Column("order_no", String(64)),
    Column("ticket_no", String(20)),
    Column("data", JSON, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    # Why the last attempt failed: a status or the class of an error.
    Column("error", Text),
    Column("done_at", UtcDateTime),
    # Given up; `done_at` is set as well.
    Column("dead_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_is_waiting = events.c.done_at.is_(None)
Index("ix_events_due_at", events.c.due_at, sqlite_where=_is_waiting, postgresql_where=_is_waiting)
_is_dead = events.c.dead_at.is_not(None)
Index("ix_events_dead_at", events.c.dead_at, sqlite_where=_is_dead, postgresql_where=_is_dead)
Index("ix_events_customer_ref", events.c.customer_ref, sqlite_where=_is_waiting, postgresql_where=_is_waiting)


async def publish(connection: AsyncConnection, event: NewEvent) -> None:
    """Put an event into the outbox, in the transaction of what it tells of; nothing when its key is known.

    For each customer to be told an event of their own. The events of one customer are delivered in this order, so
    lock the order or the ticket before you publish about it.
    """
    same = ("key", "customer_ref", "conversation_id", "order_no", "ticket_no", "occurred_at")
    statement = upsert(connection, events).values(
        event_id=secrets.token_hex(16),
        type=event.type.value,
        data=dict(event.data),
        due_at=event.occurred_at,
        attempt=0,
        **{name: getattr(event, name) for name in same},
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def claim_events(connection: AsyncConnection, now: datetime, lease: timedelta, limit: int) -> list[Row[Any]]:
    """Claim events to deliver, at most one for each customer: their first that still holds the later ones back."""
    holds_back = and_(_is_waiting, events.c.attempt <= HOLDS_BACK_ATTEMPTS)
    first = select(func.min(events.c.id)).where(holds_back).group_by(events.c.customer_ref)
    overtaken = events.c.attempt > HOLDS_BACK_ATTEMPTS
    return await claim_due(connection, events, now, lease, limit, or_(events.c.id.in_(first), overtaken))


async def mark_delivered(connection: AsyncConnection, row: Row[Any], now: datetime) -> bool:
    """The gateway has it; False when another copy of the backend has taken the row over."""
    return await finish(connection, events, row, {"done_at": now, "error": None})


async def mark_failed(
    connection: AsyncConnection, row: Row[Any], error: str, now: datetime, again_at: datetime | None
) -> bool:
    """The attempt failed; without `again_at` the event is given up. False as in `mark_delivered`."""
    values: dict[str, Any] = {"error": error[:200]}
    values |= {"due_at": again_at} if again_at else {"done_at": now, "dead_at": now}
    return await finish(connection, events, row, values)


async def revive(connection: AsyncConnection, event_ids: Sequence[str], now: datetime) -> int:
    """Let events that were given up be tried again, all when none is named; how many."""
    named = events.c.event_id.in_(event_ids) if event_ids else true()
    dead = and_(_is_dead, named)
    values = {"done_at": None, "dead_at": None, "claimed_until": None, "attempt": 0, "due_at": now}
    return int((await connection.execute(update(events).where(dead).values(values))).rowcount)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many events wait and how many were given up."""
    waiting = select(func.count()).select_from(events).where(_is_waiting)
    dead = select(func.count()).select_from(events).where(_is_dead)
    found = {"waiting": waiting, "dead": dead}
    return {name: int((await connection.execute(each)).scalar_one()) for name, each in found.items()}


async def listed(connection: AsyncConnection, only_dead: bool, limit: int = 100) -> list[Row[Any]]:
    """Events that wait or were given up, the oldest first."""
    found = select(events).where(_is_dead if only_dead else _is_dead | _is_waiting)
    return list(await connection.execute(found.order_by(events.c.id).limit(limit)))
