"""Canned replies, macros, summaries and scores, in SQL; each method is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import upsert
from bot.errors import InvalidError, NotFoundError
from bot.gateway.canned.tables import canned_replies, macros, quality_scores, summaries
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.tables import conversations
from bot.gateway.desk.tables import conversation_tags
from bot.gateway.tasks import unbroken

Row = Mapping[str, Any]


@unbroken
class CannedStore:
    """What agents write often."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def replies(self, language: str | None, team: str | None, *, every_team: bool) -> list[Row]:
        """Those for everybody and for this team, or for every team; by shortcut."""
        query = sa.select(canned_replies).order_by(canned_replies.c.shortcut, canned_replies.c.language)
        if language:
            query = query.where(canned_replies.c.language == language)
        if not every_team:
            query = query.where(sa.or_(canned_replies.c.team.is_(None), canned_replies.c.team == (team or "")))
        return await self._all(query)

    async def reply(self, canned_id: str) -> Row:
        """One reply; NotFoundError."""
        return await self._one(sa.select(canned_replies).where(canned_replies.c.canned_id == canned_id))

    async def add_reply(self, values: Row, owner: str | None, now: datetime) -> Row:
        """A new reply. InvalidError when the language has the shortcut already."""
        row = {"canned_id": new_id(), "uses": 0, "owner": owner, "created_at": now, "updated_at": now, **values}
        return await self._write(sa.insert(canned_replies).values(row).returning(canned_replies))

    async def change_reply(self, canned_id: str, values: Row, now: datetime) -> Row:
        """Write fields of a reply. NotFoundError, InvalidError as above."""
        where = canned_replies.c.canned_id == canned_id
        change = sa.update(canned_replies).where(where).values(**values, updated_at=now)
        return await self._write(change.returning(canned_replies))

    async def count_use(self, canned_id: str) -> None:
        """One more use; not a change of the reply."""
        more = sa.update(canned_replies).where(canned_replies.c.canned_id == canned_id)
        async with self._engine.begin() as connection:
            await connection.execute(more.values(uses=canned_replies.c.uses + 1))

    async def remove_reply(self, canned_id: str) -> None:
        await self._write(
            sa.delete(canned_replies).where(canned_replies.c.canned_id == canned_id).returning(canned_replies)
        )

    async def macros(self) -> list[Row]:
        """All macros by title."""
        return await self._all(sa.select(macros).order_by(macros.c.title, macros.c.macro_id))

    async def macro(self, macro_id: str) -> Row:
        """One macro; NotFoundError."""
        return await self._one(sa.select(macros).where(macros.c.macro_id == macro_id))

    async def add_macro(self, title: str, steps: Sequence[Row], owner: str | None, now: datetime) -> Row:
        row = {"macro_id": new_id(), "title": title, "steps": list(steps), "owner": owner}
        return await self._write(sa.insert(macros).values(**row, created_at=now, updated_at=now).returning(macros))

    async def change_macro(self, macro_id: str, values: Row, now: datetime) -> Row:
        """Write fields of a macro; NotFoundError."""
        change = sa.update(macros).where(macros.c.macro_id == macro_id).values(**values, updated_at=now)
        return await self._write(change.returning(macros))

    async def remove_macro(self, macro_id: str) -> None:
        await self._write(sa.delete(macros).where(macros.c.macro_id == macro_id).returning(macros))

    async def finished(self, conversation_id: str) -> tuple[Row | None, Row | None]:
        """The summary and the score of a conversation, as far as there are any; NotFoundError without the latter."""
        async with self._engine.begin() as connection:
            known = sa.select(conversations.c.conversation_id)
            if await connection.scalar(known.where(conversations.c.conversation_id == conversation_id)) is None:
                raise NotFoundError
            rows: list[Row | None] = []
            for table in (summaries, quality_scores):
                found = sa.select(table).where(table.c.conversation_id == conversation_id)
                row = (await connection.execute(found)).mappings().one_or_none()
                rows.append(dict(row) if row else None)
        return rows[0], rows[1]

    async def keep(self, table: sa.Table, conversation_id: str, username: str, values: Row, now: datetime) -> None:
        """Write the summary or the score of a conversation in place of an earlier one."""
        written = {**values, "username": username, "updated_at": now}
        async with self._engine.begin() as connection:
            insert = upsert(connection, table).values(conversation_id=conversation_id, created_at=now, **written)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["conversation_id"], set_=dict(written))
            )

    async def tags(self, limit: int) -> list[tuple[str, int]]:
        """The tags of conversations, the most used first, and how many have each."""
        count = sa.func.count()
        query = sa.select(conversation_tags.c.tag, count).group_by(conversation_tags.c.tag)
        async with self._engine.begin() as connection:
            rows = await connection.execute(query.order_by(count.desc(), conversation_tags.c.tag).limit(limit))
            return [(row[0], row[1]) for row in rows]

    async def is_empty(self) -> bool:
        """Whether nobody has a reply or a macro."""
        async with self._engine.begin() as connection:
            counts = [
                await connection.scalar(sa.select(sa.func.count()).select_from(each))
                for each in (canned_replies, macros)
            ]
        return not any(counts)

    async def _all(self, query: sa.Select[Any]) -> list[Row]:
        async with self._engine.begin() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def _one(self, query: sa.Select[Any]) -> Row:
        found = await self._all(query)
        if not found:
            raise NotFoundError
        return found[0]

    async def _write(self, statement: Any) -> Row:
        """The row that was written; NotFoundError when there was none."""
        try:
            async with self._engine.begin() as connection:
                row = (await connection.execute(statement)).mappings().one_or_none()
        except IntegrityError as error:
            raise InvalidError("Another reply has this shortcut.", fields=["shortcut"]) from error
        if row is None:
            raise NotFoundError
        return dict(row)
