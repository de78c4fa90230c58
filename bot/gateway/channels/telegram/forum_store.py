"""Topics of the staff's group and what was copied there, in SQL; each method is one transaction."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import upsert
from bot.gateway.channels.telegram.forum_model import HISTORY, Topic
from bot.gateway.channels.telegram.tables import copies, deliveries, topics
from bot.gateway.conversations.model import Status
from bot.gateway.conversations.store import Settle
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.desk.tables import conversation_numbers
from bot.gateway.tasks import unbroken

# With whom a topic is opened.
ESCALATED = ("queue", "agent")
_TOPIC = [topics.c[name] for name in Topic.__dataclass_fields__]


@unbroken
class TopicStore:
    """All of one group's."""

    def __init__(self, engine: AsyncEngine, chat_id: int) -> None:
        self._engine = engine
        self._chat_id = chat_id

    async def waiting(self) -> list[str]:
        """The conversations in which something has to be done, those that wait longest first."""
        ours = sa.and_(topics.c.conversation_id == conversations.c.conversation_id, topics.c.chat_id == self._chat_id)
        columns = (conversations.c.conversation_id, conversations.c.updated_at)
        to_open = (
            sa.select(*columns)
            .outerjoin(topics, ours)
            .where(
                conversations.c.place.in_(ESCALATED),
                sa.or_(topics.c.conversation_id.is_(None), topics.c.thread_id.is_(None), topics.c.closed),
            )
        )
        to_go_on = (
            sa.select(*columns)
            .join(topics, ours)
            .where(
                topics.c.closed.is_(False),
                sa.or_(conversations.c.last_position > topics.c.position, conversations.c.place == "resolved"),
            )
        )
        async with self._engine.connect() as connection:
            rows = [*await connection.execute(to_open), *await connection.execute(to_go_on)]
        return list(dict.fromkeys(row[0] for row in sorted(rows, key=lambda row: row[1])))

    async def topic(self, conversation_id: str) -> Topic | None:
        """The place of a conversation."""
        where = (topics.c.conversation_id == conversation_id, topics.c.chat_id == self._chat_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(*_TOPIC).where(*where))).one_or_none()
        return Topic(**row._mapping) if row else None

    async def plan(self, conversation_id: str, now: datetime) -> None:
        """A topic is to be made, with the last few messages; one in another group counts no longer."""
        newest = sa.select(conversations.c.last_position).where(conversations.c.conversation_id == conversation_id)
        async with self._engine.begin() as connection:
            position = max(0, int(await connection.scalar(newest) or 0) - HISTORY)
            values = {
                "chat_id": self._chat_id, "thread_id": None, "name": "", "card": None, "position": position,
                "closed": False, "created_at": now,
            }  # fmt: skip
            insert = upsert(connection, topics).values(conversation_id=conversation_id, **values)
            await connection.execute(insert.on_conflict_do_update(index_elements=["conversation_id"], set_=values))

    async def change(self, conversation_id: str, **values: object) -> None:
        """What became of a topic."""
        where = topics.c.conversation_id == conversation_id
        async with self._engine.begin() as connection:
            await connection.execute(sa.update(topics).where(where).values(values))

    async def conversation_in(self, thread_id: int | None) -> str | None:
        """Whose topic this is."""
        if thread_id is None:
            return None
        where = (topics.c.chat_id == self._chat_id, topics.c.thread_id == thread_id)
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(sa.select(topics.c.conversation_id).where(*where))
            return found

    async def states(self, message_ids: Sequence[str]) -> dict[tuple[str, int], str]:
        """What is known of the copies of these messages, by message and part."""
        query = sa.select(copies.c.message_id, copies.c.part, copies.c.state).where(copies.c.chat_id == self._chat_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.where(copies.c.message_id.in_(message_ids)))
            return {(row.message_id, row.part): row.state for row in rows}

    async def begin(self, message_ids: Sequence[str], part: int, now: datetime) -> None:
        """These are about to be copied; what stands in a group from before counts no longer."""
        values = {"state": "sending", "chat_id": self._chat_id, "message_no": None, "updated_at": now}
        rows = [{"message_id": each, "part": part, **values} for each in message_ids]
        async with self._engine.begin() as connection:
            insert = upsert(connection, copies).values(rows)
            await connection.execute(insert.on_conflict_do_update(index_elements=["message_id", "part"], set_=values))

    async def undo(self, message_ids: Sequence[str], part: int) -> None:
        """They were certainly not copied."""
        where = (copies.c.message_id.in_(message_ids), copies.c.part == part, copies.c.state == "sending")
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(copies).where(*where))

    async def mark(
        self,
        message_ids: Sequence[str],
        part: int,
        numbers: Sequence[int],
        now: datetime,
        *,
        passed: tuple[str, int] | None = None,
    ) -> None:
        """They were copied under these numbers; `passed` names the conversation and the position that are done."""
        async with self._engine.begin() as connection:
            for message_id, number in zip(message_ids, numbers, strict=True):
                where = (copies.c.message_id == message_id, copies.c.part == part)
                values = {"state": "sent", "message_no": number, "updated_at": now}
                await connection.execute(sa.update(copies).where(*where).values(values))
            if passed:
                where = (topics.c.conversation_id == passed[0], topics.c.position < passed[1])
                await connection.execute(sa.update(topics).where(*where).values(position=passed[1]))

    async def keep_own(self, message_id: str, number: int | None, now: datetime) -> None:
        """A message that was written in the topic, under this number."""
        values = {"message_id": message_id, "part": 0, "state": "own", "chat_id": self._chat_id, "updated_at": now}
        async with self._engine.begin() as connection:
            insert = upsert(connection, copies).values(**values, message_no=number)
            await connection.execute(insert.on_conflict_do_nothing())

    async def number_of(self, message_id: str) -> int | None:
        """Where a message stands in the group."""
        where = (copies.c.message_id == message_id, copies.c.chat_id == self._chat_id)
        query = sa.select(copies.c.message_no).where(*where).order_by(copies.c.part.desc()).limit(1)
        async with self._engine.connect() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def message_at(self, number: int | None, *, own: bool = False) -> str | None:
        """The message of the log that stands there, the last one of several; `own`: only what was written there."""
        where = [copies.c.message_no == number, copies.c.chat_id == self._chat_id]
        where += [copies.c.state == "own"] if own else []
        query = sa.select(copies.c.message_id).join(messages, messages.c.message_id == copies.c.message_id)
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(
                query.where(*where).order_by(messages.c.position.desc()).limit(1)
            )
            return found

    async def ticket_of(self, conversation_id: str) -> str | None:
        """The last ticket that the conversation speaks of."""
        numbers = conversation_numbers
        where = (numbers.c.conversation_id == conversation_id, numbers.c.field == "ticket_no")
        query = sa.select(numbers.c.number).where(*where).order_by(numbers.c.created_at.desc()).limit(1)
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(query)
            return found


def new_words(message_id: str, text: str, *, delivered: bool) -> Settle:
    """What writes other words into a message; one that was `delivered` has to be in one part, and is to be edited."""

    async def settle(connection: AsyncConnection) -> bool:
        values = {"text": text}
        if delivered:
            parts = sa.select(deliveries.c.state, deliveries.c.message_no).where(deliveries.c.message_id == message_id)
            found = (await connection.execute(parts.with_for_update())).all()
            if len(found) != 1 or found[0].state not in ("sent", "edited") or not found[0].message_no:
                return False
            change = sa.update(deliveries).where(deliveries.c.message_id == message_id).values(state="edited")
            await connection.execute(change)
            values["status"] = Status.PENDING.value
        await connection.execute(sa.update(messages).where(messages.c.message_id == message_id).values(values))
        return True

    return settle
