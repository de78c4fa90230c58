"""What was expected against what happened (pure); an empty list means that both agree."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any

from bot.qa.model import Calls, Outcome, Turn
from bot.qa.proxy import Call

Titles = Callable[[str], set[str]]


@dataclass(frozen=True)
class Heard:
    """What a customer was told after one act; `buttons` are the titles under the last answer that has any."""

    names: Sequence[str]
    texts: Sequence[str]
    buttons: Sequence[str] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Found:
    """How things stand after a conversation; tickets are those of the backend's contract, the newest first.

    `ticket` is the newest with all that the desk sees of it, `calls` are those of the backend that concern the script.
    """

    owner: str
    language: str
    tickets: Sequence[Mapping[str, Any]] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    ticket: Mapping[str, Any] | None = None
    calls: Sequence[Call] = ()

    @property
    def diagnosis(self) -> str | None:
        """The last diagnosis that the dialog said."""
        return (self.slots.get("case") or {}).get("diagnosis")


def compare_answers(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """A diff of utter names, one per line: `  ` as expected, `- ` missing, `+ ` too much."""
    if list(expected) == list(actual):
        return []
    lines: list[str] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, expected, actual, False).get_opcodes():
        if tag == "equal":
            lines += [f"  {name}" for name in expected[start:end]]
        else:
            lines += [f"- {name}" for name in expected[start:end]]
            lines += [f"+ {name}" for name in actual[other_start:other_end]]
    return lines


def compare_unordered(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """The same when the order does not matter."""
    missing, extra = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    if not missing and not extra:
        return []
    shared = Counter(expected) & Counter(actual)
    marked = (("  ", shared), ("- ", missing), ("+ ", extra))
    return [f"{mark}{name}" for mark, names in marked for name in names.elements()]


def compare_heard(turn: Turn, heard: Heard, titles: Titles, values: Mapping[str, str]) -> list[str]:
    """Everything that a turn expects; `titles` gives those of a payload, `values` fill the blanks of patterns."""
    lines: list[str] = []
    if turn.bot is not None:
        lines += (compare_unordered if turn.any_order else compare_answers)(turn.bot, heard.names)
    for pattern in turn.says:
        if not any(re.search(filled(pattern, values), text) for text in heard.texts):
            lines.append(f"says: no answer fits {pattern!r}")
    if turn.buttons is not None and not _same_buttons(turn.buttons, heard.buttons, titles):
        lines.append(f"buttons: expected {_listed(turn.buttons)}, found {_listed(heard.buttons)}")
    lines += said_never(turn.never, heard.names, heard.texts, values)
    if turn.within is not None and heard.seconds > turn.within:
        lines.append(f"within: the last answer took {heard.seconds:.1f} s, promised are {turn.within:g} s")
    return lines


def said_never(
    never: Iterable[str], names: Sequence[str], texts: Sequence[str], values: Mapping[str, str]
) -> list[str]:
    """Sentences that must not be said, by their name or by a pattern."""
    return [
        f"never: {name} | {text[:80]}"
        for pattern in never
        for name, text in zip(names, texts, strict=True)
        if (name == pattern if pattern.startswith("utter_") else re.search(filled(pattern, values), text))
    ]


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """A pattern with the blanks of the script filled, as plain words."""
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", re.escape(value))
    return pattern


def _same_buttons(expected: Sequence[str], found: Sequence[str], titles: Titles) -> bool:
    return len(expected) == len(found) and all(
        title in (titles(wanted) if wanted.startswith("/") else {wanted})
        for wanted, title in zip(expected, found, strict=True)
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def compare_calls(calls: Calls, seen: Iterable[Call]) -> list[str]:
    """Whether so many calls were seen, and under one key where that is asked."""
    found = [each for each in seen if each.method == calls.method and fnmatchcase(each.path, calls.path)]
    target = f"calls of {calls.method} {calls.path}"
    if calls.count is not None and len(found) != calls.count:
        return [f"{target}: expected {calls.count}, found {len(found)}"]
    if calls.count is None and not found:
        return [f"{target}: expected some, found none"]
    keys = {each.key for each in found}
    if calls.same_key and (len(keys) != 1 or None in keys):
        return [f"{target}: expected one idempotency key, found {len(keys - {None})}"]
    return []


def compare_ticket(wanted: Mapping[str, Any], ticket: Mapping[str, Any] | None, values: Mapping[str, str]) -> list[str]:
    """The fields of the newest ticket; `title` and `content` are patterns."""
    if wanted and ticket is None:
        return ["ticket: expected one, found none"]
    lines = []
    for name, expected in wanted.items():
        actual = (ticket or {}).get(name)
        if isinstance(expected, tuple):
            lines += [
                f"ticket {name}: nothing fits {pattern!r} in {actual!r}"
                for pattern in expected
                if not re.search(filled(pattern, values), str(actual or ""))
            ]
        elif actual != (blank := _blanks(expected, values)):
            lines.append(f"ticket {name}: expected {blank!r}, found {actual!r}")
    return lines


def _blanks(value: Any, values: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for name, each in values.items():
        value = value.replace("{" + name + "}", each)
    return value


def compare_outcome(then: Outcome, found: Found, values: Mapping[str, str] | None = None) -> list[str]:
    """One line per expectation that does not hold."""
    types = [ticket.get("type") for ticket in found.tickets]
    pairs: list[tuple[str, Any, Any]] = [
        ("owner", then.owner, found.owner),
        ("language", then.language, found.language),
        ("tickets", then.tickets, len(found.tickets)),
        ("diagnosis", then.diagnosis, found.diagnosis),
    ]
    lines = [
        f"{name}: expected {expected}, found {actual}"
        for name, expected, actual in pairs
        if expected is not None and expected != actual
    ]
    if then.ticket_type is not None and (not types or set(types) != {then.ticket_type}):
        lines.append(f"ticket_type: expected {then.ticket_type}, found {', '.join(map(str, types)) or 'no ticket'}")
    for name, expected in then.slots.items():
        if found.slots.get(name) != expected:
            lines.append(f"slot {name}: expected {expected!r}, found {found.slots.get(name)!r}")
    lines += compare_ticket(then.ticket, found.ticket, values or {})
    return lines + [line for calls in then.calls for line in compare_calls(calls, found.calls)]
