"""The orders and accounts that the backend itself keeps (the source `embedded`)."""

from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Integer, Numeric, Row, String, Table, Text, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.orders.model import Account, Delivery, DeliveryType, Input, Order, ProductLine
from bot.backend.orders.records import AccountRisk, OrderRecord, Refund
from bot.db import UtcDateTime, upsert

State = TypeVar("State", bound=StrEnum)

orders = Table(
    "orders",
    metadata,
    Column("order_no", String(64), primary_key=True),
    Column("product", String(200), nullable=False),
    Column("product_line", String(20), nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
    Column("target", String(120), nullable=False),
    Column("delivery_type", String(10), nullable=False),
    Column("order_state", String(20), nullable=False),
    Column("delivery_state", String(20), nullable=False),
    Column("input_state", String(20), nullable=False),
    Column("notified", Boolean),
    Column("window_minutes", Integer),
    Column("pickup_url", String(500)),
    # The card codes of a 卡密 product. No query here reads this column, so no answer can contain it.
    Column("card_secret", Text),
    Column("account_ref", String(64)),
    Column("supplier", String(60)),
    Column("refund_amount", Numeric(12, 2)),
    Column("refund_to", String(20)),
    Column("refunded_at", UtcDateTime),
)

accounts = Table(
    "accounts",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("real_name", Boolean, nullable=False),
    Column("limit_per_order", Numeric(12, 2)),
    Column("limit_per_day", Numeric(12, 2)),
)


# Everything but the card codes.
_READABLE = [column for column in orders.c if column is not orders.c.card_secret]


async def order_of(connection: AsyncConnection, order_no: str) -> OrderRecord | None:
    """The order with this number; an unknown state in a row is read as UNKNOWN."""
    row = (await connection.execute(select(*_READABLE).where(orders.c.order_no == order_no))).one_or_none()
    return _record(row) if row else None


async def account_of(connection: AsyncConnection, ref: str) -> AccountRisk | None:
    row = (await connection.execute(select(accounts).where(accounts.c.ref == ref))).one_or_none()
    if row is None:
        return None
    return AccountRisk(
        ref=row.ref,
        state=_state(Account, row.state),
        real_name=row.real_name,
        limit_per_order=row.limit_per_order,
        limit_per_day=row.limit_per_day,
    )


async def save_order(connection: AsyncConnection, record: OrderRecord, card_secret: str | None = None) -> None:
    """Save or replace an order."""
    refund = record.refund
    values = {
        **{name: getattr(record, name) for name in _SAME},
        "order_state": record.order.value,
        "delivery_state": record.delivery.value,
        "input_state": record.input.value,
        "refund_amount": refund.amount if refund else None,
        "refund_to": refund.to if refund else None,
        "refunded_at": refund.at if refund else None,
        "card_secret": card_secret,
    }
    statement = upsert(connection, orders).values(order_no=record.order_no, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["order_no"], set_=values))


async def save_account(connection: AsyncConnection, risk: AccountRisk) -> None:
    """Save or replace an account."""
    values = {
        "state": risk.state.value,
        "real_name": risk.real_name,
        "limit_per_order": risk.limit_per_order,
        "limit_per_day": risk.limit_per_day,
    }
    statement = upsert(connection, accounts).values(ref=risk.ref, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["ref"], set_=values))


async def move_times(connection: AsyncConnection, record: OrderRecord) -> None:
    """Set the times of an order to those of this record and leave all else."""
    values = {
        "created_at": record.created_at,
        "paid_at": record.paid_at,
        "refunded_at": record.refund.at if record.refund else None,
    }
    await connection.execute(update(orders).where(orders.c.order_no == record.order_no).values(values))


async def save_states(connection: AsyncConnection, record: OrderRecord) -> None:
    """Set how far an order has come, with its payment's time and its refund, and leave all else."""
    refund = record.refund
    values = {
        "order_state": record.order.value,
        "delivery_state": record.delivery.value,
        "paid_at": record.paid_at,
        "refund_amount": refund.amount if refund else None,
        "refund_to": refund.to if refund else None,
        "refunded_at": refund.at if refund else None,
    }
    await connection.execute(update(orders).where(orders.c.order_no == record.order_no).values(values))


# Columns that are named as in the record and hold the same.
_SAME = (
    "product", "product_line", "amount", "currency", "created_at", "paid_at", "target", "delivery_type", "notified",
    "window_minutes", "pickup_url", "account_ref", "supplier",
)  # fmt: skip


def _record(row: Row[Any]) -> OrderRecord:
    values = {name: getattr(row, name) for name in _SAME}
    values |= {
        "product_line": ProductLine(row.product_line),
        "delivery_type": DeliveryType(row.delivery_type),
        "order": _state(Order, row.order_state),
        "delivery": _state(Delivery, row.delivery_state),
        "input": _state(Input, row.input_state),
    }
    refund = None
    if row.refunded_at and row.refund_amount is not None:
        refund = Refund(amount=row.refund_amount, to=row.refund_to or "channel", at=row.refunded_at)
    return OrderRecord(order_no=row.order_no, refund=refund, **values)


def _state(axis: type[State], value: str) -> State:
    try:
        return axis(value)
    except ValueError:
        return axis("UNKNOWN")
