"""The request bodies of `/v1/tickets`."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from bot.backend.http import Body
from bot.backend.tickets.model import Author, Demand, Priority, Status, TicketType
from bot.backend.tickets.store import STATEMENT, Report

Part = Annotated[str, StringConstraints(max_length=300)]
CustomerRef = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Evidence = Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=20)]


class TicketBody(Body):
    """A report: what happened, in four parts, and what the customer asks for."""

    order_no: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    type: TicketType
    priority: Priority = Priority.NORMAL
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    content: Annotated[str, StringConstraints(max_length=4000)] = ""
    initiated_at: Part = ""
    product: Part = ""
    payment_state: Part = ""
    order_state: Part = ""
    demand: Demand | None = None
    evidence: Evidence = Field(default_factory=list)
    conversation_id: Annotated[str, StringConstraints(max_length=128)] | None = None
    customer_ref: CustomerRef
    language: Annotated[str, StringConstraints(max_length=10)] = "zh"

    def report(
        self,
        proven_no: str | None,
        claimed_no: str | None,
        amount: Decimal | None,
        pictures: list[str],
        now: datetime,
        reply_by: datetime,
    ) -> Report:
        """The report; `pictures` are those of its evidence that exist."""
        same = ("customer_ref", "conversation_id", "language", "type", "priority", "demand", "title", "content")
        return Report(
            order_no=proven_no,
            claimed_no=claimed_no,
            statement={name: getattr(self, name) for name in STATEMENT},
            evidence=pictures,
            amount=amount,
            now=now,
            reply_by=reply_by,
            **{name: getattr(self, name) for name in same},
        )


class MessageBody(Body):
    """Words, pictures or both."""

    author: Author
    text: Annotated[str, StringConstraints(max_length=4000)] = ""
    evidence: Evidence = Field(default_factory=list)
    customer_ref: CustomerRef | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.evidence:
            raise ValueError("neither text nor evidence")
        return self


class ChangeBody(Body):
    """What an agent may change."""

    funds_at_platform: StrictBool | None = None
    stalling: StrictBool | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("nothing to change")
        return self
