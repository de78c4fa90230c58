"""What can be wrong with an order: the state axes, and the table that turns them into exactly one diagnosis."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


class Payment(StrEnum):
    """What is known of the money."""

    UNKNOWN = "UNKNOWN"
    NOT_FOUND = "NOT_FOUND"
    UNPAID = "UNPAID"
    PROCESSING = "PROCESSING"
    PAID = "PAID"
    CLAIMED_PAID = "CLAIMED_PAID"
    CONFLICT = "CONFLICT"
    FAILED = "FAILED"
    CLOSED = "CLOSED"
    HELD = "HELD"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


class Order(StrEnum):
    """How far the shop has come with the order."""

    UNKNOWN = "UNKNOWN"
    NOT_FOUND = "NOT_FOUND"
    PENDING_PAYMENT = "PENDING_PAYMENT"
    EXPIRED = "EXPIRED"
    PAID = "PAID"
    REVIEW = "REVIEW"
    PROCESSING = "PROCESSING"
    PARTIAL = "PARTIAL"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    ABNORMAL = "ABNORMAL"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"


class Delivery(StrEnum):
    """Where the goods are; QUEUED is not yet sent upstream, IN_PROGRESS is."""

    UNKNOWN = "UNKNOWN"
    NONE = "NONE"
    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    MANUAL_PENDING = "MANUAL_PENDING"
    PARTIAL = "PARTIAL"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    OUT_OF_STOCK = "OUT_OF_STOCK"


class Account(StrEnum):
    """What the shop's risk rules say about the buyer's account."""

    UNKNOWN = "UNKNOWN"
    OK = "OK"
    UNVERIFIED = "UNVERIFIED"
    LOGIN_ANOMALY = "LOGIN_ANOMALY"
    RISK_HELD = "RISK_HELD"
    LIMITED = "LIMITED"
    BANNED = "BANNED"
    SESSION_EXPIRED = "SESSION_EXPIRED"


class Input(StrEnum):
    """Whether the customer's details fit the product."""

    UNKNOWN = "UNKNOWN"
    OK = "OK"
    BAD_FORMAT = "BAD_FORMAT"
    MISMATCH = "MISMATCH"
    WRONG_TYPE = "WRONG_TYPE"
    DUPLICATE = "DUPLICATE"


class DeliveryType(StrEnum):
    """直充, 卡密 or 人工代充."""

    DIRECT = "DIRECT"
    CARD = "CARD"
    MANUAL = "MANUAL"


class ProductLine(StrEnum):
    """The three lines of the shop."""

    GAME_CARD = "game_card"
    PHONE_CREDIT = "phone_credit"
    MEMBERSHIP = "membership"


class Source(StrEnum):
    """Who says so, the most trusted first."""

    GATEWAY = "GATEWAY"
    PLATFORM = "PLATFORM"
    USER_CLAIM = "USER_CLAIM"


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """Everything a diagnosis rests on; `notified`: the shop holds the channel's notice; `late`: past the window."""

    payment: Payment = Payment.UNKNOWN
    order: Order = Order.UNKNOWN
    delivery: Delivery = Delivery.UNKNOWN
    account: Account = Account.UNKNOWN
    input: Input = Input.UNKNOWN
    delivery_type: DeliveryType = DeliveryType.DIRECT
    notified: bool | None = None
    late: bool = False


class Diagnosis(StrEnum):
    """What is wrong; one value is one rule, one sentence and one demo order."""

    ORDER_UNKNOWN = "ORDER_UNKNOWN"
    EVIDENCE_CONFLICT = "EVIDENCE_CONFLICT"
    PAID_NO_ORDER = "PAID_NO_ORDER"
    REFUNDED_NO_ORDER = "REFUNDED_NO_ORDER"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    REFUNDED = "REFUNDED"
    REFUNDED_BUT_COMPLETED = "REFUNDED_BUT_COMPLETED"
    REFUNDING = "REFUNDING"
    DUPLICATE_PAYMENT = "DUPLICATE_PAYMENT"
    STATES_DISAGREE = "STATES_DISAGREE"
    PAYMENT_HELD = "PAYMENT_HELD"
    STATE_LAG = "STATE_LAG"
    CALLBACK_MISSING = "CALLBACK_MISSING"
    PAYMENT_CLAIMED = "PAYMENT_CLAIMED"
    PAYMENT_PROCESSING = "PAYMENT_PROCESSING"
    PAYMENT_BLOCKED = "PAYMENT_BLOCKED"
    LOGIN_EXPIRED = "LOGIN_EXPIRED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    UNPAID_ACCOUNT_BLOCKED = "UNPAID_ACCOUNT_BLOCKED"
    UNPAID = "UNPAID"
    UNPAID_EXPIRED = "UNPAID_EXPIRED"
    PAYMENT_UNKNOWN = "PAYMENT_UNKNOWN"
    WRONG_TYPE = "WRONG_TYPE"
    WRONG_TARGET = "WRONG_TARGET"
    DELIVERED_NOT_SEEN = "DELIVERED_NOT_SEEN"
    ACCOUNT_REVIEW = "ACCOUNT_REVIEW"
    WRONG_INPUT = "WRONG_INPUT"
    UPSTREAM_FAILED = "UPSTREAM_FAILED"
    MANUAL_WAITING = "MANUAL_WAITING"
    IN_WINDOW = "IN_WINDOW"
    QUEUE_BACKLOG = "QUEUE_BACKLOG"
    UPSTREAM_STUCK = "UPSTREAM_STUCK"


