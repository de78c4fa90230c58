"""The lists, conversations and marks of the desk in SQL; each method is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import UtcDateTime, upsert
from bot.errors import InvalidError, NotFoundError
from bot.gateway.conversations.model import Conversation, Message, Status
from bot.gateway.conversations.rows import conversation_from, read_messages
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.desk.rows import cursor_from, cursor_of
from bot.gateway.desk.tables import conversation_tags, desk_marks
from bot.gateway.resume.model import hide
from bot.gateway.tasks import unbroken

VIEWS = ("queue", "mine", "bot", "booked", "resolved", "all")
SORTS = ("urgency", "newest", "oldest")
# Lists are counted up to here; nobody needs to know by how many they are longer.
MOST_COUNTED = 1000
EARLIER = 5
ID = conversations.c.conversation_id


@dataclass(frozen=True)
class Wanted:
    """Which list, filtered and sorted how; `username` is who asks."""

    view: str
    username: str
    team: str | None = None
    channel: str | None = None
    tag: str | None = None
    sort: str = "urgency"


@dataclass(frozen=True)
class Mark:
    """Where an agent is in a conversation."""

    read_position: int = 0
    draft: str = ""


@unbroken
class DeskStore:
    """All reading of the desk, and what only the desk writes; ownership changes go through the switchboard."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, wanted: Wanted, limit: int, cursor: str | None) -> tuple[list[Conversation], str | None]:
        """One page of a list and where the next one begins."""
        query = sa.select(conversations).where(*_filters(wanted))
        if wanted.tag:
            query = query.join(conversation_tags, conversation_tags.c.conversation_id == ID)
            query = query.where(conversation_tags.c.tag == wanted.tag)
        key = conversations.c.urgency if wanted.sort == "urgency" else conversations.c.updated_at
        if cursor:
            query = query.where(_after(wanted.sort, key, cursor))
        order = (key.desc(), ID.desc()) if wanted.sort == "newest" else (key, ID)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.order_by(*order).limit(limit + 1))).all()
        found = [conversation_from(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return found, None
        last = rows[limit - 1]
        value = last.urgency if wanted.sort == "urgency" else last.updated_at.isoformat()
        return found, cursor_of(value, last.conversation_id)

    async def counts(self, username: str | None = None) -> dict[str, int]:
        """How long the lists are, up to a thousand; `mine` for an agent."""
        places = {name: conversations.c.place == name for name in ("queue", "bot", "booked")}
        if username:
            places["mine"] = sa.and_(conversations.c.agent == username, conversations.c.place == "agent")
        columns = [
            sa.select(sa.func.count())
            .select_from(sa.select(ID).where(where).limit(MOST_COUNTED).subquery())
            .scalar_subquery()
            .label(name)
            for name, where in places.items()
        ]
        async with self._engine.connect() as connection:
            return dict((await connection.execute(sa.select(*columns))).one()._mapping)

    async def facts(self, conversation_id: str) -> dict[str, Any]:
        """What the gateway itself knows of a customer. NotFoundError."""
        query = sa.select(conversations).where(conversations.c.conversation_id == conversation_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise NotFoundError
            same = sa.select(conversations).where(conversations.c.customer_id == row.customer_id)
            same = same.where(conversations.c.conversation_id != conversation_id)
            earlier = await connection.execute(same.order_by(conversations.c.updated_at.desc()).limit(EARLIER))
            return {"row": row, "earlier": [conversation_from(each) for each in earlier]}

    async def messages(
        self, conversation_id: str, limit: int, *, before: int | None = None, after: int | None = None
    ) -> list[Message]:
        """Everything in order, with notes and activities: the last ones, or those around a position."""
        query = sa.select(messages).where(messages.c.conversation_id == conversation_id)
        if after is not None:
            query = query.where(messages.c.position > after).order_by(messages.c.position)
        else:
            query = query.order_by(messages.c.position.desc())
            if before is not None:
                query = query.where(messages.c.position < before)
        async with self._engine.connect() as connection:
            found = await read_messages(connection, query.limit(limit), hide)
        return found if after is not None else found[::-1]

    async def message(self, where: sa.ColumnElement[bool]) -> Message | None:
        """The one message that fits."""
        async with self._engine.connect() as connection:
            found = await read_messages(connection, sa.select(messages).where(where), hide)
        return found[0] if found else None

    async def retry(self, conversation_id: str, message_id: str) -> bool:
        """A delivery that failed is to be tried again; False when it did not fail."""
        where = (messages.c.message_id == message_id, messages.c.conversation_id == conversation_id)
        failed = messages.c.status == Status.FAILED.value
        async with self._engine.begin() as connection:
            if await connection.scalar(sa.select(messages.c.message_id).where(*where)) is None:
                raise NotFoundError
            update = sa.update(messages).where(*where, failed).values(status=Status.PENDING.value)
            return bool((await connection.execute(update)).rowcount)

    async def mark_of(self, conversation_id: str, username: str) -> Mark:
        """Where this agent is."""
        query = sa.select(desk_marks.c.read_position, desk_marks.c.draft).where(
            desk_marks.c.conversation_id == conversation_id, desk_marks.c.username == username
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Mark(row.read_position, row.draft) if row else Mark()

    async def keep_draft(self, conversation_id: str, username: str, draft: str, now: datetime) -> None:
        """What this agent was writing here. NotFoundError."""
        await self._mark(conversation_id, username, {"draft": draft}, now)

    async def keep_read(self, conversation_id: str, username: str, position: int, now: datetime) -> None:
        """How far this agent has read; never back. NotFoundError."""
        read = sa.case((desk_marks.c.read_position > position, desk_marks.c.read_position), else_=sa.literal(position))
        await self._mark(conversation_id, username, {"read_position": position}, now, {"read_position": read})

    async def _mark(
        self,
        conversation_id: str,
        username: str,
        values: dict[str, Any],
        now: datetime,
        changes: dict[str, Any] | None = None,
    ) -> None:
        async with self._engine.begin() as connection:
            if await connection.scalar(sa.select(ID).where(conversations.c.conversation_id == conversation_id)) is None:
                raise NotFoundError
            insert = upsert(connection, desk_marks).values(
                conversation_id=conversation_id, username=username, updated_at=now, **values
            )
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["conversation_id", "username"], set_={"updated_at": now, **(changes or values)}
                )
            )

    async def silent(self, before: datetime) -> list[str]:
        """Conversations whose agent may have been silent since then, the longest first."""
        query = sa.select(ID).where(conversations.c.place == "agent", conversations.c.waiting_since <= before)
        async with self._engine.connect() as connection:
            return list((await connection.scalars(query.order_by(conversations.c.waiting_since))).all())


async def set_tags(connection: AsyncConnection, conversation_id: str, tags: Sequence[str]) -> bool:
    """What the filter by tag finds; part of the transaction that changes the conversation."""
    await connection.execute(sa.delete(conversation_tags).where(conversation_tags.c.conversation_id == conversation_id))
    rows = [{"tag": tag, "conversation_id": conversation_id} for tag in dict.fromkeys(tags)]
    if rows:
        await connection.execute(sa.insert(conversation_tags), rows)
    return True


def _filters(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if wanted.view == "mine":
        where += [conversations.c.agent == wanted.username, conversations.c.place == "agent"]
    elif wanted.view != "all":
        where.append(conversations.c.place == wanted.view)
    if wanted.team:
        where.append(conversations.c.team == wanted.team)
    if wanted.channel:
        where.append(conversations.c.channel == {"web": "widget"}.get(wanted.channel, wanted.channel))
    return where


def _after(sort: str, key: sa.Column[Any], cursor: str) -> sa.ColumnElement[bool]:
    value, last = cursor_from(cursor, str, str)
    bound: sa.ColumnElement[Any] = sa.literal(value, sa.String)
    if sort != "urgency":
        try:
            bound = sa.literal(datetime.fromisoformat(value), UtcDateTime)
        except ValueError as error:
            raise InvalidError(fields=["cursor"]) from error
    place, end = sa.tuple_(key, ID), sa.tuple_(bound, sa.literal(last))
    return place < end if sort == "newest" else place > end
