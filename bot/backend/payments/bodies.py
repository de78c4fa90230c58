"""The request body of `/v1/payments/verify`."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from bot.backend.http import Body
from bot.backend.payments.model import Claim
from bot.backend.payments.numbers import Channel
from bot.numbers import normalize_number

LONGEST_NUMBER = 100
FIRST_DAY, LAST_DAY = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _number(text: str | None) -> str | None:
    """One spelling; a number that is longer in it than in the customer's is cut to what the table holds."""
    return normalize_number(text)[:LONGEST_NUMBER] or None if text else None


def _sensible(moment: datetime) -> datetime:
    if not FIRST_DAY <= moment <= LAST_DAY:
        raise ValueError("not in this century")
    return moment.astimezone(UTC)


Number = Annotated[str, StringConstraints(max_length=LONGEST_NUMBER), AfterValidator(_number)]


class ClaimBody(Body):
    """A payment as the customer's bill shows it; null is "not known". A bill shows money that left with a minus."""

    channel: Channel | None = None
    transaction_no: Number | None = None
    merchant_no: Number | None = None
    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2), AfterValidator(abs)] | None = None
    paid_at: Annotated[AwareDatetime, AfterValidator(_sensible)] | None = None


class VerifyPaymentBody(Body):
    """`order_no` counts only with its proof."""

    order_no: Number | None = None
    claim: ClaimBody
    customer_ref: Annotated[str, StringConstraints(min_length=1, max_length=128)]

    def claim_for(self, order_no: str | None) -> Claim:
        return Claim(order_no=order_no, **{name: getattr(self.claim, name) for name in ClaimBody.model_fields})
