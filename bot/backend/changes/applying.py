"""Let a shop's word change the orders that the backend itself keeps."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.changes import store
from bot.backend.changes.model import (
    ChangeType,
    Outcome,
    ShopChange,
    States,
    delivery_states_after,
    falls_back,
    order_states_after,
    phase_of,
)
from bot.backend.orders.model import OPEN_ORDERS, Order, OrderFacts, Payment, normalised
from bot.backend.orders.operations import lock_order
from bot.backend.orders.records import OrderRecord, Refund
from bot.backend.orders.store import order_of, orders, save_states
from bot.backend.ownership.store import owner_of
from bot.backend.payments.model import CHARGED, PaymentRecord, PaymentState
from bot.backend.payments.store import evidence_of, number_is_taken, own_payments, save_payment
from bot.backend.payments.summary import STATE_ORDER
from bot.backend.timers.model import TimerKind
from bot.backend.timers.store import schedule
from bot.numbers import normalize_number

log = structlog.get_logger()

EMBEDDED = "embedded"


async def take_change(connection: AsyncConnection, webhook_id: str, change: ShopChange, now: datetime) -> Outcome:
    """Apply what a shop says, or write down why not; the same webhook again has the same outcome and no effect.

    Afterwards the order is looked at again (timer `order`), which tells the customers.
    """
    change = replace(
        change,
        order_no=normalize_number(change.order_no)[:64],
        # As customers' claims have it, or they would not find each other.
        transaction_no=normalize_number(change.transaction_no or "")[:100] or None,
        # A shop whose clock is ahead must not make everything after it look old.
        occurred_at=min(change.occurred_at, now),
    )
    await _lock(connection, change.order_no)
    known = await store.outcome_of(connection, webhook_id)
    if known:
        return known
    outcome = await _apply(connection, change, now)
    await store.save_shop_event(connection, webhook_id, change, outcome, now)
    if outcome in (Outcome.APPLIED, Outcome.ASKED):
        await schedule(connection, TimerKind.ORDER, change.order_no, now)
    else:
        log.warning("shop event not applied", type=change.type, outcome=outcome)
    return outcome


async def _lock(connection: AsyncConnection, order_no: str) -> None:
    """Let the changes of one order in one at a time; on SQLite all transactions are."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"order:{order_no}"))))


async def _apply(connection: AsyncConnection, change: ShopChange, now: datetime) -> Outcome:
    owner = await owner_of(connection, change.order_no)
    await lock_order(connection, change.order_no)  # agents may change it at the same time
    record = await order_of(connection, change.order_no)
    if owner and owner.source != EMBEDDED:
        return Outcome.ASKED
    if owner is None or record is None:
        return Outcome.UNKNOWN_ORDER
    if change.type not in list(ChangeType):
        return Outcome.UNKNOWN_STATE
    if await store.is_stale(connection, change):
        return Outcome.STALE
    await remember_phase(connection, record, now)
    if change.type == ChangeType.PAYMENT:
        return await _apply_payment(connection, record, change)
    return await _apply_states(connection, record, change)


async def remember_phase(connection: AsyncConnection, record: OrderRecord, now: datetime) -> None:
    """From where an order that we keep goes on, unless that is known."""
    payment = (await evidence_of(connection, record.order_no)).payment
    facts = OrderFacts(
        payment=Payment(payment) if payment else Payment.UNKNOWN,
        order=record.order,
        delivery=record.delivery,
        notified=record.notified,
    )
    await store.save_first_phase(connection, record.order_no, phase_of(normalised(facts)), now)


async def _apply_states(connection: AsyncConnection, record: OrderRecord, change: ShopChange) -> Outcome:
    rule = order_states_after if change.type == ChangeType.ORDER else delivery_states_after
    after = rule(States(record.order, record.delivery), change.state)
    if after is None:
        return Outcome.UNKNOWN_STATE
    if falls_back(record.order, after.order) and await store.is_stale(connection, change, same_time=True):
        return Outcome.STALE
    paid_at = record.paid_at
    if paid_at is None and after.order in OPEN_ORDERS | {Order.COMPLETED}:
        paid_at = change.occurred_at
    refund = record.refund
    if after.order in (Order.REFUNDING, Order.REFUNDED):
        to = change.refund_to or (refund.to if refund else "channel")
        amount = change.refund_amount or (refund.amount if refund else record.amount)
        refund = Refund(amount=amount, to=to, at=change.occurred_at)
    changed = replace(record, order=after.order, delivery=after.delivery, paid_at=paid_at, refund=refund)
    await save_states(connection, changed)
    return Outcome.APPLIED


async def _apply_payment(connection: AsyncConnection, record: OrderRecord, change: ShopChange) -> Outcome:
    try:
        state = PaymentState(change.state)
    except ValueError:
        return Outcome.UNKNOWN_STATE
    number = change.transaction_no
    if number and await number_is_taken(connection, number, record.order_no):
        return Outcome.CONFLICT
    payment_id, before = await _payment_of(connection, record, number)
    paid_at = before.paid_at or (change.occurred_at if state in CHARGED else None)
    after = replace(before, state=state, paid_at=paid_at, transaction_no=number or before.transaction_no)
    if state in (PaymentState.REFUNDED, PaymentState.PARTIALLY_REFUNDED):
        whole = before.amount if state is PaymentState.REFUNDED else None
        amount = change.refund_amount or before.refunded_amount or whole
        after = replace(after, refunded_amount=amount, refunded_at=change.occurred_at)
    await save_payment(connection, payment_id, after)
    if state in CHARGED:  # whoever tells us knows of the payment
        await connection.execute(update(orders).where(orders.c.order_no == record.order_no).values(notified=True))
    return Outcome.APPLIED


async def _payment_of(
    connection: AsyncConnection, record: OrderRecord, transaction_no: str | None
) -> tuple[int | None, PaymentRecord]:
    """The payment that a shop speaks of, with its row's id; a new one when we have none.

    Without its number it is the one that speaks for the order, with an unknown number one that has none yet.
    """
    known = await own_payments(connection, record.order_no)
    if transaction_no:
        known = {
            each: payment
            for each, payment in known.items()
            if payment.transaction_no == transaction_no
            or (payment.transaction_no is None and transaction_no not in {it.transaction_no for it in known.values()})
        }
    if not known:
        new = PaymentRecord(order_no=record.order_no, merchant_no=record.order_no, amount=record.amount)
        return None, new
    return min(known.items(), key=lambda item: (STATE_ORDER.index(item[1].state), item[0]))
