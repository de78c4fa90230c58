"""What the dialog thought in one turn, from the events of its tracker (pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Slots that hold whole records; of these only that they changed is shown.
LONG = 80
# Told elsewhere, or known to be so.
UNSHOWN = ("requested_slot", "language", "proof", "proof_until", "session_started_metadata")


@dataclass
class Thought:
    """One message as Rasa took it, and what it did then."""

    intent: str = "-"
    confidence: float = 0.0
    entities: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    asked: str | None = None
    form: str | None = None


def thought_in(events: Iterable[Mapping[str, Any]], message_id: str) -> Thought | None:
    """The turn of this message; None when Rasa was not asked."""
    found: Thought | None = None
    before: dict[str, Any] = {}
    form: str | None = None
    asked: str | None = None
    for event in events:
        kind = event.get("event")
        if kind == "active_loop":
            form = event.get("name")
        elif kind == "slot" and event.get("name") == "requested_slot":
            asked = event.get("value")
        if kind == "user":
            is_it = (event.get("metadata") or {}).get("message_id") == message_id
            if found is not None and not is_it:
                break
            found = _understood(event) if is_it else None
        elif found is not None:
            _take(found, event)
        elif kind == "slot":
            before[str(event.get("name"))] = event.get("value")
        if found is not None:
            found.form, found.asked = form, asked
    if found is not None:
        found.slots = {name: value for name, value in found.slots.items() if value != before.get(name)}
    return found


def _understood(event: Mapping[str, Any]) -> Thought:
    parsed = event.get("parse_data") or {}
    intent = parsed.get("intent") or {}
    entities = [f"{each.get('entity')}={each.get('value')}" for each in parsed.get("entities") or ()]
    return Thought(str(intent.get("name")), float(intent.get("confidence") or 0.0), entities)


def _take(thought: Thought, event: Mapping[str, Any]) -> None:
    kind = event.get("event")
    if kind == "action" and event.get("name") != "action_listen":
        policy = str(event.get("policy") or "-").rpartition("_")[2]
        confidence = event.get("confidence")
        sure = f" {confidence:.2f}" if isinstance(confidence, int | float) else ""
        rule = f", {event['action_text']}" if event.get("action_text") else ""
        thought.actions.append(f"{event.get('name')} ({policy}{sure}{rule})")
    elif kind == "action_execution_rejected":
        thought.actions.append(f"{event.get('name')} gave way")
    elif kind == "slot" and event.get("name") not in UNSHOWN:
        thought.slots[str(event.get("name"))] = event.get("value")


def shown(value: Any) -> str:
    """A slot's value in one short line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def lines_of(thought: Thought | None, milliseconds: float) -> list[str]:
    """What the terminal shows of it."""
    took = f"{milliseconds:.0f} ms"
    if thought is None:
        return [f"the dialog was not asked · {took}"]
    lines = [f"intent {thought.intent} {thought.confidence:.2f} · {took}"]
    changed = [f"{name} = {shown(value)}" for name, value in thought.slots.items()]
    for name, found in (("entities", thought.entities), ("actions", thought.actions), ("slots", changed)):
        if found:
            lines.append(f"{name}: {', '.join(found)}")
    if thought.form:
        lines.append(f"form: {thought.form} asks for {thought.asked or 'nothing more'}")
    return lines
