"""What the desk's page sends of canned replies, macros, summaries and scores."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bot.gateway.canned.model import unknown_places
from bot.gateway.conversations.bodies import Cleaned, Id, Language
from bot.gateway.http import Body
from bot.redact import redact

MOST_STEPS = 20
LONGEST_TEXT = 4000


def _check_places(text: str) -> str:
    if unknown_places(text):
        raise ValueError("a place that means nothing")
    return text


def _hide(value: Any) -> Any:
    return redact(value).text if isinstance(value, str) else value


Hidden = BeforeValidator(_hide)
Shortcut = Annotated[str, Cleaned, StringConstraints(pattern=r"^[^\s/{}]{1,40}$")]
Title = Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=120, pattern=r"\S")]
Team = Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[
    str, Hidden, Cleaned, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_check_places)
]
Words = Annotated[str, Hidden, Cleaned, StringConstraints(max_length=LONGEST_TEXT)]
Picture = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}\.png$")]
Cause = Literal["C1", "C2", "C3", "C4", "other"]
Points = Annotated[int, Field(ge=1, le=5)]


class NewCanned(Body):
    """`picture`: the name of one of the drawn examples that the gateway has."""

    shortcut: Shortcut
    title: Title
    language: Language
    text: Text
    team: Team | None = None
    picture: Picture | None = None


class CannedChange(Body):
    """Any of these; null takes team or picture away."""

    shortcut: Shortcut = ""
    title: Title = ""
    language: Language = "zh"
    text: Text = ""
    team: Team | None = None
    picture: Picture | None = None


class CannedFor(Body):
    """For whom a reply is filled; without an order, the likeliest one of the conversation."""

    conversation_id: Id
    order_no: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class ReplyStep(Body):
    do: Literal["reply_canned"]
    canned_id: Id


class TagStep(Body):
    do: Literal["tag"]
    tags: Annotated[list[Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=50)]], Field(max_length=20)]


class NoteStep(Body):
    do: Literal["note"]
    text: Annotated[Words, StringConstraints(min_length=1)]


class PriorityStep(Body):
    do: Literal["priority"]
    priority: Literal["low", "normal", "high", "urgent"]


class TransferStep(Body):
    do: Literal["transfer"]
    to: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    team: Team | None = None


class ResolveStep(Body):
    do: Literal["resolve"]
    cause: Cause | None = None
    text: Words = ""


class WaitStep(Body):
    """Wait for the customer, who is asked `text`, or for upstream."""

    do: Literal["wait"]
    waiting_for: Literal["customer", "upstream"] = "upstream"
    text: Words = ""
    ticket_no: Annotated[str, StringConstraints(max_length=40)] | None = None


Step = Annotated[
    ReplyStep | TagStep | NoteStep | PriorityStep | TransferStep | ResolveStep | WaitStep, Field(discriminator="do")
]
Steps = Annotated[list[Step], Field(min_length=1, max_length=MOST_STEPS)]


class NewMacro(Body):
    """What is done one after the other, by the page through the ordinary API."""

    title: Title
    steps: Steps


class MacroChange(Body):
    title: Title = ""
    steps: Steps = Field(default_factory=list)


class NewSummary(Body):
    """What it was, and how it ended."""

    cause: Cause
    text: Words
    result: Words = ""


class QualityPoints(Body):
    greeting: Points
    facts: Points
    solution: Points
    tone: Points


class NewQuality(Body):
    score: Points
    points: QualityPoints
    comment: Words = ""
