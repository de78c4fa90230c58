"""What an order's payments and claims amount to, for its diagnosis. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.backend.payments.model import KEPT, PaymentRecord, PaymentState, Verdict


@dataclass(frozen=True)
class PaymentEvidence:
    """What payments and claims say about one order, for its diagnosis.

    `payment` is a value of the payment axis and None when there is neither record nor claim; `source` is GATEWAY or
    USER_CLAIM. `conflict` and `claimed` come from the newest claim; `claimed` with an unpaid, failed or closed record
    means that the customer says otherwise and nobody can confirm it.
    """

    payment: str | None = None
    source: str | None = None
    conflict: bool = False
    claimed: bool = False
    duplicate: bool = False
    record: PaymentRecord | None = None


# Which record speaks for an order that has several: money that was taken before attempts that were not.
STATE_ORDER = (
    PaymentState.PAID, PaymentState.HELD, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED,
    PaymentState.PROCESSING, PaymentState.UNPAID, PaymentState.FAILED, PaymentState.CLOSED,
)  # fmt: skip


def evidence_from(records: Sequence[PaymentRecord], newest_claim: Verdict | None) -> PaymentEvidence:
    """Sum up an order's records (oldest first) and the verdict on its newest claim."""
    # A claim may match a payment that the shop has not put to any order.
    claimed = newest_claim in (Verdict.CLAIMED, Verdict.MATCHED)
    conflict = newest_claim is Verdict.CONFLICT
    if not records:
        payment = "CLAIMED_PAID" if claimed else None
        return PaymentEvidence(payment, "USER_CLAIM" if claimed else None, conflict, claimed)
    record = min(records, key=lambda each: STATE_ORDER.index(each.state))
    duplicate = sum(each.state in KEPT for each in records) > 1
    return PaymentEvidence(record.state.value, "GATEWAY", conflict, claimed, duplicate, record)
