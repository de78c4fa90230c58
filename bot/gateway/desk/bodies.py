"""What the desk's page sends: the bodies of its API and the frames of its socket."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.gateway.conversations.bodies import Cleaned, ClientId, Id
from bot.gateway.http import Body

LONGEST_TEXT = 4000
MOST_TAGS = 20

Text = Annotated[str, Cleaned, StringConstraints(max_length=LONGEST_TEXT)]
Note = Annotated[str, Cleaned, StringConstraints(max_length=LONGEST_TEXT)]
Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$")]
Team = Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=60)]
Tag = Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=50)]
Position = Annotated[int, Field(ge=0, le=2**31 - 1)]
Status = Literal["online", "away", "busy"]
Priority = Literal["low", "normal", "high", "urgent"]


class CannedUse(Body):
    """Which canned reply the text came of, and the version of the order data in it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    order_version: Annotated[str, StringConstraints(max_length=200)] | None = None


class DeskNewMessage(Body):
    """A reply or a note, with text, picture or both; `client_id` makes it safe to send again."""

    client_id: ClientId
    kind: Literal["reply", "note"]
    text: Text = ""
    picture_id: Id | None = None
    canned: CannedUse | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.picture_id:
            raise ValueError("a message needs a text or a picture")
        return self


class Retry(Body):
    message_id: Id


class Claim(Body):
    """`force`: a supervisor takes it from another agent."""

    force: bool = False


class Transfer(Body):
    """Either `to` (a username) or `team`."""

    to: Username | None = None
    team: Team | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.to is None) == (self.team is None):
            raise ValueError("either to or team")
        return self


class HandBack(Body):
    note: Note = ""


class ResolveSummary(Body):
    cause: Literal["C1", "C2", "C3", "C4", "other"]
    text: Text = ""


class Resolve(Body):
    """`silent`: the customer is not told and not asked for a score."""

    summary: ResolveSummary | None = None
    silent: bool = False


class Tags(Body):
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class PriorityChange(Body):
    priority: Priority


class DraftChange(Body):
    text: Text


class ReadChange(Body):
    position: Position


class PresenceChange(Body):
    """What colleagues see; `capacity` is how many cases at once."""

    status: Status
    capacity: Annotated[int, Field(ge=0, le=100)] | None = None


class Resume(Body):
    """The first frame: up to where this page knows everything; `epoch` null when it knows nothing."""

    type: Literal["resume"]
    epoch: Annotated[str, StringConstraints(max_length=32)] | None = None
    n: Annotated[int, Field(ge=0, le=2**53)] = 0


class WatchFrame(Body):
    type: Literal["watch"]
    conversation_id: Id | None = None


class TypingFrame(Body):
    type: Literal["typing"]
    conversation_id: Id
    typing: bool


class PresenceFrame(Body):
    type: Literal["presence"]
    status: Status


class DeskPing(Body):
    type: Literal["ping"]


DESK_CLIENT_FRAMES: dict[str, type[Body]] = {
    "resume": Resume,
    "watch": WatchFrame,
    "typing": TypingFrame,
    "presence": PresenceFrame,
    "ping": DeskPing,
}
DESK_SERVER_FRAMES = (
    "hello",
    "reset",
    "conversation_changed",
    "message_created",
    "message_changed",
    "typing_changed",
    "presence_changed",
    "counts_changed",
    "watchers_changed",
    "error",
    "pong",
)
BODIES: tuple[type[Body], ...] = (
    DeskNewMessage, Retry, Claim, Transfer, HandBack, Resolve, Tags, PriorityChange, DraftChange, ReadChange,
    PresenceChange,
)  # fmt: skip
