"""What the played scripts have reached of all that the dialog can do, and what is missing (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.actions.outcomes import Outcomes
from bot.qa.patterns import Pattern, is_played
from bot.qa.result import Result
from bot.qa.steps import LOST, Step, steps_of
from bot.recording.naming import Sentences

# The parts that `--need` is about.
NEEDED = ("rules", "responses", "actions × outcome", "diagnoses")
FORM_OUTCOMES = ("asked", "accepted", "asked again", "corrected")
DIAGNOSIS = "utter_diagnosis_"


@dataclass(frozen=True)
class Names:
    """All that there is; `exceptions` are by part: a name, or a pattern of names, with the reason."""

    intents: frozenset[str]
    entities: frozenset[str]
    rules: tuple[Pattern, ...]
    stories: tuple[Pattern, ...]
    forms: Mapping[str, tuple[str, ...]]
    responses: frozenset[str]
    outcomes: Mapping[str, Outcomes]
    sentences: Sentences
    exceptions: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Part:
    """One kind of names: reached, missing, and those that no script can reach with the reasons."""

    name: str
    reached: tuple[str, ...]
    missing: tuple[str, ...]
    excepted: Mapping[str, str]


@dataclass(frozen=True)
class Coverage:
    """All parts, and what is wrong with the lists themselves."""

    parts: tuple[Part, ...]
    faults: tuple[str, ...] = ()


def percent_of(part: Part) -> float:
    """How much of what can be reached was reached."""
    count = len(part.reached) + len(part.missing)
    return 100.0 * len(part.reached) / count if count else 100.0


def below(coverage: Coverage, need: float) -> list[str]:
    """The needed parts that are covered by less than `need` percent."""
    return [each.name for each in coverage.parts if each.name in NEEDED and percent_of(each) < need]


def coverage_of(results: Iterable[Result], names: Names) -> Coverage:
    """Of these results, of failed scripts too."""
    found = list(results)
    dialogs = [steps_of(each.get("events") or ()) for result in found for each in result.trackers]
    steps = [step for dialog in dialogs for step in dialog]
    said = _said(found, steps, names.sentences)
    ends, undeclared = _outcomes(steps, names.outcomes)
    kinds: dict[str, tuple[Iterable[str], set[str]]] = {
        "intents": (names.intents, {each.name for each in steps if each.kind == "intent"}),
        "entities": (names.entities, {entity for each in steps for entity in each.entities}),
        "rules": ([each.name for each in names.rules], _played(names.rules, dialogs)),
        "stories": ([each.name for each in names.stories], _played(names.stories, dialogs)),
        "form slots": (
            [f"{form}.{slot}: {end}" for form, slots in names.forms.items() for slot in slots for end in FORM_OUTCOMES],
            {each for dialog in dialogs for each in form_ends(dialog, names.forms)},
        ),
        "responses": ([f"{name} {language}" for name in names.responses for language in ("zh", "en")], said),
        "actions × outcome": ([f"{action}: {end}" for action, each in names.outcomes.items() for end in each], ends),
        "diagnoses": (
            [name.removeprefix(DIAGNOSIS).upper() for name in names.responses if name.startswith(DIAGNOSIS)],
            {each.split()[0].removeprefix(DIAGNOSIS).upper() for each in said if each.startswith(DIAGNOSIS)},
        ),
    }
    faults = [f"{each} is no declared outcome (bot/actions/outcomes.py)" for each in sorted(undeclared)]
    faults += [f"coverage.yml: there is no part {each!r}" for each in names.exceptions if each not in kinds]
    parts: list[Part] = []
    for name, (all_names, reached) in kinds.items():
        part, wrong = _part(name, set(all_names), reached, names.exceptions.get(name, {}))
        parts.append(part)
        faults += wrong
    return Coverage(tuple(parts), tuple(faults))


def _part(name: str, known: set[str], reached: set[str], exceptions: Mapping[str, str]) -> tuple[Part, list[str]]:
    excepted = {
        each: reason for each in sorted(known) for pattern, reason in exceptions.items() if fnmatchcase(each, pattern)
    }
    faults = [
        f"coverage.yml: no name of {name} is like {pattern!r}"
        for pattern in exceptions
        if not any(fnmatchcase(each, pattern) for each in known)
    ]
    faults += [f"coverage.yml: {each} of {name} was reached" for each in excepted if each in reached]
    missing = tuple(sorted(known - reached - set(excepted)))
    return Part(name, tuple(sorted(known & reached)), missing, excepted), faults


def _played(patterns: Iterable[Pattern], dialogs: Sequence[Sequence[Step]]) -> set[str]:
    return {each.name for each in patterns if any(is_played(each, dialog) for dialog in dialogs)}


def _said(results: Iterable[Result], steps: Iterable[Step], sentences: Sentences) -> set[str]:
    """Every sentence with its language: the dialog's from the trackers, the gateway's from what arrived."""
    found: set[str] = set()
    for step in steps:
        for name, text, language in step.said:
            found.add(f"{name} {_language(sentences.languages(name, text), language)}")
    for result in results:
        for turn in result.turns:
            for name, text in zip(turn.names, turn.texts, strict=True):
                found.add(f"{name} {_language(sentences.languages(name, text), result.script.language)}")
    return found


def _language(possible: set[str], otherwise: str) -> str:
    """Where the words are the same in both languages, that of the conversation."""
    return next(iter(possible)) if len(possible) == 1 else otherwise


def _outcomes(steps: Iterable[Step], declared: Mapping[str, Outcomes]) -> tuple[set[str], set[str]]:
    """The outcomes that were seen, and what actions did that is no outcome of theirs."""
    seen: set[str] = set()
    undeclared: set[str] = set()
    for step in steps:
        action = step.name if step.name in declared else f"validate_{step.name}"
        if step.kind == "intent" or action not in declared or LOST in step.signs:
            continue
        ends = {end for end, signs in declared[action].items() if _shows(step.signs, signs)}
        seen |= {f"{action}: {end}" for end in ends}
        if not ends:
            undeclared.add(f"{action}: {', '.join(sorted(step.signs))}")
    return seen, undeclared


def _shows(signs: Iterable[str], wanted: Sequence[str]) -> bool:
    return any(fnmatchcase(sign, pattern) for sign in signs for pattern in wanted)


def form_ends(dialog: Sequence[Step], forms: Mapping[str, Sequence[str]]) -> set[str]:
    """What became of each slot of each form in one dialog.

    asked: the form wanted it; accepted: while it was wanted a value came; asked again: a message came and the form
    wants it still; corrected: a value that the form had got was changed or taken back while the form ran.
    """
    found: set[str] = set()
    kept: dict[str, Mapping[str, Any]] = {}  # the slots after the last step of each form
    for step in dialog:
        slots = forms.get(step.name)
        if step.kind != "action" or slots is None:
            continue
        wanted = step.before.get("requested_slot") if step.loop_before == step.name else None
        now = step.after.get("requested_slot")
        earlier = kept.get(step.name, {}) if step.loop_before == step.name else {}
        kept[step.name] = step.after
        for slot in slots:
            value = step.after.get(slot)
            ends = {
                "asked": now == slot,
                "accepted": wanted == slot and value is not None,
                "asked again": wanted == slot and now == slot and value is None,
                "corrected": earlier.get(slot) is not None and value != earlier[slot],
            }
            found |= {f"{step.name}.{slot}: {end}" for end, holds in ends.items() if holds}
    return found
