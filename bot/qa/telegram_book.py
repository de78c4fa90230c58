"""What a tester on Telegram may know of their chat and no customer can: read from the gateway's database."""

from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.gateway.channels.telegram.tables import chats, deliveries, updates
from bot.gateway.conversations.tables import conversations, messages, turns
from bot.gateway.tasks import unbroken
from bot.settings import Settings


@unbroken
class Book:
    """The chats of the bot of these settings."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.telegram_api_url.rstrip("/")
        self.token = settings.telegram_token.get_secret_value()
        # Not the project's own engine, whose every transaction is one that writes.
        self._engine = create_async_engine(settings.gateway_database_url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()

    async def conversation(self, chat_id: int) -> dict[str, Any]:
        """Id, owner and language of the chat's conversation; nothing before it is open."""
        query = (
            sa.select(conversations.c.conversation_id, conversations.c.owner, conversations.c.language)
            .join(chats, chats.c.conversation_id == conversations.c.conversation_id)
            .where(chats.c.chat_id == chat_id)
        )
        rows = await self._rows(query)
        return dict(rows[0]) if rows else {}

    async def delivered(self, chat_id: int, message_no: int) -> dict[str, Any] | None:
        """The message of the helpdesk that Telegram has under this number."""
        columns = (messages.c.message_id, messages.c.sender, messages.c.position, deliveries.c.part)
        query = (
            sa.select(*columns)
            .join(deliveries, deliveries.c.message_id == messages.c.message_id)
            .join(chats, chats.c.conversation_id == messages.c.conversation_id)
            .where(chats.c.chat_id == chat_id, deliveries.c.message_no == message_no)
        )
        rows = await self._rows(query)
        return dict(rows[0]) if rows else None

    async def is_done(self, update_id: int) -> bool:
        """Whether nothing of a confirmed update is left to do; of what means nothing, nothing is kept."""
        where = (updates.c.update_id == update_id, updates.c.bot_id == int(self.token.partition(":")[0]))
        rows = await self._rows(sa.select(updates.c.done).where(*where))
        return all(each["done"] for each in rows)

    async def turns(self, chat_id: int) -> list[str]:
        """What was to be answered in the chat's conversation, oldest first."""
        query = (
            sa.select(turns.c.turn_id)
            .join(chats, chats.c.conversation_id == turns.c.conversation_id)
            .where(chats.c.chat_id == chat_id)
            .order_by(turns.c.received_at, turns.c.position)
        )
        return [str(each["turn_id"]) for each in await self._rows(query)]

    async def message_ids(self, update_ids: list[int]) -> list[str]:
        """The messages that came from these updates, as far as they became one, in their order."""
        bot_id = self.token.partition(":")[0]
        numbers = [f"{bot_id}:{each}" for each in update_ids]
        query = sa.select(messages.c.message_id, messages.c.external_id).where(
            messages.c.channel == "telegram", messages.c.external_id.in_(numbers)
        )
        found = {each["external_id"]: str(each["message_id"]) for each in await self._rows(query)}
        return [found[each] for each in numbers if each in found]

    async def _rows(self, query: sa.Select[Any]) -> list[sa.RowMapping]:
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).mappings())
