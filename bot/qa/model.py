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
    """What the customer does, or what happens around them.

    The customer: `text`, `twice` (the same message sent two times), `at_once` (`texts`, sent together), `button` (a
    title, or a payload with its slash), `picture`, or `telegram` (what only Telegram has). The value of a picture is
    its path, or what is drawn; several pictures of one go are parted by blanks.
    Around: `event` (the shop changes the order), `agent` (somebody works on the ticket), `desk` (an agent in the
    conversation), `fault` (a process misbehaves) with their `fields`, `incident` (`open`, `close`), `clock` (`+3h`),
    `widget` (`close`, `open`), `device` (`new`, or the channel on which they go on), or `nothing`.
    """

    kind: str
    value: str = ""
    pictures: tuple["str | Drawing", ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    @property
    def by_customer(self) -> bool:
        return self.kind in ("text", "twice", "at_once", "button", "picture", "telegram")


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
    """One act and what is said next.

    `bot` are the exact names, in order unless `any_order`; no names mean silence, None that names do not matter.
    `says` are patterns that an answer must fit, `buttons` (titles or payloads) those under the last answer that has
    any, `never` names or patterns that no answer may have, `within` the seconds from the accepted message to the last
    answer.
    """

    line: int
    act: Act
    bot: tuple[str, ...] | None
    any_order: bool = False
    says: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()
    within: float | None = None

    @property
    def listens(self) -> bool:
        """Whether anything is expected."""
        expected = (self.says, self.never, self.within)
        return self.act.by_customer or self.bot is not None or self.buttons is not None or any(expected)


@dataclass(frozen=True)
class Calls:
    """Calls of the backend, by method and path (with `*`): how many (None: at least one), and whether under one key."""

    line: int
    method: str
    path: str
    count: int | None = None
    same_key: bool = False


@dataclass(frozen=True)
class Outcome:
    """How things stand at the end; None means that the script does not care.

    `ticket` are fields of the newest ticket; `never` are names or patterns that nothing in the conversation may have.
    """

    line: int = 0
    owner: str | None = None
    language: str | None = None
    tickets: int | None = None
    ticket_type: str | None = None
    diagnosis: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    ticket: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[Calls, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What a script begins with.

    `order` is a diagnosis or the number of a demo order, `amount` another price of a new one; `clock` is where the time
    is moved first, `identity` (`signed`) says that the shop's page signs who the order's customer is.
    """

    order: str | None = None
    language: str = "zh"
    amount: str | None = None
    channel: str = "widget"
    clock: str | None = None
    identity: str | None = None


@dataclass(frozen=True)
class Script:
    """One conversation; `variation` tells it from others of the same words, like ` [en]`, and is the end of `name`."""

    file: str
    line: int
    name: str
    given: Given
    turns: tuple[Turn, ...]
    then: Outcome
    variation: str = ""

    @property
    def order(self) -> str | None:
        return self.given.order

    @property
    def language(self) -> str:
        return self.given.language

    @property
    def amount(self) -> str | None:
        return self.given.amount

    @property
    def title(self) -> str:
        """The name as it is written."""
        return self.name.removesuffix(self.variation)

    @property
    def alone(self) -> bool:
        """Whether it changes what other scripts live in: the time, what is disturbed, who is there or is reached."""
        acts = [each.act for each in self.turns]
        refused = any(act.kind == "fault" and act.fields.get("what") == "refused" for act in acts)
        staffed = any(act.kind == "desk" and act.value == "come" for act in acts)
        changed = any(act.kind in ("clock", "incident") for act in acts)
        return bool(self.given.clock) or refused or staffed or changed

    @property
    def wired(self) -> bool:
        """Whether what the processes say to each other must go through our hands."""
        return bool(self.then.calls) or any(each.act.kind == "fault" for each in self.turns)

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
