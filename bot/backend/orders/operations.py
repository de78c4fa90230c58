"""What was done to the orders that the backend itself keeps: each key once, with the states before and after."""

from typing import Any

from sqlalchemy import JSON, Column, Index, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.orders.records import OrderRecord
from bot.backend.orders.repairs import Repaired, RepairOrder
from bot.backend.orders.store import orders
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
    Column("payment", String(20)),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_order_operations_order_no", "order_no"),
)


async def operation_of(connection: AsyncConnection, key: str) -> dict[str, Any] | None:
    """What was done under this key."""
    row = (await connection.execute(select(order_operations).where(order_operations.c.key == key))).one_or_none()
    return dict(row._mapping) if row else None


async def record_operation(connection: AsyncConnection, order: RepairOrder, done: Repaired) -> None:
    """Remember it, in the transaction that did it."""
    statement = order_operations.insert().values(
        key=order.key, order_no=order.order_no, operation=order.repair.value, before=done.before, after=done.after,
        payment=done.payment, at=order.now,
    )  # fmt: skip
    await connection.execute(statement)


async def lock_order(connection: AsyncConnection, order_no: str) -> bool:
    """Lock an order until the end of the transaction; whether there is one."""
    found = select(orders.c.order_no).where(orders.c.order_no == order_no).with_for_update()
    return (await connection.execute(found)).one_or_none() is not None


async def write_states(connection: AsyncConnection, record: OrderRecord) -> None:
    """Write what a repair may change of an order."""
    values = {
        "order_state": record.order.value,
        "delivery_state": record.delivery.value,
        "input_state": record.input.value,
        "target": record.target,
        "notified": record.notified,
        "paid_at": record.paid_at,
    }
    await connection.execute(update(orders).where(orders.c.order_no == record.order_no).values(values))
