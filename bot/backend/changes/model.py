"""What a change of an order means for its customers, and how a shop's word changes an order. Pure rules."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.backend.events.model import EventType
from bot.backend.orders.model import (
    FAILED_ORDERS,
    OPEN_ORDERS,
    PAID,
    UNPAID_ORDERS,
    Delivery,
    Order,
    OrderFacts,
    Payment,
)
from bot.backend.tickets.model import TicketType


class Phase(StrEnum):
    """How far an order has come, as far as its customer cares to hear."""

    WAITING = "waiting"  # the shop does not have the money yet
    PAID = "paid"  # the shop has it, delivery is under way
    FAILED = "failed"
    DELIVERED = "delivered"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


_SUPPLIER_FAILED = frozenset({Delivery.FAILED, Delivery.OUT_OF_STOCK})


def phase_of(facts: OrderFacts) -> Phase | None:
    """The phase that an order is in; None while nobody can say, which is never news."""
    order, payment = facts.order, facts.payment
    if order in (Order.UNKNOWN, Order.NOT_FOUND):
        return None
    if order is Order.REFUNDING:
        return Phase.REFUNDING
    if order is Order.REFUNDED or (payment is Payment.REFUNDED and order is not Order.COMPLETED):
        return Phase.REFUNDED
    if order is Order.COMPLETED:
        # Completed without goods, or with the money back, needs a human's look and no message.
        return Phase.DELIVERED if facts.delivery is Delivery.DELIVERED and payment is not Payment.REFUNDED else None
    if order in FAILED_ORDERS or (order in OPEN_ORDERS and facts.delivery in _SUPPLIER_FAILED):
        return Phase.FAILED
    if order in OPEN_ORDERS or (payment in PAID and facts.notified is True):
        return Phase.PAID
    return Phase.WAITING


_TOLD: dict[Phase, EventType] = {
    Phase.PAID: EventType.ORDER_PAYMENT_CONFIRMED,
    Phase.FAILED: EventType.ORDER_FAILED,
    Phase.DELIVERED: EventType.ORDER_DELIVERED,
    Phase.REFUNDING: EventType.ORDER_REFUNDING,
    Phase.REFUNDED: EventType.ORDER_REFUNDED,
}


def event_for(before: Phase, after: Phase) -> EventType | None:
    """What customers are told when an order goes from one phase to another."""
    if before is after or (after is Phase.PAID and before is not Phase.WAITING):
        return None  # sent to the supplier again: the result will be news
    return _TOLD.get(after)


_T = TicketType
# What is solved once the goods are there. Not: a second payment, a wrong account, a dispute about what was delivered.
_SOLVED_BY_DELIVERY = frozenset({
    _T.LOOKUP_FAILED, _T.PAID_NO_ORDER, _T.STATES_DISAGREE, _T.FUNDS_HELD, _T.STATE_LAG, _T.CALLBACK_MISSING,
    _T.PAYMENT_VERIFY, _T.ACCOUNT_REVIEW, _T.FIX_INPUT, _T.UPSTREAM_FAIL, _T.MANUAL_OVERDUE, _T.QUEUE_BACKLOG,
    _T.UPSTREAM_STUCK,
})  # fmt: skip
# With the money back nothing is left to deliver either.
_SOLVED_BY_REFUND = _SOLVED_BY_DELIVERY | {_T.UPSTREAM_PROOF, _T.CARD_MISSING}
_SOLVED = {Phase.DELIVERED: _SOLVED_BY_DELIVERY, Phase.REFUNDED: _SOLVED_BY_REFUND}


def solves(phase: Phase, ticket_type: TicketType) -> bool:
    """Whether an order that has come to this phase leaves nothing to do for a ticket of this type."""
    return ticket_type in _SOLVED.get(phase, frozenset())


class ChangeType(StrEnum):
    """What a shop's webhook is about."""

    PAYMENT = "payment.updated"
    ORDER = "order.updated"
    DELIVERY = "delivery.updated"

    @property
    def lane(self) -> tuple["ChangeType", ...]:
        """The types that are put in order with it: order and delivery speak of the same thing."""
        return (self,) if self is ChangeType.PAYMENT else (ChangeType.ORDER, ChangeType.DELIVERY)


class Outcome(StrEnum):
    """What became of a webhook."""

    APPLIED = "applied"
    STALE = "stale"  # older than what was applied last
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_STATE = "unknown_state"  # never guessed at: the order stays as it was
    CONFLICT = "conflict"  # the payment belongs to another order
    ASKED = "asked"  # the order is another system's, which is asked itself


@dataclass(frozen=True, kw_only=True)
class ShopChange:
    """What a shop says has changed; what is None it does not say. `refund_to` is `channel` or `balance`."""

    type: str
    order_no: str
    state: str
    occurred_at: datetime
    transaction_no: str | None = None
    refund_amount: Decimal | None = None
    refund_to: str | None = None


@dataclass(frozen=True)
class States:
    """The two axes that a shop's word on order or delivery changes."""

    order: Order
    delivery: Delivery


# States that are the absence of knowledge are not for a shop to tell.
_NO_STATE = frozenset({"UNKNOWN", "NOT_FOUND"})
_NOT_SENT = frozenset({Delivery.UNKNOWN, Delivery.NONE, Delivery.QUEUED})
# What an order's state says of its delivery, where the two do not agree yet.
_DELIVERY_OF: dict[Order, Delivery] = {
    Order.COMPLETED: Delivery.DELIVERED,
    Order.PARTIAL: Delivery.PARTIAL,
    Order.PROCESSING: Delivery.IN_PROGRESS,
    Order.PAID: Delivery.QUEUED,
    Order.FAILED: Delivery.FAILED,
}
_ORDER_OF: dict[Delivery, Order] = {
    Delivery.DELIVERED: Order.COMPLETED,
    Delivery.PARTIAL: Order.PARTIAL,
    Delivery.IN_PROGRESS: Order.PROCESSING,
    Delivery.FAILED: Order.FAILED,
    Delivery.OUT_OF_STOCK: Order.ABNORMAL,
}


_ENDED = frozenset({Order.COMPLETED, Order.REFUNDING, Order.REFUNDED})


def falls_back(before: Order, after: Order) -> bool:
    """Whether an order that had come to its end would be under way again; of two words of one second that is older."""
    return before in _ENDED and after in OPEN_ORDERS | UNPAID_ORDERS


def order_states_after(now: States, state: str) -> States | None:
    """After `order.updated`; None for a state that we do not know."""
    try:
        order = Order(state)
    except ValueError:
        return None
    if state in _NO_STATE:
        return None
    delivery = _DELIVERY_OF.get(order, now.delivery)
    keeps = {
        Order.PROCESSING: now.delivery in (Delivery.IN_PROGRESS, Delivery.MANUAL_PENDING, Delivery.PARTIAL),
        Order.PAID: now.delivery not in _NOT_SENT | _SUPPLIER_FAILED,
        Order.FAILED: now.delivery is Delivery.OUT_OF_STOCK,
    }
    return States(order, now.delivery if keeps.get(order) else delivery)


def delivery_states_after(now: States, state: str) -> States | None:
    """After `delivery.updated`; None for a state that we do not know."""
    try:
        delivery = Delivery(state)
    except ValueError:
        return None
    if state in _NO_STATE:
        return None
    if now.order in (Order.REFUNDING, Order.REFUNDED):
        return States(now.order, delivery)  # what becomes of the goods does not bring the money back to the shop
    return States(_ORDER_OF.get(delivery, now.order), delivery)
