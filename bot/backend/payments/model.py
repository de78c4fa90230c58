"""Does the customer's claim about a payment fit what the payment channel has on record? Pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.backend.payments.numbers import Channel, channel_of_number, date_in_number, same_form

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The customer's clock may be a little ahead of ours.
CLOCK_SKEW = timedelta(minutes=10)
# Before this nobody paid online.
FIRST_PAYMENT = datetime(2000, 1, 1, tzinfo=UTC)
# The time in a channel's number is when the trade began; it may be paid after midnight.
NUMBER_SKEW_DAYS = 1


class PaymentState(StrEnum):
    """What the payment channel says about one payment (the payment axis without what only claims can say)."""

    UNPAID = "UNPAID"
    PROCESSING = "PROCESSING"
    PAID = "PAID"
    FAILED = "FAILED"
    CLOSED = "CLOSED"
    HELD = "HELD"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


# States in which the customer's money has left.
CHARGED = frozenset(
    {PaymentState.PAID, PaymentState.HELD, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}
)  # fmt: skip
# States that bear out a claim; after the others the channel may still be behind, so a claim stays possible.
CONFIRMED = CHARGED | {PaymentState.PROCESSING}
# States in which the shop still has it; two such payments for one order are a duplicate.
KEPT = frozenset({PaymentState.PAID, PaymentState.HELD, PaymentState.PARTIALLY_REFUNDED})


class Verdict(StrEnum):
    """What a claim is worth."""

    MATCHED = "MATCHED"
    CLAIMED = "CLAIMED"
    INCOMPLETE = "INCOMPLETE"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, kw_only=True)
class PaymentRecord:
    """One payment as the channel or the shop has it; `bill_amount` is what the customer's bill shows, if known."""

    order_no: str | None = None
    channel: Channel = Channel.OTHER
    transaction_no: str | None = None
    merchant_no: str | None = None
    amount: Decimal
    bill_amount: Decimal | None = None
    currency: str = "CNY"
    state: PaymentState = PaymentState.PAID
    paid_at: datetime | None = None
    refunded_amount: Decimal | None = None
    refunded_at: datetime | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """Every number that a bill of this payment may show."""
        return frozenset(filter(None, (self.transaction_no, self.merchant_no, self.order_no)))

    @property
    def purchase_no(self) -> str | None:
        """The order it belongs to; the merchant number names it when the order itself was lost."""
        return self.order_no or self.merchant_no


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the customer says about one payment; None is "not known". Numbers are normalised."""

    order_no: str | None = None
    channel: Channel | None = None
    transaction_no: str | None = None
    merchant_no: str | None = None
    amount: Decimal | None = None
    paid_at: datetime | None = None

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(filter(None, (self.transaction_no, self.merchant_no)))


class Tolerance(NamedTuple):
    """How far a claim may be from the record: money in the record's currency, time either way.

    Payment hubs (易支付) add random cents to tell equal sums apart, so behind one the bill may differ by `hub`.
    """

    amount: Decimal = Decimal("0.00")
    time: timedelta = timedelta(minutes=30)
    hub: Decimal = Decimal("0.10")

    def for_record(self, record: "PaymentRecord") -> Decimal:
        """A merchant number that is not the order's is a hub's own."""
        behind_hub = bool(record.merchant_no) and record.merchant_no != record.purchase_no
        return max(self.amount, self.hub) if behind_hub else self.amount


@dataclass(frozen=True)
class Finding:
    """The verdict, the record that the claim speaks of, and the fields that differ or are missing."""

    verdict: Verdict
    record: PaymentRecord | None = None
    mismatches: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def check_claim(
    claim: Claim,
    records: Sequence[PaymentRecord],
    now: datetime,
    tolerance: Tolerance = Tolerance(),  # noqa: B008  (immutable)
    other_claims: Iterable[Claim] = (),
) -> Finding:
    """Compare the claim with the records that share a number or the order with it.

    `other_claims` are claims for other orders. A claim never proves a payment: without a record that money moved the
    best it can be is CLAIMED. The order's own record decides over everything that other customers claim.
    """
    record = find_record(claim, records)
    wrong = _contradictions_in(claim, now)
    wrong |= _differences(claim, record, tolerance) if record else _denials(claim, records, tolerance)
    if not record or record.purchase_no != claim.order_no:
        wrong |= _numbers_taken(claim, other_claims)
    if wrong:
        return Finding(Verdict.CONFLICT, record, mismatches=_sorted(wrong))
    missing = _missing(claim, record)
    if missing:
        return Finding(Verdict.INCOMPLETE, record, missing=missing)
    return Finding(Verdict.MATCHED if record and record.state in CONFIRMED else Verdict.CLAIMED, record)


def find_record(claim: Claim, records: Iterable[PaymentRecord]) -> PaymentRecord | None:
    """The record that has a number of the claim, the transaction number first, then the claimed order's own.

    Customers confuse the two numbers of a bill, so each is looked for in every field. An order may have been tried
    several times under one merchant number, so the payment that took the money, and the claimed amount, goes first.
    """
    hits = [record for record in records if record.numbers & claim.numbers]
    return min(hits, key=lambda record: _distance(claim, record), default=None)


def confirmed_by(claim: Claim, records: Iterable[PaymentRecord], tolerance: Tolerance) -> PaymentRecord | None:
    """The record that the claim knows from its bill; without a proof nothing may be told of any other.

    The channel's number and the amount are enough. The merchant's number is often the order number, which can be
    guessed like the price of a product, so with that the time has to fit too.
    """
    fitting = (each for each in records if fits_amount(claim.amount, each, tolerance.for_record(each)))
    return find_record(
        claim, [each for each in fitting if each.transaction_no in claim.numbers or fits_time(claim, each, tolerance)]
    )


def _distance(claim: Claim, record: PaymentRecord) -> tuple[bool, ...]:
    return (
        claim.transaction_no not in record.numbers,
        claim.order_no != record.purchase_no,
        not fits_amount(claim.amount, record),
        record.state not in CHARGED,
    )


def fits_amount(amount: Decimal | None, record: PaymentRecord, allowed: Decimal = Decimal(0)) -> bool:
    """Whether a customer may read this amount on the bill or in the order.

    Some payment systems add random cents or a fee: the bill then shows another sum than the order. A known bill amount
    is exact; where the channel tells only the order's amount, `allowed` is how much the bill may differ.
    """
    if amount is None:
        return False
    if record.bill_amount is not None:
        return amount in (record.bill_amount, record.amount)
    return abs(amount - record.amount) <= allowed


def fits_time(claim: Claim, record: PaymentRecord, tolerance: Tolerance) -> bool:
    """Whether both times are known and near enough to each other."""
    return bool(claim.paid_at and record.paid_at and abs(claim.paid_at - record.paid_at) <= tolerance.time)


def _contradictions_in(claim: Claim, now: datetime) -> set[str]:
    """What cannot be true of any payment."""
    wrong = set()
    if claim.amount is not None and claim.amount <= 0:
        wrong.add("amount")
    if claim.paid_at and not FIRST_PAYMENT <= claim.paid_at <= now + CLOCK_SKEW:
        wrong.add("paid_at")
    if _channels_differ(claim.channel, channel_of_number(claim.transaction_no)):
        wrong.add("channel")
    begun = date_in_number(claim.transaction_no)
    if begun and claim.paid_at and abs((claim.paid_at.astimezone(SHANGHAI).date() - begun).days) > NUMBER_SKEW_DAYS:
        wrong.add("paid_at")
    return wrong


def _differences(claim: Claim, record: PaymentRecord, tolerance: Tolerance) -> set[str]:
    """The fields of the claim that the record of its number contradicts."""
    if claim.order_no and record.purchase_no not in (None, claim.order_no) and _names_other_order(claim, record):
        # Whether the rest fits is nobody's business but the other order's owner's.
        return {name for name in ("transaction_no", "merchant_no") if getattr(claim, name) in record.numbers}
    wrong = set()
    if (
        claim.transaction_no
        and channel_of_number(claim.transaction_no)
        and channel_of_number(record.transaction_no)
        and claim.transaction_no not in record.numbers
    ):
        wrong.add("transaction_no")
    if claim.amount is not None and not fits_amount(claim.amount, record, tolerance.for_record(record)):
        wrong.add("amount")
    if claim.paid_at and record.paid_at and not fits_time(claim, record, tolerance):
        wrong.add("paid_at")
    if _channels_differ(claim.channel, record.channel):
        wrong.add("channel")
    return wrong


def _names_other_order(claim: Claim, record: PaymentRecord) -> bool:
    """A merchant number that is not an order number of this shop says nothing about the order."""
    return record.order_no is not None or same_form(record.merchant_no, claim.order_no)


def _denials(claim: Claim, records: Sequence[PaymentRecord], tolerance: Tolerance) -> set[str]:
    """What the order's own records say against a claim whose number none of them has."""
    own = [record for record in records if claim.order_no and record.order_no == claim.order_no]
    wrong = set()
    if claim.merchant_no != claim.order_no and same_form(claim.merchant_no, claim.order_no):
        wrong.add("merchant_no")
    # A payment hub or an aggregator records a number of its own, which no bill shows.
    taken = [record for record in own if record.state in CHARGED and channel_of_number(record.transaction_no)]
    same_channel = [record for record in taken if not _channels_differ(_channel(claim), record.channel)]
    # The channel took this order's money under another number. Through another channel it may be a second payment.
    if claim.transaction_no and same_channel:
        wrong.add("transaction_no")
    if (
        claim.amount is not None
        and own
        and not any(fits_amount(claim.amount, each, tolerance.for_record(each)) for each in own)
    ):
        wrong.add("amount")
    return wrong


