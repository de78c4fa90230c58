"""Payments as the channel has them, and what customers claim about them."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Numeric, Row, String, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.payments.model import Claim, PaymentRecord, PaymentState, Verdict
from bot.backend.payments.numbers import Channel
from bot.backend.payments.summary import PaymentEvidence, evidence_from
from bot.db import UtcDateTime, upsert

payments = Table(
    "payments",
    metadata,
    Column("id", Integer, primary_key=True),
    # No foreign key: a payment may come before its order, and the order may have been lost.
    Column("order_no", String(64)),
    Column("channel", String(20), nullable=False),
    Column("transaction_no", String(100)),
    Column("merchant_no", String(100)),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("bill_amount", Numeric(12, 2)),
    Column("currency", String(3), nullable=False),
    Column("state", String(20), nullable=False),
    Column("paid_at", UtcDateTime),
    Column("refunded_amount", Numeric(12, 2)),
    Column("refunded_at", UtcDateTime),
    Index("ix_payments_order_no", "order_no"),
    Index("ix_payments_merchant_no", "merchant_no"),
    Index("uq_payments_transaction_no_channel", "transaction_no", "channel", unique=True),
)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    # The same content from the same customer is one claim.
    Column("digest", String(64), nullable=False, unique=True),
    Column("customer_ref", String(128), nullable=False),
    # Only set when the customer has proved to own the order, so that nobody can spoil another's diagnosis.
    Column("order_no", String(64)),
    Column("channel", String(20)),
    Column("transaction_no", String(100)),
    Column("merchant_no", String(100)),
    Column("amount", Numeric(12, 2)),
    Column("paid_at", UtcDateTime),
    Column("verdict", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_claims_order_no", "order_no"),
    Index("ix_claims_transaction_no", "transaction_no"),
    Index("ix_claims_customer_ref", "customer_ref"),
)


async def evidence_of(connection: AsyncConnection, order_no: str) -> PaymentEvidence:
    """What the payments and the newest claim say about an order, for its diagnosis."""
    own = or_(payments.c.order_no == order_no, _lost(order_no))
    newest = select(claims.c.verdict).where(claims.c.order_no == order_no).order_by(*_NEWEST).limit(1)
    verdict = (await connection.execute(newest)).scalar_one_or_none()
    return evidence_from(await _records(connection, own), Verdict(verdict) if verdict else None)


async def order_no_of_payment(connection: AsyncConnection, number: str) -> str | None:
    """The order that a payment with this transaction or merchant number belongs to; None when unknown or ambiguous."""
    named = or_(payments.c.transaction_no == number, payments.c.merchant_no == number)
    found = select(payments.c.order_no).where(named, payments.c.order_no.is_not(None)).distinct().limit(2)
    order_nos = (await connection.execute(found)).scalars().all()
    return str(order_nos[0]) if len(order_nos) == 1 else None


async def records_for(connection: AsyncConnection, claim: Claim) -> list[PaymentRecord]:
    """The records that share a number or the order with a claim, oldest first."""
    numbers = claim.numbers | ({claim.order_no} if claim.order_no else set())
    return await _records(
        connection,
        or_(
            *(
                column.in_(numbers)
                for column in (payments.c.transaction_no, payments.c.merchant_no, payments.c.order_no)
            )
        ),
    )


async def other_claims_for(connection: AsyncConnection, claim: Claim) -> list[Claim]:
    """Claims of the same transaction number for other orders; one that was contradicted does not hold the number."""
    if not claim.transaction_no:
        return []
    same = select(claims).where(
        claims.c.transaction_no == claim.transaction_no,
        claims.c.order_no.is_not(None),
        claims.c.verdict != Verdict.CONFLICT.value,
    )
    return [_claim(row) for row in await connection.execute(same) if row.order_no != claim.order_no]


async def newest_claim_of(connection: AsyncConnection, customer_ref: str, numbers: Sequence[str]) -> Claim | None:
    """The customer's own newest claim that names one of these numbers."""
    columns = (claims.c.order_no, claims.c.transaction_no, claims.c.merchant_no)
    named = or_(*(column.in_(numbers) for column in columns))
    found = select(claims).where(claims.c.customer_ref == customer_ref, named).order_by(*_NEWEST).limit(1)
    row = (await connection.execute(found)).one_or_none()
    return _claim(row) if row else None