@dataclass(frozen=True)
class Rule:
    """A row of the table. Causes: C1 payment and upstream, C2 account, C3 platform, C4 customer, C0 none, C? open."""

    number: str
    diagnosis: Diagnosis
    cause: str
    axes: tuple[str, ...]  # the facts that decide, for the answer's reasons
    when: Callable[[OrderFacts], bool]


# Orders that wait for their payment.
UNPAID_ORDERS = frozenset({Order.PENDING_PAYMENT, Order.EXPIRED})
# Orders that the shop took as paid, and of these the ones still to be delivered.
OPEN_ORDERS = frozenset({Order.PAID, Order.REVIEW, Order.PROCESSING, Order.PARTIAL})
FAILED_ORDERS = frozenset({Order.FAILED, Order.ABNORMAL})
PAID_ORDERS = OPEN_ORDERS | FAILED_ORDERS | {Order.COMPLETED}
# Part of the money may have gone back; the rest paid for the order.
PAID = frozenset({Payment.PAID, Payment.PARTIALLY_REFUNDED})
NOT_PAID = frozenset({Payment.UNPAID, Payment.CLOSED, Payment.NOT_FOUND})
MONEY_SEEN = PAID | {Payment.CLAIMED_PAID, Payment.PROCESSING, Payment.HELD}
BLOCKED = frozenset({Account.UNVERIFIED, Account.LOGIN_ANOMALY, Account.RISK_HELD, Account.LIMITED, Account.BANNED})
WRONG_DETAILS = frozenset({Input.BAD_FORMAT, Input.MISMATCH})
NOT_SENT = frozenset({Delivery.QUEUED, Delivery.NONE, Delivery.UNKNOWN})

