"""What a shop sends."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, StringConstraints

from bot.backend.changes.model import ShopChange
from bot.backend.http import Body

Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _written_as_money(value: object) -> object:
    """Only texts: a number in JSON may have lost its digits already."""
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"\d{1,10}\.\d{2}", value.strip(), re.ASCII)):
        raise ValueError("not like 30.00")
    return value


def _written_as_time(value: object) -> object:
    if value is not None and not isinstance(value, str):
        raise ValueError("not in ISO 8601")
    return value


def _in_utc(value: datetime | None) -> datetime | None:
    """The ends of the calendar have no time in UTC."""
    try:
        return value.astimezone(UTC) if value else None
    except OverflowError as error:
        raise ValueError("outside of the calendar") from error


Money = Annotated[Decimal, BeforeValidator(_written_as_money)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_time), AfterValidator(_in_utc)]


class ShopEventBody(Body):
    """A change of an order; fields that we do not know are left aside, a shop may tell more than we ask."""

    model_config = ConfigDict(extra="ignore")

    type: Word
    order_no: Number
    state: Word
    occurred_at: Moment
    transaction_no: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    refund_amount: Money | None = None
    refund_to: Literal["channel", "balance"] | None = None

    def change(self) -> ShopChange:
        return ShopChange(**self.model_dump())


class DemoEventBody(ShopEventBody):
    """The same, without a time: now."""

    occurred_at: Moment | None = None  # type: ignore[assignment]

    def change_at(self, now: datetime) -> ShopChange:
        return ShopChange(**{**self.model_dump(), "occurred_at": self.occurred_at or now})
