"""What can be done about an order that is stuck, and what becomes of it. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.backend.orders.inputs import fitting
from bot.backend.orders.masks import mask_target
from bot.backend.orders.model import (
    FAILED_ORDERS,
    OPEN_ORDERS,
    UNPAID_ORDERS,
    WRONG_DETAILS,
    Delivery,
    DeliveryType,
    Input,
    Order,
)
from bot.backend.orders.records import OrderRecord
from bot.backend.payments.model import PaymentState
from bot.backend.payments.summary import PaymentEvidence
from bot.errors import ActionRefusedError


class Repair(StrEnum):
    """Ask the channel about the payment again; send the order to the supplier again; book it as delivered;
    put right where it is delivered to.
    """

    REQUERY = "requery"
    REPUSH = "repush"
    DELIVERED = "delivered"
    CORRECT_INPUT = "correct_input"


class Obstacle(StrEnum):
    """Why a repair is not done."""

    NOT_PAID = "not_paid"
    REFUNDED = "refunded"
    UNDER_REVIEW = "under_review"
    ALREADY_SENT = "already_sent"  # sending it twice would deliver it twice
    ALREADY_DELIVERED = "already_delivered"
    WRONG_INPUT = "wrong_input"
    BAD_FORMAT = "bad_format"  # nothing of this kind can be delivered to it
    NO_INPUT = "no_input"  # a card goes to whoever has the order


@dataclass(frozen=True, kw_only=True)
class RepairOrder:
    """A repair to be done; whoever repeats it comes with the same key (at most 64 characters).

    `target` is where to deliver to, for `correct_input`.
    """

    repair: Repair
    order_no: str
    key: str
    now: datetime
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """What a repair found or made: the states before and after, and what the channel says of the payment."""

    before: dict[str, str]
    after: dict[str, str]
    payment: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "before": self.before, "after": self.after, "payment": self.payment, "changed": self.before != self.after,
        }  # fmt: skip


def states_of(record: OrderRecord, repair: Repair) -> dict[str, str]:
    """What the repair may change, as may be shown and kept."""
    states = {"order": record.order.value, "delivery": record.delivery.value}
    if repair is Repair.CORRECT_INPUT:
        states |= {"input": record.input.value, "target": mask_target(record.target)}
    return states


def requeried(record: OrderRecord, paid: PaymentEvidence) -> OrderRecord:
    """Book a payment that the channel confirms with the right amount; anything else is left to a human."""
    payment = paid.record
    if record.order not in UNPAID_ORDERS or payment is None or payment.state is not PaymentState.PAID:
        return record
    if payment.amount != record.amount or payment.currency != record.currency:
        return record
    by_hand = record.delivery_type is DeliveryType.MANUAL
    return replace(
        record,
        order=Order.PAID,
        delivery=Delivery.MANUAL_PENDING if by_hand else Delivery.QUEUED,
        notified=True,
        paid_at=record.paid_at or payment.paid_at,
    )


def repushed(record: OrderRecord, paid: PaymentEvidence) -> OrderRecord:
    """On its way again; raises ActionRefusedError where that could deliver twice or to the wrong account."""
    _check_kept(record, paid)
    if record.delivery in (Delivery.IN_PROGRESS, Delivery.PARTIAL):
        raise _refused(Obstacle.ALREADY_SENT)
    if record.input in WRONG_DETAILS | {Input.WRONG_TYPE}:
        raise _refused(Obstacle.WRONG_INPUT)
    by_hand = record.delivery_type is DeliveryType.MANUAL
    delivery = Delivery.MANUAL_PENDING if by_hand else Delivery.IN_PROGRESS
    return replace(record, order=Order.PROCESSING, delivery=delivery)


def delivered(record: OrderRecord, paid: PaymentEvidence) -> OrderRecord:
    """Booked as delivered; raises ActionRefusedError when it was not paid or the money went back."""
    _check_kept(record, paid)
    return replace(record, order=Order.COMPLETED, delivery=Delivery.DELIVERED)


def corrected(record: OrderRecord, paid: PaymentEvidence, target: str) -> OrderRecord:
    """With other details to deliver to; raises ActionRefusedError once it is sent, or when they do not fit either.

    A product of the wrong type does not become the right one by another number.
    """
    _check_kept(record, paid)
    if record.delivery in (Delivery.IN_PROGRESS, Delivery.PARTIAL, Delivery.DELIVERED):
        raise _refused(Obstacle.ALREADY_SENT)
    if record.delivery_type is DeliveryType.CARD:
        raise _refused(Obstacle.NO_INPUT)
    if record.input is Input.WRONG_TYPE:
        raise _refused(Obstacle.WRONG_INPUT)
    fits = fitting(record.product_line, target)
    if fits is None:
        raise _refused(Obstacle.BAD_FORMAT)
    return replace(record, target=fits, input=Input.OK)


def _check_kept(record: OrderRecord, paid: PaymentEvidence) -> None:
    """Raise unless the shop took the money, still has it and owes the goods."""
    if record.order in (Order.REFUNDED, Order.REFUNDING) or paid.payment == PaymentState.REFUNDED:
        raise _refused(Obstacle.REFUNDED)
    if record.order is Order.REVIEW:
        raise _refused(Obstacle.UNDER_REVIEW)
    if record.order is Order.COMPLETED and record.delivery is Delivery.DELIVERED:
        raise _refused(Obstacle.ALREADY_DELIVERED)
    if record.order not in OPEN_ORDERS | FAILED_ORDERS | {Order.COMPLETED}:
        raise _refused(Obstacle.NOT_PAID)


def _refused(obstacle: Obstacle) -> ActionRefusedError:
    return ActionRefusedError(f"The shop refuses: {obstacle}", reason=obstacle.value)


def due_now(repair: Repair, record: OrderRecord, paid: PaymentEvidence, target: str = "") -> OrderRecord:
    """What the repair makes of the order."""
    if repair is Repair.CORRECT_INPUT:
        return corrected(record, paid, target)
    return {Repair.REQUERY: requeried, Repair.REPUSH: repushed, Repair.DELIVERED: delivered}[repair](record, paid)
