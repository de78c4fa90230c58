"""Pictures as evidence: what is taken, where it lies, and what a bill is worth. Pure rules."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePosixPath

from bot.backend.evidence.reading.model import Kind, Reading, Status
from bot.backend.evidence.reuse import Duplicate
from bot.backend.payments.model import Finding, PaymentRecord, PaymentState, Tolerance
from bot.backend.payments.model import Verdict as ClaimVerdict
from bot.backend.payments.numbers import Channel

# Pillow's name of a format, the type that is sent with it.
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# The shop's clock and the channel's differ a little.
BEFORE_ORDER = timedelta(minutes=5)


class Verdict(StrEnum):
    """What a picture of a bill is worth; an order page or an error page has none."""

    MATCHED = "MATCHED"
    CLAIMED = "CLAIMED"
    INCOMPLETE = "INCOMPLETE"
    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    UNREADABLE = "UNREADABLE"
    NOT_A_BILL = "NOT_A_BILL"


class Page(StrEnum):
    """The page to take a screenshot of; `bill` is either channel's."""

    WECHAT_BILL = "wechat_bill"
    ALIPAY_BILL = "alipay_bill"
    BILL = "bill"
    ORDER_PAGE = "order_page"


# Without one of these a bill is incomplete.
KEY_FIELDS = ("transaction_no", "amount", "paid_at", "status")
# What a picture may contradict, in the order in which it is told.
CONFLICT_FIELDS = ("channel", "transaction_no", "merchant_no", "status", "amount", "paid_at")
BILLS = frozenset({Kind.WECHAT_BILL, Kind.ALIPAY_BILL})

# A bill with one of these does not show that the shop has the money.
_GONE_BACK = frozenset({Status.REFUNDING, Status.PARTIALLY_REFUNDED, Status.REFUNDED})
_NOT_PAID = frozenset({Status.PENDING, Status.FAILED, Status.CLOSED})
_KEEPS = frozenset({PaymentState.PAID, PaymentState.HELD, PaymentState.PARTIALLY_REFUNDED})
_RETURNED = frozenset({PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED})


def subject_of(sha256: str, customer_ref: str, order_no: str | None) -> str:
    """The same picture from the same customer for the same order is one piece of evidence (64 hex digits)."""
    return hashlib.sha256("\x00".join((sha256, customer_ref, order_no or "")).encode()).hexdigest()


def place_of(sha256: str) -> PurePosixPath:
    """Where a picture lies below the evidence folder; spread over 256 folders."""
    return PurePosixPath(sha256[:2], sha256)


@dataclass(frozen=True, kw_only=True)
class OrderSeen:
    """What the shop has on record of an order, as far as a bill can fit it; `amount` in the order's currency."""

    amount: Decimal
    created_at: datetime
    paid: bool = False
    refunded: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a verdict rests on.

    `reading` is None when the picture could not be read; its numbers are normalised. Only for a proven order:
    `order_no`, `order` (None while the shop cannot be asked) and `own`, the payment that speaks for it. `finding`
    compares what was read with the payment records (`payments.model.check_claim`). `duplicate`: how it is known
    from elsewhere.
    """

    reading: Reading | None
    finding: Finding
    order_no: str | None = None
    order: OrderSeen | None = None
    own: PaymentRecord | None = None
    duplicate: Duplicate | None = None
    tolerance: Tolerance = Tolerance()  # noqa: RUF009  (immutable)

    @property
    def is_bill(self) -> bool:
        return self.reading is not None and self.reading.kind in BILLS

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in KEY_FIELDS if getattr(self.reading, name) is None)

    @property
    def is_blank(self) -> bool:
        """A bill on which nothing can be read that would help to find the payment."""
        return self.is_bill and len(self.missing) == len(KEY_FIELDS) and not getattr(self.reading, "merchant_no", None)

    @property
    def record(self) -> PaymentRecord | None:
        """The payment that the bill's own numbers name."""
        return self.finding.record

    @property
    def is_own(self) -> bool:
        return bool(self.order_no and self.record and self.record.purchase_no == self.order_no)

    @property
    def conflicts(self) -> tuple[str, ...]:
        found = set(self.finding.mismatches) | _against_order(self) | _against_state(self)
        return tuple(name for name in CONFLICT_FIELDS if name in found)

    @property
    def confirmed(self) -> bool:
        """Whether the channel has this payment for this order, in the state that the bill shows."""
        known = self.finding.verdict is ClaimVerdict.MATCHED or self.shows_no_payment
        return self.is_own and known and not self.finding.missing and not self.conflicts

    @property
    def booked(self) -> bool:
        """Whether the shop itself confirms it: the bill names the order, and the shop took its amount."""
        if not self.order or not self.order.paid or not self.reading or self.reading.amount is None:
            return False
        return self.order_no in (self.reading.merchant_no, self.reading.order_no)

    @property
    def shows_no_payment(self) -> bool:
        return self.reading is not None and self.reading.status in _NOT_PAID


