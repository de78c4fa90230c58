"""Rules and stories of data/ as patterns over the steps of a dialog (pure).

Rasa's tracker names the policy that chose an action, but not the rule. So a rule counts as played when its own steps
are found in a dialog one right after the other: its condition held, one of its intents came, and exactly its actions
followed, with the forms and slots that it names, the first of them chosen by the RulePolicy. Two rules of the same
steps differ in their condition, so no step counts for two rules. A story counts when one dialog holds all of its steps
without a gap.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.qa.steps import Step


@dataclass(frozen=True)
class Pattern:
    """One rule or story; of a rule with `or` each alternative is one, as Rasa makes it."""

    name: str
    steps: tuple[Mapping[str, Any], ...]
    conditions: tuple[Mapping[str, Any], ...] = ()
    is_rule: bool = True


def patterns_in(document: Mapping[str, Any], kind: str) -> list[Pattern]:
    """The patterns of a `rules` or `stories` file; kind is `rule` or `story`."""
    key = {"rule": "rules", "story": "stories"}[kind]
    return [each for found in document.get(key) or () for each in _alternatives(found, kind)]


def _alternatives(found: Mapping[str, Any], kind: str) -> Iterator[Pattern]:
    choices = [each.get("or", [each]) for each in found["steps"]]
    conditions = tuple(found.get("condition") or ())
    for steps in itertools.product(*choices):
        chosen = [str(step.get("intent")) for step, among in zip(steps, choices, strict=True) if len(among) > 1]
        name = f"{found[kind]} [{', '.join(chosen)}]" if chosen else str(found[kind])
        yield Pattern(name, tuple(steps), conditions, kind == "rule")


def is_played(pattern: Pattern, steps: Sequence[Step]) -> bool:
    """Whether a dialog holds the pattern."""
    dialog = [each for each in steps if each.kind != "left"]
    return any(_begins_at(pattern, dialog, start) for start in range(len(dialog)))


def _begins_at(pattern: Pattern, dialog: Sequence[Step], start: int) -> bool:
    place, last = start, None
    loops: Iterator[str | None] = iter(())
    for wanted in pattern.steps:
        if "intent" in wanted or "action" in wanted:
            kind = "intent" if "intent" in wanted else "action"
            if place >= len(dialog) or (dialog[place].kind, dialog[place].name) != (kind, wanted[kind]):
                return False
            last, place = dialog[place], place + 1
            loops = iter(last.loops)
        elif last is None:
            return False
        elif "active_loop" in wanted:
            # A form may begin and end in one action; then both changes are named one after the other.
            if wanted["active_loop"] not in loops and last.loop_after != wanted["active_loop"]:
                return False
        elif not _holds(wanted.get("slot_was_set"), last.after):
            return False
    first = dialog[start]
    return all(_condition_holds(each, first) for each in pattern.conditions) and (
        not pattern.is_rule or _chosen_by_rules(dialog[start:place])
    )


def _condition_holds(condition: Mapping[str, Any], first: Step) -> bool:
    if "active_loop" in condition:
        return condition["active_loop"] in (first.loop_before, *first.loops)
    return _holds(condition.get("slot_was_set"), first.before)


def _holds(wanted: Any, slots: Mapping[str, Any]) -> bool:
    pairs = wanted if isinstance(wanted, list) else [wanted or {}]
    return all(slots.get(name) == value for each in pairs for name, value in each.items())


def _chosen_by_rules(steps: Sequence[Step]) -> bool:
    policy = next((each.policy for each in steps if each.kind == "action"), "")
    return "RulePolicy" in policy
