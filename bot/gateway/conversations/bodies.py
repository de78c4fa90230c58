"""What customers' programs send: the bodies of the API and the frames of the socket."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.gateway.conversations.model import clean_text
from bot.gateway.http import Body

LONGEST_TEXT = 2000


def _clean(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


Language = Literal["zh", "en"]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
ClientId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
Cleaned = BeforeValidator(_clean)


class Identity(Body):
    """Who the shop's page says this is; `signature` covers `user_id` and `issued_at` (Unix seconds)."""

    user_id: Annotated[str, Cleaned, StringConstraints(min_length=1, max_length=100)]
    issued_at: Annotated[int, Field(ge=0, le=10**11)]
    signature: Annotated[str, StringConstraints(max_length=128)]
    name: Annotated[str, Cleaned, StringConstraints(max_length=80)] | None = None


class NewConversation(Body):
    """`language` may be any tag like `en-GB`; unknown ones become zh."""

    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    identity: Identity | None = None
    page_url: Annotated[str, Cleaned, StringConstraints(max_length=2000)] | None = None


class ConversationChange(Body):
    """Either field, or both."""

    language: Language | None = None
    read_seq: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class NewMessage(Body):
    """One of text, button and picture, as `type` says; `client_id` makes it safe to send again.

    `more`: another picture follows at once, and the bot answers them together.
    """

    client_id: ClientId
    type: Literal["text", "button", "picture"]
    text: Annotated[str, Cleaned, StringConstraints(max_length=LONGEST_TEXT)] = ""
    button_id: Id | None = None
    picture_id: Id | None = None
    more: bool = False

    @model_validator(mode="after")
    def _has_its_field(self) -> Self:
        content = {"text": self.text, "button": self.button_id, "picture": self.picture_id}[self.type]
        if not content:
            raise ValueError(f"a {self.type} message needs its {self.type}")
        return self


class Hello(Body):
    """The first frame: who it is, and the `seq` up to which they have everything."""

    type: Literal["hello"]
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class MessageSend(Body):
    type: Literal["message_send"]
    message: NewMessage


class ReadMark(Body):
    type: Literal["read_mark"]
    seq: Annotated[int, Field(ge=0, le=2**31 - 1)]


class Typing(Body):
    type: Literal["typing"]
    typing: bool


class Ping(Body):
    type: Literal["ping"]


CLIENT_FRAMES: dict[str, type[Body]] = {
    "hello": Hello,
    "message_send": MessageSend,
    "read_mark": ReadMark,
    "typing": Typing,
    "ping": Ping,
}
SERVER_FRAMES = (
    "hello_accepted",
    "message_created",
    "message_accepted",
    "typing_changed",
    "conversation_changed",
    "error",
    "pong",
)
