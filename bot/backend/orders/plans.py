"""What to do after a diagnosis: the next step, the ticket it would be, and when to look again. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.backend.orders.model import Account, DeliveryType, Diagnosis, Order, OrderFacts
from bot.backend.tickets.model import Demand, Priority, TicketType


class Next(StrEnum):
    """The step that the customer is offered."""

    REPORT = "report"
    WAIT = "wait"
    EVIDENCE = "evidence"
    HUMAN = "human"
    SELF_CHECK = "self_check"
    RECHECK_NUMBER = "recheck_number"
    REORDER = "reorder"
    CLOSE = "close"


class Wait(StrEnum):
    """How long to be patient before a report: how late a thing may normally be, and since when."""

    NOTICE = "notice"  # the channel's notice, since the payment
    CLEARING = "clearing"  # the bank's answer, since the payment
    WINDOW = "window"  # the product's window, since the payment
    REFUND = "refund"  # since the refund began


NOTICE_TIME = timedelta(minutes=10)
CLEARING_TIME = timedelta(minutes=30)
REFUND_TIME = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """`since`: when it was paid, else ordered; `window`: how long this product may take to arrive."""

    now: datetime
    since: datetime
    refund_since: datetime | None = None
    window: timedelta

    @property
    def late(self) -> bool:
        return self.now >= self.since + self.window

    def until(self, wait: Wait) -> datetime:
        """When patience ends."""
        spans = {Wait.NOTICE: NOTICE_TIME, Wait.CLEARING: CLEARING_TIME, Wait.WINDOW: self.window}
        if wait is Wait.REFUND:
            return (self.refund_since or self.since) + REFUND_TIME
        return self.since + spans[wait]


@dataclass(frozen=True)
class Plan:
    """`report_after` is set while waiting: from then on the next step is the report."""

    next: Next
    ticket_type: TicketType | None = None
    demand: Demand | None = None
    priority: Priority = Priority.NORMAL
    recheck_minutes: tuple[int, ...] = ()
    report_after: datetime | None = None


_D, _T, _N = Diagnosis, TicketType, Next
_LOW, _HIGH, _URGENT = Priority.LOW, Priority.HIGH, Priority.URGENT

PLANS: dict[Diagnosis, Plan] = {
    _D.ORDER_UNKNOWN: Plan(_N.REPORT, _T.LOOKUP_FAILED, Demand.CHECK_LOGS, recheck_minutes=(1, 5, 10)),
    _D.EVIDENCE_CONFLICT: Plan(_N.EVIDENCE, _T.PAYMENT_VERIFY, Demand.VERIFY_FUNDS),
    _D.PAID_NO_ORDER: Plan(_N.REPORT, _T.PAID_NO_ORDER, Demand.FIND_ORDER, _HIGH),
    _D.REFUNDED_NO_ORDER: Plan(_N.CLOSE, _T.REFUND_NOT_SEEN, Demand.VERIFY_FUNDS, _LOW),
    _D.ORDER_NOT_FOUND: Plan(_N.RECHECK_NUMBER, demand=Demand.FIND_ORDER),
    _D.REFUNDED: Plan(_N.CLOSE, _T.REFUND_NOT_SEEN, Demand.VERIFY_FUNDS, _LOW),
    _D.REFUNDED_BUT_COMPLETED: Plan(_N.HUMAN, _T.STATES_DISAGREE, Demand.CHECK_LOGS),
    _D.REFUNDING: Plan(_N.WAIT, _T.REFUND_NOT_SEEN, Demand.VERIFY_FUNDS),
    _D.DUPLICATE_PAYMENT: Plan(_N.REPORT, _T.DUPLICATE_PAYMENT, Demand.REFUND_DUPLICATE, _HIGH),
    _D.STATES_DISAGREE: Plan(_N.HUMAN, _T.STATES_DISAGREE, Demand.CHECK_LOGS, _HIGH),
    _D.PAYMENT_HELD: Plan(_N.REPORT, _T.FUNDS_HELD, Demand.VERIFY_FUNDS, _HIGH),
    _D.STATE_LAG: Plan(_N.WAIT, _T.STATE_LAG, Demand.CHECK_LOGS, recheck_minutes=(5, 10)),
    _D.CALLBACK_MISSING: Plan(_N.WAIT, _T.CALLBACK_MISSING, Demand.VERIFY_FUNDS, _HIGH, (5, 10)),
    _D.PAYMENT_CLAIMED: Plan(_N.REPORT, _T.PAYMENT_VERIFY, Demand.VERIFY_FUNDS, _HIGH),
    _D.PAYMENT_PROCESSING: Plan(_N.WAIT, _T.PAYMENT_VERIFY, Demand.VERIFY_FUNDS, recheck_minutes=(1, 5, 10)),
    _D.PAYMENT_BLOCKED: Plan(_N.SELF_CHECK, _T.ACCOUNT_REVIEW, Demand.ACCOUNT_REVIEW),
    _D.LOGIN_EXPIRED: Plan(_N.REORDER),
    _D.PAYMENT_FAILED: Plan(_N.SELF_CHECK),
    _D.UNPAID_ACCOUNT_BLOCKED: Plan(_N.SELF_CHECK, _T.ACCOUNT_REVIEW, Demand.ACCOUNT_REVIEW),
    _D.UNPAID: Plan(_N.SELF_CHECK),
    _D.UNPAID_EXPIRED: Plan(_N.REORDER),
    _D.PAYMENT_UNKNOWN: Plan(_N.EVIDENCE, _T.PAYMENT_VERIFY, Demand.VERIFY_FUNDS),
    _D.WRONG_TYPE: Plan(_N.HUMAN, _T.OTHER, Demand.RESEND_OR_REFUND),
    _D.WRONG_TARGET: Plan(_N.REPORT, _T.WRONG_TARGET, Demand.FIX_INPUT, _URGENT),
    _D.DELIVERED_NOT_SEEN: Plan(_N.WAIT, _T.UPSTREAM_PROOF, Demand.UPSTREAM_PROOF),
    _D.ACCOUNT_REVIEW: Plan(_N.REPORT, _T.ACCOUNT_REVIEW, Demand.ACCOUNT_REVIEW),
    _D.WRONG_INPUT: Plan(_N.REPORT, _T.FIX_INPUT, Demand.FIX_INPUT, _URGENT),
    _D.UPSTREAM_FAILED: Plan(_N.REPORT, _T.UPSTREAM_FAIL, Demand.RESEND_OR_REFUND, _HIGH),
    _D.MANUAL_WAITING: Plan(_N.WAIT, _T.MANUAL_OVERDUE, Demand.URGE_UPSTREAM),
    _D.IN_WINDOW: Plan(_N.WAIT, _T.UPSTREAM_STUCK, Demand.URGE_UPSTREAM, _LOW),
    _D.QUEUE_BACKLOG: Plan(_N.REPORT, _T.QUEUE_BACKLOG, Demand.CHECK_LOGS, _HIGH),
    _D.UPSTREAM_STUCK: Plan(_N.REPORT, _T.UPSTREAM_STUCK, Demand.URGE_UPSTREAM, _HIGH),
}

# Until when the waiting ones wait; after that they are reported.
WAITS = {
    _D.REFUNDING: Wait.REFUND,
    _D.STATE_LAG: Wait.NOTICE,
    _D.CALLBACK_MISSING: Wait.NOTICE,
    _D.PAYMENT_PROCESSING: Wait.CLEARING,
    _D.DELIVERED_NOT_SEEN: Wait.WINDOW,
    _D.MANUAL_WAITING: Wait.WINDOW,
    _D.IN_WINDOW: Wait.WINDOW,
}
# Nothing was paid, as far as is known: whoever says otherwise is asked for evidence.
NOT_PAID = frozenset({
    _D.PAYMENT_BLOCKED, _D.LOGIN_EXPIRED, _D.PAYMENT_FAILED, _D.UNPAID_ACCOUNT_BLOCKED, _D.UNPAID, _D.UNPAID_EXPIRED,
})  # fmt: skip


def plan(diagnosis: Diagnosis, facts: OrderFacts, timing: Timing, says_paid: bool | None = None) -> Plan:
    """What to do about this diagnosis of this order now; `says_paid` is what the customer says of the money."""
    found = PLANS[diagnosis]
    if diagnosis in NOT_PAID and says_paid:
        return replace(found, next=Next.EVIDENCE, ticket_type=_T.PAYMENT_VERIFY, demand=Demand.VERIFY_FUNDS)
    if diagnosis in (_D.PAYMENT_BLOCKED, _D.UNPAID_ACCOUNT_BLOCKED) and facts.account is Account.LIMITED:
        return replace(found, next=Next.HUMAN)  # new customers wait for a check by hand, nothing to do oneself
    if diagnosis is _D.DELIVERED_NOT_SEEN and facts.delivery_type is DeliveryType.CARD:
        return replace(found, next=Next.REPORT, ticket_type=_T.CARD_MISSING, demand=Demand.RESEND_OR_REFUND)
    if diagnosis is _D.CALLBACK_MISSING and facts.order is Order.EXPIRED:
        return replace(found, next=Next.REPORT, recheck_minutes=())  # no notice revives it reliably
    if diagnosis in WAITS:
        return _patient(found, timing, timing.until(WAITS[diagnosis]))
    return found


def _patient(found: Plan, timing: Timing, until: datetime) -> Plan:
    if timing.now >= until:
        return replace(found, next=Next.REPORT)
    minutes = -int((timing.now - until).total_seconds() // 60)
    return replace(found, recheck_minutes=found.recheck_minutes or (minutes,), report_after=until)
