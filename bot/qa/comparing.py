"""What was expected against what happened (pure); an empty list means that both agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from bot.qa.model import Outcome


@dataclass(frozen=True)
class Found:
    """How things stand after a conversation; tickets are those of the backend's contract."""

    owner: str
    language: str
    tickets: Sequence[Mapping[str, Any]] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)

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


def compare_outcome(then: Outcome, found: Found) -> list[str]:
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
    return lines