def _against_order(facts: Facts) -> set[str]:
    """What the order itself contradicts while no payment record of it speaks."""
    reading, order = facts.reading, facts.order
    if not reading or not order or facts.record:
        return set()
    wrong = set()
    if reading.paid_at and reading.paid_at < order.created_at - BEFORE_ORDER:
        wrong.add("paid_at")
    if reading.amount is not None and not facts.own:
        # Only the order's own number on the bill says that no payment hub stands between.
        direct = reading.merchant_no == facts.order_no
        allowed = facts.tolerance.amount if direct else max(facts.tolerance.amount, facts.tolerance.hub)
        if abs(reading.amount - order.amount) > allowed:
            wrong.add("amount")
    return wrong


def _against_state(facts: Facts) -> set[str]:
    """A bill that shows no payment, or one that went back, unless the records say so too.

    A screenshot may be older than the record, so a bill that was still unpaid contradicts no record.
    """
    status = facts.reading.status if facts.reading else None
    record = facts.record or facts.own
    if status in _GONE_BACK:
        agreed = record.state in _RETURNED if record else bool(facts.order and facts.order.refunded)
    elif status in _NOT_PAID:
        paid = bool(facts.order and facts.order.paid)
        agreed = (bool(record) or paid) if status is Status.PENDING else bool(record and record.state not in _KEEPS)
    else:
        agreed = True
    return set() if agreed else {"status"}


@dataclass(frozen=True)
class Rule:
    """A row of the table; the first whose `when` holds decides."""

    verdict: Verdict | None
    when: Callable[[Facts], bool]


RULES: tuple[Rule, ...] = (
    Rule(Verdict.UNREADABLE, lambda f: f.reading is None or f.is_blank),
    Rule(Verdict.NOT_A_BILL, lambda f: f.reading is not None and f.reading.kind is Kind.NOT_A_BILL),
    Rule(None, lambda f: not f.is_bill),
    # What the channel has on record for this very order, no other customer's picture can spoil.
    Rule(Verdict.MATCHED, lambda f: f.confirmed),
    Rule(Verdict.DUPLICATE, lambda f: f.duplicate is not None),
    Rule(Verdict.CONFLICT, lambda f: bool(f.conflicts)),
    Rule(Verdict.MATCHED, lambda f: f.finding.verdict is ClaimVerdict.MATCHED or f.booked),
    Rule(Verdict.INCOMPLETE, lambda f: bool(f.missing)),
    Rule(Verdict.CLAIMED, lambda f: True),
)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict and what goes with it in the answer."""

    verdict: Verdict | None
    missing: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    duplicate: Duplicate | None = None
    page: Page | None = None


def verdict_of(facts: Facts) -> Judgement:
    """The verdict by the first rule that fits."""
    verdict = next(rule.verdict for rule in RULES if rule.when(facts))
    return Judgement(
        verdict=verdict,
        missing=facts.missing if verdict is Verdict.INCOMPLETE else (),
        conflicts=facts.conflicts if verdict is Verdict.CONFLICT else (),
        duplicate=facts.duplicate if verdict is Verdict.DUPLICATE else None,
        page=_page_for(verdict, facts.reading, facts.order_no),
    )


def _page_for(verdict: Verdict | None, reading: Reading | None, order_no: str | None) -> Page | None:
    """Where the customer finds what is still needed."""
    if verdict is Verdict.INCOMPLETE and reading:
        return {Channel.WECHAT: Page.WECHAT_BILL, Channel.ALIPAY: Page.ALIPAY_BILL}.get(
            reading.channel or Channel.OTHER, Page.BILL
        )
    if verdict in (Verdict.UNREADABLE, Verdict.NOT_A_BILL):
        return Page.BILL
    if verdict is Verdict.CLAIMED and not order_no and reading and not reading.order_no:
        return Page.ORDER_PAGE
    return None


def recorded_verdict(judgement: Judgement, facts: Facts) -> ClaimVerdict | None:
    """The verdict under which the claim feeds the diagnosis; None when it does not."""
    if judgement.verdict in (Verdict.CONFLICT, Verdict.DUPLICATE):
        return ClaimVerdict.CONFLICT
    if judgement.verdict not in (Verdict.MATCHED, Verdict.CLAIMED):
        return None
    # A bill without a payment claims none; the records stand as they are.
    return ClaimVerdict.INCOMPLETE if facts.shows_no_payment else ClaimVerdict(judgement.verdict.value)
