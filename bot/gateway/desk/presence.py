"""Who is at the desk. Online is who says so and has had a socket open within the last minute."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import upsert
from bot.gateway.conversations.tables import conversations
from bot.gateway.desk.tables import desk_presence
from bot.gateway.tasks import unbroken

STATUSES = ("online", "away", "busy")
SEEN_WITHIN = timedelta(seconds=60)


async def count_online(connection: AsyncConnection, now: datetime) -> int:
    """How many would take a new case now."""
    query = sa.select(sa.func.count()).where(
        desk_presence.c.status == "online", desk_presence.c.seen_at > now - SEEN_WITHIN
    )
    return int(await connection.scalar(query) or 0)


@unbroken
class PresenceStore:
    """The presences in SQL, so that all copies of the gateway know the same; each method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def change(self, username: str, **columns: Any) -> dict[str, Any]:
        """Set what is given (`name`, `team`, `status`, `capacity`, `seen_at`); the row. A new one is online."""
        values = {"name": username, "status": "online", **columns}
        async with self._engine.begin() as connection:
            insert = upsert(connection, desk_presence).values(username=username, **values)
            change = columns or {"username": username}
            statement = insert.on_conflict_do_update(index_elements=["username"], set_=change)
            await connection.execute(statement)
            query = sa.select(desk_presence).where(desk_presence.c.username == username)
            return dict((await connection.execute(query)).one()._mapping)

    async def of(self, username: str) -> dict[str, Any] | None:
        """The row of one agent."""
        async with self._engine.begin() as connection:
            query = sa.select(desk_presence).where(desk_presence.c.username == username)
            row = (await connection.execute(query)).one_or_none()
        return dict(row._mapping) if row else None

    async def all(self, now: datetime) -> dict[str, str]:
        """The status of everybody who ever was at the desk; `offline` without an open socket."""
        async with self._engine.begin() as connection:
            rows = (await connection.execute(sa.select(desk_presence))).all()
        return {row.username: status_of(row._mapping, now) for row in rows}

    async def open_cases(self, username: str | None = None) -> dict[str, int]:
        """How many cases each agent has."""
        query = (
            sa.select(conversations.c.agent, sa.func.count())
            .where(conversations.c.place == "agent", conversations.c.agent.is_not(None))
            .group_by(conversations.c.agent)
        )
        if username:
            query = query.where(conversations.c.agent == username)
        async with self._engine.begin() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}


def status_of(row: Any, now: datetime) -> str:
    """What others see."""
    return str(row["status"]) if row["seen_at"] and row["seen_at"] > now - SEEN_WITHIN else "offline"
