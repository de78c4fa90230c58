"""What a script of a conversation test says (pure); `checking` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Located:
    """A YAML value with the line it stands on: a scalar, a list of Located, or a dict of key to Located."""

    value: Any
    line: int


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a script, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ScriptInvalidError(Exception):
    """Scripts that cannot be played; `faults` names every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Act:
    """What the customer does; kind is `text`, `button` (a title, or a payload with its slash) or `picture`.

    The value of a picture is its path, or what is drawn; several pictures of one go are parted by blanks.
    Or what happens around the customer: `event` (the shop changes the order), `agent` (somebody works on the ticket),
    `desk` (an agent in the conversation) with their `fields`, `incident` (`open`, `close`), `clock` (`+3h`), `widget`
    (`close`, `open`), `device` (`new`), or `nothing`.
    """

    kind: str
    value: str = ""
    pictures: tuple["str | Drawing", ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def by_customer(self) -> bool:
        return self.kind in ("text", "button", "picture")


@dataclass(frozen=True)
class Drawing:
    """A page that is drawn for the script's order; `number: other` is a payment that no record knows."""

    page: str
    without: tuple[str, ...] = ()
    damage: str = "none"
    theme: str = "light"
    status: str = "paid"
    number: str = "own"
    amount: str = ""

    def __str__(self) -> str:
        plain = Drawing(self.page)
        changed = [name for name in self.__dataclass_fields__ if getattr(self, name) != getattr(plain, name)]
        details = "".join(f",{name}={getattr(self, name)}" for name in changed)
        return f"{self.page}{details}"


@dataclass(frozen=True)
class Turn:
    """One act and the exact names of what is said next; no names mean silence, None that nobody listens."""

    line: int
    act: Act
    bot: tuple[str, ...] | None


@dataclass(frozen=True)
class Outcome:
    """How things stand at the end; None means that the script does not care."""

    line: int = 0
    owner: str | None = None
    language: str | None = None
    tickets: int | None = None
    ticket_type: str | None = None
    diagnosis: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """One conversation; `order` is a diagnosis or the number of a demo order, `amount` another price of a new one."""

    file: str
    line: int
    name: str
    order: str | None
    language: str
    turns: tuple[Turn, ...]
    then: Outcome
    amount: str | None = None

    @property
    def alone(self) -> bool:
        """Whether it changes what other scripts live in: the time, or what is disturbed."""
        return any(each.act.kind in ("clock", "incident") for each in self.turns)

    @property
    def place(self) -> str:
        """`file::name`, as it is chosen on the command line."""
        return f"{self.file}::{self.name}"


@dataclass(frozen=True)
class Vocabulary:
    """The names that a script may use."""

    responses: frozenset[str]
    diagnoses: frozenset[str]
    slots: frozenset[str]
