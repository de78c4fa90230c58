"""The answers that a repeated request gets again."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Integer, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.db import UtcDateTime, upsert
from bot.errors import IdempotencyMismatchError

idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    # The digest of the caller and their key.
    Column("key", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

PENDING = 0


async def answer_of(
    connection: AsyncConnection, key: str, request: str, now: datetime
) -> tuple[int, dict[str, Any]] | None:
    """The answer that this key got before; None makes it the caller's to answer in this transaction.

    A second request with the key waits here for the first one's transaction. Raises IdempotencyMismatchError when
    the key belongs to another request.
    """
    mine = upsert(connection, idempotent_answers).values(
        key=key, request=request, status=PENDING, answer={}, created_at=now
    )
    mine = mine.on_conflict_do_nothing(index_elements=["key"])
    if (await connection.execute(mine.returning(idempotent_answers.c.key))).one_or_none():
        return None
    row = (await connection.execute(select(idempotent_answers).where(idempotent_answers.c.key == key))).one()
    if row.request != request:
        raise IdempotencyMismatchError
    return row.status, row.answer


async def save_answer(connection: AsyncConnection, key: str, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer for repetitions, in the transaction that did the work."""
    mine = update(idempotent_answers).where(idempotent_answers.c.key == key)
    await connection.execute(mine.values(status=status, answer=answer))
