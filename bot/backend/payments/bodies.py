"""The request body of `/v1/payments/verify`."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

from bot.backend.http import Body
from bot.backend.payments.model import Claim
from bot.backend.payments.numbers import Channel
from bot.numbers import normalize_number

LONGEST_NUMBER = 100
# Nobody paid outside of these; the rules call both ends a contradiction, and every database can hold them.
FIRST_DAY, LAST_DAY = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _number(text: str | None) -> str | None:
    """One spelling; a number that is longer in it than in the customer's is cut to what the table holds."""
    return normalize_number(text)[:LONGEST_NUMBER] or None if text else None


def _clamped(moment: datetime | None) -> datetime | None:
    return max(FIRST_DAY, min(LAST_DAY, moment)).astimezone(UTC) if moment else None


def _written(pattern: str) -> BeforeValidator:
    """Only texts of this form; numbers in JSON have lost their digits already."""

    def check(value: object) -> object:
        if value is not None and not (isinstance(value, str) and re.match(pattern, value.strip())):
            raise ValueError("of another form")
        return value

    return BeforeValidator(check)


AMOUNT = r"^[+-]?\d{1,10}(\.\d{1,2})?$"
MOMENT = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}"
Number = Annotated[str, StringConstraints(max_length=LONGEST_NUMBER), AfterValidator(_number)]


class ClaimBody(Body):
    """A payment as the customer's bill shows it; null is "not known". A bill shows money that left with a minus."""

    channel: Channel | None = None
    transaction_no: Number | None = None
    merchant_no: Number | None = None
    amount: Annotated[Decimal | None, _written(AMOUNT), AfterValidator(lambda value: value and abs(value))] = None
    paid_at: Annotated[AwareDatetime | None, _written(MOMENT), AfterValidator(_clamped)] = None


class VerifyPaymentBody(Body):
    """`order_no` counts only with its proof."""

    order_no: Number | None = None
    claim: ClaimBody
    customer_ref: Annotated[str, StringConstraints(min_length=1, max_length=128)]

    def claim_for(self, order_no: str | None) -> Claim:
        return Claim(order_no=order_no, **{name: getattr(self.claim, name) for name in ClaimBody.model_fields})
