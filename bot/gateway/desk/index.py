"""What searches find, written in the transaction of the message; see `words.py`."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import upsert
from bot.gateway.desk.tables import conversation_numbers
from bot.gateway.desk.words import numbers_in, words_of

# Another kind of table on each database, so SQLAlchemy does not know it.
_INSERTS = {
    "sqlite": (
        "INSERT INTO message_words (words, message_id, conversation_id) VALUES (:words, :message_id, :conversation_id)"
    ),
    "postgresql": (
        "INSERT INTO message_words (words, message_id, conversation_id) "
        "VALUES (to_tsvector('simple', :words), :message_id, :conversation_id)"
    ),
}


async def index_message(
    connection: AsyncConnection, conversation_id: str, message_id: str, sender: str, text: str, now: datetime
) -> str | None:
    """Make a message findable; the order number in it, if a customer wrote one.

    What the bot says is the same in every conversation, so of that only ticket numbers are kept.
    """
    of_customer, of_bot = sender == "customer", sender in ("bot", "system")
    found = numbers_in(text, of_customer=of_customer, of_bot=of_bot)
    await add_numbers(connection, conversation_id, found, now)
    words = [] if of_bot else words_of(text)
    if words:
        values = {"words": " ".join(words), "message_id": message_id, "conversation_id": conversation_id}
        await connection.execute(sa.text(_INSERTS[connection.dialect.name]), values)
    return next((number for field, number in found if field == "order_no"), None) if of_customer else None


async def add_numbers(
    connection: AsyncConnection, conversation_id: str, found: Sequence[tuple[str, str]], now: datetime
) -> None:
    """Numbers by which the conversation is found from now on."""
    rows = [
        {"number": number, "field": field, "conversation_id": conversation_id, "created_at": now}
        for field, number in found
    ]
    if rows:
        await connection.execute(upsert(connection, conversation_numbers).values(rows).on_conflict_do_nothing())