async def claim_is_known(connection: AsyncConnection, customer_ref: str, claim: Claim) -> bool:
    """Whether this customer has sent exactly this claim before."""
    found = select(claims.c.id).where(claims.c.digest == digest_of(customer_ref, claim))
    return (await connection.execute(found)).one_or_none() is not None


async def save_claim(
    connection: AsyncConnection, customer_ref: str, claim: Claim, verdict: Verdict, now: datetime
) -> None:
    """Save a claim, or make the one with the same content the newest again, with the verdict of today."""
    values: dict[str, Any] = {
        "digest": digest_of(customer_ref, claim),
        "customer_ref": customer_ref,
        **{name: getattr(claim, name) for name in Claim.__dataclass_fields__},
        "verdict": verdict.value,
        "created_at": now,
    }
    again = {"verdict": verdict.value, "created_at": now}
    statement = upsert(connection, claims).values(values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["digest"], set_=again))


async def save_payments(connection: AsyncConnection, purchase_no: str, records: Sequence[PaymentRecord]) -> None:
    """Replace all payments of an order, also of a lost one, by these."""
    await connection.execute(delete(payments).where(or_(payments.c.order_no == purchase_no, _lost(purchase_no))))
    if records:
        names = PaymentRecord.__dataclass_fields__
        await connection.execute(payments.insert(), [{name: getattr(each, name) for name in names} for each in records])


async def own_payments(connection: AsyncConnection, order_no: str) -> dict[int, PaymentRecord]:
    """The payments that are booked to an order, by the id of their row."""
    rows = await connection.execute(select(payments).where(payments.c.order_no == order_no).order_by(payments.c.id))
    return {row.id: _record(row) for row in rows}


async def number_is_taken(connection: AsyncConnection, transaction_no: str, order_no: str) -> bool:
    """Whether a payment with this number is booked to another order, or to none."""
    other = or_(payments.c.order_no.is_(None), payments.c.order_no != order_no)
    found = select(payments.c.id).where(payments.c.transaction_no == transaction_no, other).limit(1)
    return (await connection.execute(found)).one_or_none() is not None


async def save_payment(connection: AsyncConnection, payment_id: int | None, record: PaymentRecord) -> None:
    """Change the payment of this row, or add one."""
    values = {name: getattr(record, name) for name in PaymentRecord.__dataclass_fields__}
    if payment_id is None:
        await connection.execute(payments.insert().values(values))
    else:
        await connection.execute(update(payments).where(payments.c.id == payment_id).values(values))


def digest_of(customer_ref: str, claim: Claim) -> str:
    """What makes two claims the same (64 hex digits)."""
    amount = f"{claim.amount:.2f}" if claim.amount is not None else None
    moment = claim.paid_at.timestamp() if claim.paid_at else None
    parts = [customer_ref, claim.order_no, claim.channel, claim.transaction_no, claim.merchant_no, amount, moment]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


_NEWEST = (claims.c.created_at.desc(), claims.c.id.desc())


def _lost(order_no: str) -> Any:
    """Payments whose order was never written, known by the merchant number."""
    return payments.c.order_no.is_(None) & (payments.c.merchant_no == order_no)


async def _records(connection: AsyncConnection, condition: Any) -> list[PaymentRecord]:
    rows = await connection.execute(select(payments).where(condition).order_by(payments.c.id))
    return [_record(row) for row in rows]


def _record(row: Row[Any]) -> PaymentRecord:
    values = {name: getattr(row, name) for name in PaymentRecord.__dataclass_fields__}
    return PaymentRecord(**{**values, "channel": Channel(row.channel), "state": PaymentState(row.state)})


def _claim(row: Row[Any]) -> Claim:
    values = {name: getattr(row, name) for name in Claim.__dataclass_fields__}
    return Claim(**{**values, "channel": Channel(row.channel) if row.channel else None})
