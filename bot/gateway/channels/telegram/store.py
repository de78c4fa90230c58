"""Chats, updates and deliveries in SQL; each method is one transaction."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import upsert
from bot.gateway.channels.telegram.model import Arrival, What
from bot.gateway.channels.telegram.tables import chats, deliveries, updates
from bot.gateway.conversations.model import Kind, Status
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.store import Settle
from bot.gateway.conversations.tables import messages

# Telegram keeps an update for a day; a repeated one is known for longer.
KEPT_FOR = timedelta(days=7)


class TelegramStore:
    """All of one bot's."""

    def __init__(self, engine: AsyncEngine, bot_id: int) -> None:
        self.engine = engine
        self.bot_id = bot_id

    async def save(self, arrival: Arrival, now: datetime) -> bool:
        """Keep what was received; False when it was received before."""
        async with self.engine.begin() as connection:
            insert = upsert(connection, updates).values(
                bot_id=self.bot_id,
                update_id=arrival.update_id,
                chat_id=arrival.chat_id,
                album=arrival.album,
                body=arrival.to_json(),
                done=False,
                received_at=now,
            )
            made = insert.on_conflict_do_nothing().returning(updates.c.update_id)
            return await connection.scalar(made) is not None

    async def next_of(self, chat_id: int, after: int = -1) -> Arrival | None:
        """The oldest of a chat that waits, with a larger number than `after`."""
        query = (
            sa.select(updates.c.body)
            .where(*self._waiting(), updates.c.chat_id == chat_id, updates.c.update_id > after)
            .order_by(updates.c.update_id)
            .limit(1)
        )
        async with self.engine.connect() as connection:
            body = await connection.scalar(query)
        return Arrival(**{**body, "what": What(body["what"])}) if body else None

    async def waiting_chats(self) -> list[int]:
        """Who has something waiting, the longest first."""
        query = sa.select(updates.c.chat_id).where(*self._waiting()).group_by(updates.c.chat_id)
        async with self.engine.connect() as connection:
            return list((await connection.scalars(query.order_by(sa.func.min(updates.c.update_id)))).all())

    async def keep(self, *arrivals: Arrival) -> None:
        """What became known of them, before they are done."""
        async with self.engine.begin() as connection:
            for each in arrivals:
                await connection.execute(self._update(each.update_id).values(body=each.to_json()))

    async def others_of_album(self, arrival: Arrival) -> list[tuple[bool, str | None]]:
        """Of each other picture that came in the same go: whether it is done, and the command below it."""
        query = (
            sa.select(updates.c.done, updates.c.body)
            .where(updates.c.bot_id == self.bot_id, updates.c.chat_id == arrival.chat_id)
            .where(updates.c.album == arrival.album, updates.c.update_id != arrival.update_id)
        )
        async with self.engine.connect() as connection:
            return [(row.done, (row.body or {}).get("command")) for row in await connection.execute(query)]

    async def finish(self, update_id: int, now: datetime, command: str | None = None) -> None:
        """It was worked on; its words are in the conversation now. What is long done is forgotten.

        Of an album the command stays, as it is for the pictures that come later, too.
        """
        old = sa.and_(updates.c.done, updates.c.received_at < now - KEPT_FOR)
        async with self.engine.begin() as connection:
            await connection.execute(
                self._update(update_id).values(done=True, body={"command": command} if command else None)
            )
            await connection.execute(sa.delete(updates).where(old))

    async def conversation_of(self, chat_id: int, now: datetime) -> str:
        """The id of the chat's conversation, which may not be open yet. Who writes can be reached again."""
        async with self.engine.begin() as connection:
            insert = upsert(connection, chats).values(chat_id=chat_id, conversation_id=new_id(), created_at=now)
            await connection.execute(insert.on_conflict_do_nothing())
            await connection.execute(sa.update(chats).where(chats.c.chat_id == chat_id).values(blocked_at=None))
            query = sa.select(chats.c.conversation_id).where(chats.c.chat_id == chat_id)
            return str((await connection.execute(query)).scalar_one())

    async def known_conversation(self, chat_id: int) -> str | None:
        """The chat's conversation, if it has one."""
        query = sa.select(chats.c.conversation_id).where(chats.c.chat_id == chat_id)
        async with self.engine.connect() as connection:
            found: str | None = await connection.scalar(query)
            return found

    async def chat_of(self, conversation_id: str) -> tuple[int, bool] | None:
        """The chat of a conversation, and whether its customer can be reached; None for another channel's."""
        query = sa.select(chats.c.chat_id, chats.c.blocked_at).where(chats.c.conversation_id == conversation_id)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (row.chat_id, row.blocked_at is None) if row else None

    def blocked(self, chat_id: int, now: datetime | None) -> Settle:
        """What writes that the customer cannot be reached since then, or can again (None), unless that was known."""
        known = chats.c.blocked_at.is_(None) if now else chats.c.blocked_at.is_not(None)
        update = sa.update(chats).where(chats.c.chat_id == chat_id, known).values(blocked_at=now)

        async def settle(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(update)).rowcount)

        return settle

    async def undelivered(self) -> list[str]:
        """The conversations in which something has to be sent."""
        query = (
            sa.select(chats.c.conversation_id)
            .join(messages, messages.c.conversation_id == chats.c.conversation_id)
            .where(messages.c.status == Status.PENDING.value)
            .group_by(chats.c.conversation_id)
            .order_by(sa.func.min(messages.c.created_at))
        )
        async with self.engine.connect() as connection:
            return list((await connection.scalars(query)).all())

    async def begin(self, message_id: str, part: int, now: datetime) -> str:
        """What a part was before it is about to be sent: `new`, `sending`, `sent` or `edited`."""
        async with self.engine.begin() as connection:
            insert = upsert(connection, deliveries).values(
                message_id=message_id, part=part, state="sending", updated_at=now
            )
            made = insert.on_conflict_do_nothing().returning(deliveries.c.part)
            if await connection.scalar(made) is not None:
                return "new"
            return str(await connection.scalar(sa.select(deliveries.c.state).where(*_part(message_id, part))))

    async def keep_received(self, message_id: str, message_no: int, now: datetime) -> None:
        """Telegram's number of a message of the customer, so that answers can point at it."""
        values = {"message_id": message_id, "part": 0, "state": "received", "updated_at": now}
        async with self.engine.begin() as connection:
            insert = upsert(connection, deliveries).values(**values, message_no=message_no)
            await connection.execute(insert.on_conflict_do_nothing())

    async def number_of(self, message_id: str) -> int | None:
        """Where a message stands in its customer's chat."""
        where = (deliveries.c.message_id == message_id, deliveries.c.message_no > 0)
        query = sa.select(deliveries.c.message_no).where(*where).order_by(deliveries.c.part.desc()).limit(1)
        async with self.engine.connect() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def message_at(self, conversation_id: str, message_no: int | None) -> str | None:
        """The message with that number in the chat of this conversation; the last one, when it was edited."""
        if message_no is None:
            return None
        query = (
            sa.select(messages.c.message_id)
            .join(deliveries, deliveries.c.message_id == messages.c.message_id)
            .where(messages.c.conversation_id == conversation_id, deliveries.c.message_no == message_no)
            .order_by(messages.c.position.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            found: str | None = await connection.scalar(query)
            return found

    async def words_of(self, conversation_id: str, message_no: int | None) -> str | None:
        """The newest words of the customer's message with that number; those of an album stand at its last picture."""
        message_id = await self.message_at(conversation_id, message_no)
        place = sa.select(messages.c.position).where(messages.c.message_id == message_id).scalar_subquery()
        words = (messages.c.text != "", messages.c.kind == Kind.INCOMING.value, messages.c.position >= place)
        query = sa.select(messages.c.text).where(messages.c.conversation_id == conversation_id, *words)
        async with self.engine.connect() as connection:
            found: str | None = await connection.scalar(query.order_by(messages.c.position).limit(1))
            return found

    async def mark_edited(self, message_id: str, text: str, now: datetime) -> bool:
        """The customer sees these words now; False when there are newer ones, which still have to be shown."""
        async with self.engine.begin() as connection:
            same = sa.and_(messages.c.message_id == message_id, messages.c.text == text)
            if await connection.scalar(sa.select(messages.c.message_id).where(same).with_for_update()) is None:
                return False
            change = sa.update(deliveries).where(deliveries.c.message_id == message_id)
            await connection.execute(change.values(state="sent", updated_at=now))
            await connection.execute(sa.update(messages).where(same).values(status=Status.SENT.value))
            return True

    async def mark(self, message_id: str, part: int, message_no: int, now: datetime) -> None:
        """The part was sent."""
        values = {"state": "sent", "message_no": message_no, "updated_at": now}
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(deliveries).where(*_part(message_id, part)).values(values))

    async def undo(self, message_id: str, part: int) -> None:
        """The part was certainly not sent."""
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(deliveries).where(*_part(message_id, part)))

    async def mark_failed(self, message_id: str) -> None:
        """The message cannot be delivered, unless somebody tries again."""
        where = (messages.c.message_id == message_id, messages.c.status == Status.PENDING.value)
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(messages).where(*where).values(status=Status.FAILED.value))

    def _waiting(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (updates.c.done.is_(False), updates.c.bot_id == self.bot_id)

    def _update(self, update_id: int) -> sa.Update:
        return sa.update(updates).where(updates.c.bot_id == self.bot_id, updates.c.update_id == update_id)


def _part(message_id: str, part: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (deliveries.c.message_id == message_id, deliveries.c.part == part)
