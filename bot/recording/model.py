"""What a recording is made from and what it consists of; no library, no input or output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# One event of a Rasa tracker, as its API and its database have it.
Event = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A message of the log. `author` is an agent; `evidence_id` the picture that came with it."""

    message_id: str
    position: int
    kind: str
    sender: str
    text: str
    created_at: datetime
    author: str | None = None
    activity: Mapping[str, Any] | None = None
    reply_to: str | None = None
    reply_key: str | None = None
    evidence_id: str | None = None
    has_picture: bool = False
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the bot was asked, at the place of a message; `ask` is a text or a payload."""

    turn_id: str
    position: int
    ask: str
    redacted: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """News of the backend that was told in the conversation."""

    event_id: str
    type: str
    occurred_at: datetime
    ticket_no: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class History:
    """One conversation as the gateway has it; `secrets` are names and identities that must not be written."""

    conversation_id: str
    channel: str
    language: str
    owner: str
    created_at: datetime
    stretches: int
    lines: Sequence[Line]
    asked: Sequence[Asked]
    told: Sequence[Told] = ()
    secrets: tuple[str, ...] = ()


@dataclass
class Step:
    """One turn of the script: an act (`customer`, `desk`, `agent`, `event`, `clock`, `incident`) and what is said then.

    `act` is None when only something is waited for; `remarks` become comments.
    """

    kind: str = ""
    act: Any = None
    position: int = 0
    heard: list[str] = field(default_factory=list)
    turn_ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