def _numbers_taken(claim: Claim, others: Iterable[Claim]) -> set[str]:
    """A transaction number that was already claimed for another order."""
    if not claim.transaction_no or not claim.order_no:
        return set()
    reused = any(o.transaction_no == claim.transaction_no and o.order_no not in (None, claim.order_no) for o in others)
    return {"transaction_no"} if reused else set()


def _missing(claim: Claim, record: PaymentRecord | None) -> tuple[str, ...]:
    """What has to be asked for; the time only while no record of the number settles it."""
    needed = {"number": bool(claim.numbers), "amount": claim.amount is not None}
    if not record or not record.paid_at:
        needed["paid_at"] = claim.paid_at is not None
    return tuple(name for name, known in needed.items() if not known)


def _channel(claim: Claim) -> Channel | None:
    return channel_of_number(claim.transaction_no) or claim.channel


def _channels_differ(claimed: Channel | None, recorded: Channel | None) -> bool:
    """A bank card or the wallet's balance may stand behind WeChat and Alipay, so only those two exclude each other."""
    return {claimed, recorded} == {Channel.WECHAT, Channel.ALIPAY}


def _sorted(fields: set[str]) -> tuple[str, ...]:
    order = ("channel", "transaction_no", "merchant_no", "amount", "paid_at")
    return tuple(sorted(fields, key=order.index))
