"""The request bodies of `/v1/desk`: who does it, and what the action needs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from bot.backend.http import Body
from bot.backend.tickets.bodies import ActorBody, Evidence, Name, check_words
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Decision, Waiting

Text = Annotated[str, StringConstraints(max_length=4000)]
Reason = Annotated[str, StringConstraints(max_length=1000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class ActBody(Body):
    """`text` and the pictures that go with it are for the customer, `reason` is for colleagues."""

    actor: ActorBody
    text: Text = ""
    evidence: Evidence = Field(default_factory=list)
    reason: Reason = ""

    @property
    def promise(self) -> dict[str, datetime | None]:
        """When the customer was told to hear more, under the name of its field."""
        return {}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text or self.evidence:
            check_words(self.text)
        return self


class NoteBody(ActBody):
    """For colleagues, to whom a picture may say enough."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.evidence:
            raise ValueError("neither text nor evidence")
        return self


class ReplyBody(ActBody):
    """An answer; `promised_at`: when the customer hears more."""

    promised_at: AwareDatetime | None = None

    @property
    def promise(self) -> dict[str, datetime | None]:
        return {"promised_at": self.promised_at}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        check_words(self.text)
        return self


class WaitBody(ActBody):
    """Whom to wait for; the customer has to be told what for. `until`: when the customer hears more."""

    waiting_for: Waiting
    until: AwareDatetime | None = None

    @property
    def promise(self) -> dict[str, datetime | None]:
        return {"until": self.until}

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.waiting_for is Waiting.CUSTOMER:
            check_words(self.text)
        return self


class AssignBody(ActBody):
    """Give the case to an agent, or with null back to the queue; `assignee_shown` is how customers know the agent."""

    assignee: Name | None
    assignee_shown: Name | None = None


class RepairBody(Body):
    """Something about the order; `reason` is for colleagues."""

    actor: ActorBody
    reason: Reason = ""


class CorrectBody(RepairBody):
    """Where the order is to be delivered to; the shop looks whether it fits the product."""

    target: Annotated[str, StringConstraints(min_length=1, max_length=120)]


class MergeBody(Body):
    """The number of the ticket that survives."""

    actor: ActorBody
    into: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    reason: Reason = ""


class RefundBody(Body):
    """A decision; the customer reads `reason`. Without an amount it is that of the case."""

    actor: ActorBody
    decision: Decision
    amount: Money | None = None
    expected_at: AwareDatetime | None = None
    reason: Reason = ""

    @property
    def action(self) -> Action:
        return Action.REFUND_APPROVED if self.decision is Decision.APPROVED else Action.REFUND_REJECTED

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.decision is Decision.APPROVED and self.expected_at is None:
            raise ValueError("when the money is expected is missing")
        if self.decision is Decision.REJECTED and not self.reason:
            raise ValueError("the reason is missing")
        return self


class DecisionBody(Body):
    """What the second person says."""

    actor: ActorBody
    decision: Literal["approved", "rejected"]
    reason: Reason = ""
