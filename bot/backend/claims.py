"""Rows of work that several copies of the backend share: each is claimed by one of them for a while.

A table of such rows has the columns `id`, `due_at`, `claimed_until`, `attempt` and `done_at`. Whoever claims a row
and dies leaves it to the others when the claim has run out, so handlers must be idempotent.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection


async def claim_due(
    connection: AsyncConnection,
    table: Table,
    now: datetime,
    lease: timedelta,
    limit: int,
    also: ColumnElement[bool] | None = None,
) -> list[Row[Any]]:
    """Claim the rows that are due, the oldest first; commit before working on them."""
    columns = table.c
    is_free = or_(columns.claimed_until.is_(None), columns.claimed_until <= now)
    is_due = and_(columns.done_at.is_(None), columns.due_at <= now, is_free)
    found = select(columns.id).where(is_due if also is None else and_(is_due, also))
    found = found.order_by(columns.due_at, columns.id).limit(limit)
    # On PostgreSQL copies skip what another has in hand; SQLite lets one transaction in at a time (see bot.db).
    ids = (await connection.execute(found.with_for_update(skip_locked=True, of=table))).scalars().all()
    if not ids:
        return []
    values = {"claimed_until": now + lease, "attempt": columns.attempt + 1}
    claimed = update(table).where(columns.id.in_(ids)).values(values).returning(table)
    return sorted(await connection.execute(claimed), key=lambda row: (row.due_at, row.id))


async def finish(connection: AsyncConnection, table: Table, row: Row[Any], values: dict[str, Any]) -> bool:
    """Write the outcome of a claimed row and free it; False when the claim ran out and another has it."""
    mine = and_(table.c.id == row.id, table.c.attempt == row.attempt, table.c.done_at.is_(None))
    changed = update(table).where(mine).values({"claimed_until": None, **values})
    return bool((await connection.execute(changed)).rowcount)