_D = Diagnosis
_PO = ("payment", "order")
# The first row that fits decides, so a row may rely on all rows above it not fitting.
RULES: tuple[Rule, ...] = (
    Rule("R01", _D.ORDER_UNKNOWN, "C3", ("order",), lambda f: f.order is Order.UNKNOWN),
    Rule("R02", _D.EVIDENCE_CONFLICT, "C?", ("payment",), lambda f: f.payment is Payment.CONFLICT),
    Rule("R03", _D.PAID_NO_ORDER, "C3", _PO, lambda f: f.order is Order.NOT_FOUND and f.payment in MONEY_SEEN),
    Rule(
        "R04", _D.REFUNDED_NO_ORDER, "C0", _PO,
        lambda f: f.order is Order.NOT_FOUND and f.payment is Payment.REFUNDED,
    ),
    Rule("R05", _D.ORDER_NOT_FOUND, "C4", ("order",), lambda f: f.order is Order.NOT_FOUND),
    Rule(
        "R06", _D.REFUNDED, "C0", _PO,
        lambda f: f.order is Order.REFUNDED or (f.payment is Payment.REFUNDED and f.order is not Order.COMPLETED),
    ),
    Rule("R07", _D.REFUNDED_BUT_COMPLETED, "C?", _PO, lambda f: f.payment is Payment.REFUNDED),
    Rule("R08", _D.REFUNDING, "C0", ("order",), lambda f: f.order is Order.REFUNDING),
    Rule("R09", _D.DUPLICATE_PAYMENT, "C4", ("input",), lambda f: f.input is Input.DUPLICATE),
    Rule(
        "R10", _D.STATES_DISAGREE, "C3", _PO,
        lambda f: f.payment in NOT_PAID | {Payment.FAILED} and f.order in PAID_ORDERS,
    ),
    Rule("R11", _D.PAYMENT_HELD, "C1", ("payment",), lambda f: f.payment is Payment.HELD),
    Rule(
        "R12", _D.STATE_LAG, "C3", (*_PO, "notified"),
        lambda f: f.payment in PAID and f.order in UNPAID_ORDERS and f.notified is True,
    ),
    Rule(
        "R13", _D.CALLBACK_MISSING, "C1", (*_PO, "notified"),
        lambda f: f.payment in PAID and f.order in UNPAID_ORDERS,
    ),
    Rule("R14", _D.PAYMENT_CLAIMED, "C1", _PO, lambda f: f.payment is Payment.CLAIMED_PAID),
    Rule("R15", _D.PAYMENT_PROCESSING, "C1", ("payment",), lambda f: f.payment is Payment.PROCESSING),
    Rule(
        "R16", _D.PAYMENT_BLOCKED, "C2", ("payment", "account"),
        lambda f: f.payment is Payment.FAILED and f.account in BLOCKED,
    ),
    Rule(
        "R17", _D.LOGIN_EXPIRED, "C4", ("payment", "account"),
        lambda f: f.payment is Payment.FAILED and f.account is Account.SESSION_EXPIRED,
    ),
    Rule("R18", _D.PAYMENT_FAILED, "C1", ("payment",), lambda f: f.payment is Payment.FAILED),
    Rule(
        "R19", _D.UNPAID_ACCOUNT_BLOCKED, "C2", (*_PO, "account"),
        lambda f: f.payment in NOT_PAID and f.order is Order.PENDING_PAYMENT and f.account in BLOCKED,
    ),
    Rule(
        "R20", _D.UNPAID, "C4", _PO,
        lambda f: f.payment in NOT_PAID and f.order is Order.PENDING_PAYMENT,
    ),
    Rule("R21", _D.UNPAID_EXPIRED, "C4", _PO, lambda f: f.payment in NOT_PAID and f.order is Order.EXPIRED),
    Rule("R22", _D.PAYMENT_UNKNOWN, "C?", _PO, lambda f: f.payment is Payment.UNKNOWN),
    Rule(
        "R23", _D.WRONG_TYPE, "C4", ("order", "input"),
        lambda f: f.order is Order.COMPLETED and f.input is Input.WRONG_TYPE,
    ),
    Rule(
        "R24", _D.WRONG_TARGET, "C4", ("order", "input"),
        lambda f: f.order is Order.COMPLETED and f.input in WRONG_DETAILS,
    ),
    Rule("R25", _D.DELIVERED_NOT_SEEN, "C1", ("order", "delivery"), lambda f: f.order is Order.COMPLETED),
    Rule(
        "R26", _D.ACCOUNT_REVIEW, "C2", ("order", "account"),
        lambda f: f.order is Order.REVIEW or f.account in BLOCKED,
    ),
    Rule(
        "R27", _D.WRONG_INPUT, "C4", ("order", "input"),
        lambda f: f.input in WRONG_DETAILS | {Input.WRONG_TYPE},
    ),
    Rule(
        "R28", _D.UPSTREAM_FAILED, "C1", ("order", "delivery"),
        lambda f: f.order in FAILED_ORDERS or f.delivery in (Delivery.FAILED, Delivery.OUT_OF_STOCK),
    ),
    Rule(
        "R29", _D.MANUAL_WAITING, "C0", ("order", "delivery", "late"),
        lambda f: f.delivery_type is DeliveryType.MANUAL or f.delivery is Delivery.MANUAL_PENDING,
    ),
    Rule("R30", _D.IN_WINDOW, "C1", ("order", "late"), lambda f: not f.late),
    Rule("R31", _D.QUEUE_BACKLOG, "C3", ("order", "delivery", "late"), lambda f: f.delivery in NOT_SENT),
    Rule(
        "R32", _D.UPSTREAM_STUCK, "C1", ("order", "delivery", "late"),
        lambda f: f.delivery in (Delivery.IN_PROGRESS, Delivery.PARTIAL, Delivery.DELIVERED),
    ),
)  # fmt: skip


def normalised(facts: OrderFacts) -> OrderFacts:
    """Where the channel cannot confirm the payment but the shop has booked it, believe the shop."""
    if facts.payment in (Payment.UNKNOWN, Payment.CLAIMED_PAID):
        if facts.order is Order.REFUNDED:
            return replace(facts, payment=Payment.REFUNDED)
        if facts.order in PAID_ORDERS | {Order.REFUNDING}:
            return replace(facts, payment=Payment.PAID)
    return facts


def diagnose(facts: OrderFacts) -> Rule:
    """The one rule that fits; there is one for every combination of states."""
    known = normalised(facts)
    return next(rule for rule in RULES if rule.when(known))


def rule_of(diagnosis: Diagnosis) -> Rule:
    return next(rule for rule in RULES if rule.diagnosis is diagnosis)
