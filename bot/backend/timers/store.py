"""What is due when: rows that survive restarts, each claimed by one copy of the backend."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Table, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.claims import claim_due, finish
from bot.backend.database import metadata
from bot.backend.timers.model import TimerKind
from bot.db import UtcDateTime, upsert

timers = Table(
    "timers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    Column("done_at", UtcDateTime),
    UniqueConstraint("kind", "subject"),
    sqlite_autoincrement=True,
)
_is_waiting = timers.c.done_at.is_(None)
Index("ix_timers_due_at", timers.c.due_at, sqlite_where=_is_waiting, postgresql_where=_is_waiting)


async def schedule(connection: AsyncConnection, kind: TimerKind, subject: str, due_at: datetime) -> None:
    """Let this come due, in the transaction of what it follows from; replaces the time that was set before.

    `attempt` grows, so that whoever is at work on the old one cannot mark the new one as done.
    """
    again = {"due_at": due_at, "done_at": None, "claimed_until": None, "attempt": timers.c.attempt + 1}
    statement = upsert(connection, timers).values(kind=kind.value, subject=subject, due_at=due_at, attempt=0)
    await connection.execute(statement.on_conflict_do_update(index_elements=["kind", "subject"], set_=again))


async def schedule_by(connection: AsyncConnection, kind: TimerKind, subject: str, due_at: datetime) -> None:
    """Let this come due by then at the latest; a waiting one that is earlier stays."""
    earlier = select(timers.c.id).where(
        timers.c.kind == kind.value, timers.c.subject == subject, _is_waiting, timers.c.due_at <= due_at
    )
    if (await connection.execute(earlier)).one_or_none() is None:
        await schedule(connection, kind, subject, due_at)


async def cancel(connection: AsyncConnection, kind: TimerKind, subject: str) -> None:
    """Let it not come due any more; harmless when there is none."""
    await connection.execute(delete(timers).where(timers.c.kind == kind.value, timers.c.subject == subject))


async def claim_timers(connection: AsyncConnection, now: datetime, lease: timedelta, limit: int) -> list[Row[Any]]:
    """Claim what is due, the oldest first."""
    return await claim_due(connection, timers, now, lease, limit)


async def mark_done(connection: AsyncConnection, row: Row[Any], now: datetime) -> bool:
    """It was done; False when it was set anew or taken over meanwhile."""
    return await finish(connection, timers, row, {"done_at": now})


async def put_off(connection: AsyncConnection, row: Row[Any], until: datetime) -> bool:
    """It failed; try again then. False as in `mark_done`."""
    return await finish(connection, timers, row, {"due_at": until})
