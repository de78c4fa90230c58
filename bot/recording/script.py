"""A conversation as the text of a script (pure)."""

from collections.abc import Sequence
from typing import Any

import yaml

from bot.recording.hiding import Blanks
from bot.recording.knowledge import Knowledge
from bot.recording.model import Event, History, Step
from bot.recording.naming import Sentences
from bot.recording.steps import UNWRITTEN, Stenographer

OPENED = ("utter_ticket_opened", "utter_ticket_opened_late")
WIDTH = 110


def script_of(history: History, trackers: Sequence[Sequence[Event]], sentences: Sentences) -> str:
    """The script in YAML, without anything that belongs to the customer; ValueError when nothing was said in it.

    trackers: the events of Rasa's trackers, of the stretches of this conversation in order.
    """
    known = Knowledge(trackers)
    blanks = Blanks(known.values(), history.secrets)
    steps = Stenographer(history, known, blanks, sentences).write()
    if not steps:
        raise ValueError("The customer said nothing in this conversation.")
    given: dict[str, Any] = {}
    if known.first_case:
        given["order"] = str(known.first_case["diagnosis"])
    given["language"] = _language_at_first(history, sentences)
    lines = [
        f"# Recorded from a conversation of {history.created_at:%Y-%m-%d}; nothing in it belongs to a customer.",
        f"name: {inline(f'recorded {history.conversation_id[:8]}')}",
        f"given: {inline(given)}",
        "turns:",
    ]
    for step in steps:
        lines += _lines_of(step, drawable=bool(known.first_case))
    return "\n".join([*lines, f"then: {inline(_outcome(history, known, steps))}", ""])


def _language_at_first(history: History, sentences: Sentences) -> str:
    """That of the newest greeting before the customer said something."""
    language = history.language
    for line in history.lines:
        if line.kind == "incoming":
            break
        if found := sentences.languages("utter_greet", line.text):
            language = min(found)
    return language


def _outcome(history: History, known: Knowledge, steps: Sequence[Step]) -> dict[str, Any]:
    tickets = sum(name in OPENED for step in steps for name in step.names)
    found: dict[str, Any] = {"owner": history.owner, "language": history.language, "tickets": tickets}
    if any(name == "utter_resume_linked" for step in steps for name in step.names):
        del found["tickets"]  # those of the other conversation count, too
    return found | ({"diagnosis": known.last_diagnosis} if known.last_diagnosis else {})


def _lines_of(step: Step, drawable: bool) -> list[str]:
    lines = [f"# not recorded: {each}" for each in step.remarks]
    act = step.act
    if step.kind == UNWRITTEN:
        return lines
    if isinstance(act, list):  # pictures
        if not drawable:
            lines.append("# not recorded: a picture, for there is no order that it could be drawn for")
            return lines
        act = {"picture": act[0] if len(act) == 1 else act}
    if step.kind == "customer":
        return [*lines, f"- customer: {inline(act or '?')}", *_names("bot", step.names)]
    first = f"- {step.kind}: {inline(act)}" if step.kind else ""
    if not step.names:
        return [*lines, *filter(None, [first])]
    heard = _names("wait_for", step.names)
    if first:
        return [*lines, first, *heard]
    return [*lines, f"- {heard[0].strip()}", *heard[1:]]


def _names(key: str, names: Sequence[str]) -> list[str]:
    line = f"  {key}: [{', '.join(names)}]"
    return [line] if len(line) <= WIDTH else [f"  {key}:", *(f"  - {name}" for name in names)]


class _Flow(yaml.SafeDumper):
    """Texts that YAML would read as something else are quoted, all others are not."""


def inline(value: Any) -> str:
    """A value in one line of YAML."""
    text = yaml.dump(
        value, Dumper=_Flow, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False
    ).strip()
    return text.removesuffix("...").strip()
