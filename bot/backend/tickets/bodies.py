"""The request bodies of `/v1/tickets`."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from bot.backend.http import Body
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Actor, ActorKind, Author, Demand, Priority, Status, TicketType, has_words
from bot.backend.tickets.reports import Report
from bot.backend.tickets.store import STATEMENT
from bot.errors import InvalidError

Part = Annotated[str, StringConstraints(max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
CustomerRef = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Evidence = Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=20)]


def check_words(text: str) -> None:
    """Customers are not sent what cannot be read; raises InvalidError."""
    if not has_words(text):
        raise InvalidError("There are no words for the customer.", fields=["text"])


class ActorBody(Body):
    """Who does it, as our own process says; `shown` is how customers know an agent."""

    kind: Literal[ActorKind.AGENT, ActorKind.SYSTEM, ActorKind.AUTOMATION]
    name: Name
    shown: Name | None = None

    def actor(self) -> Actor:
        return Actor(self.kind, self.name, self.shown)


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
        promise: timedelta,
    ) -> Report:
        """The report; `pictures` are those of its evidence that exist, `promise` is the time for an answer."""
        same = ("customer_ref", "conversation_id", "language", "type", "priority", "demand", "title", "content")
        return Report(
            order_no=proven_no,
            claimed_no=claimed_no,
            statement={name: getattr(self, name) for name in STATEMENT},
            evidence=pictures,
            amount=amount,
            now=now,
            promise=promise,
            **{name: getattr(self, name) for name in same},
        )


class MessageBody(Body):
    """A customer's words, pictures or both; whoever writes to a customer needs words."""

    author: Author
    text: Annotated[str, StringConstraints(max_length=4000)] = ""
    evidence: Evidence = Field(default_factory=list)
    customer_ref: CustomerRef | None = None
    author_name: Name | None = None

    @property
    def action(self) -> Action:
        """What the message does to the case; an agent's is an answer."""
        if self.author is Author.CUSTOMER:
            return Action.CUSTOMER_MESSAGE
        return Action.REPLY if self.author is Author.AGENT else Action.SYSTEM_MESSAGE

    def whom(self, customer_refs: set[str]) -> Actor:
        """Who writes; `customer_refs` are the names of the customer at the door."""
        if self.author is Author.CUSTOMER:
            return Actor(ActorKind.CUSTOMER, self.customer_ref or min(customer_refs))
        kind = ActorKind.AGENT if self.author is Author.AGENT else ActorKind.SYSTEM
        return Actor(kind, self.author_name or self.author.value)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.author is not Author.CUSTOMER:
            check_words(self.text)
        elif not self.text and not self.evidence:
            raise ValueError("neither text nor evidence")
        return self


class RatingBody(Body):
    """1 (not at all content) to 5 (very)."""

    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Annotated[str, StringConstraints(max_length=1000)] = ""
    customer_ref: CustomerRef | None = None


class ChangeBody(Body):
    """What an agent may change."""

    funds_at_platform: StrictBool | None = None
    stalling: StrictBool | None = None
    status: Status | None = None
    actor: ActorBody | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        changed = self.model_fields_set - {"actor"}
        if not changed or any(getattr(self, name) is None for name in changed):
            raise ValueError("nothing to change")
        return self
