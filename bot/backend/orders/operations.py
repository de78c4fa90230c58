"""What was done to the orders that the backend itself keeps: each key once, with the states before and after."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.db import UtcDateTime

order_operations = Table(
    "order_operations",
    metadata,
    # Who repeats an operation comes with the same key.
    Column("key", String(64), primary_key=True),
    Column("order_no", String(64), nullable=False),
    Column("operation", String(30), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_order_operations_order_no", "order_no"),
)


async def operation_of(connection: AsyncConnection, key: str) -> dict[str, Any] | None:
    """What was done under this key."""
    row = (await connection.execute(select(order_operations).where(order_operations.c.key == key))).one_or_none()
    return dict(row._mapping) if row else None


async def record_operation(
    connection: AsyncConnection, key: str, order_no: str, operation: str, before: dict[str, Any], after: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    """Remember it, in the transaction that did it."""
    values = {"key": key, "order_no": order_no, "operation": operation, "before": before, "after": after, "at": now}
    await connection.execute(order_operations.insert().values(values))
