"""Who looked at or changed what of a customer, and when. Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.gateway.accounts.tables import audit_log

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows; None is any. `before` is the id of a row that the reader has."""

    conversation_id: str | None = None
    username: str | None = None
    order_no: str | None = None
    before: int | None = None
    limit: int = 50


async def write_audit(
    connection: AsyncConnection,
    *,
    at: datetime,
    username: str,
    action: str,
    address: str = "",
    conversation_id: str | None = None,
    order_no: str | None = None,
    ticket_no: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a row as part of the caller's transaction."""
    row = {
        "at": at,
        "username": username[:60],
        "action": action,
        "address": address[:64],
        "conversation_id": conversation_id,
        "order_no": order_no,
        "ticket_no": ticket_no,
        "details": dict(details or {}),
    }
    await connection.execute(sa.insert(audit_log).values(row))


async def read_audit(engine: AsyncEngine, wanted: Wanted) -> list[dict[str, Any]]:
    """The rows that fit, the newest first."""
    query = sa.select(audit_log).order_by(audit_log.c.id.desc()).limit(wanted.limit)
    for name in ("conversation_id", "username", "order_no"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(audit_log.c[name] == value)
    if wanted.before is not None:
        query = query.where(audit_log.c.id < wanted.before)
    async with engine.begin() as connection:
        rows = (await connection.execute(query)).mappings().all()
    return [{**row, "at": row["at"].isoformat()} for row in rows]
