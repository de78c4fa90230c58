"""A tracker's events as steps: what the customer meant, and what each action did (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# The action server did not answer: Rasa goes on, but of the action nothing is kept.
LOST = "lost"
# What Rasa does around every turn.
HOUSEKEEPING = frozenset({"action_listen", "action_session_start", "action_extract_slots"})


@dataclass
class Step:
    """One message (`kind` is `intent`) or one action that was run, or that gave way (`left`), with what followed.

    `before` and `after` are the slots, `loop_before` and `loop_after` the active form.
    """

    kind: str
    name: str
    before: Mapping[str, Any]
    loop_before: str | None
    policy: str = ""
    said: list[tuple[str, str, str]] = field(default_factory=list)  # sentence, text, language of the slot
    custom: list[Mapping[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, Any]] = field(default_factory=list)
    loops: list[str | None] = field(default_factory=list)
    entities: tuple[str, ...] = ()
    after: Mapping[str, Any] = field(default_factory=dict)
    loop_after: str | None = None

    @property
    def signs(self) -> set[str]:
        """How an action ended, in the words of `bot.actions.outcomes`."""
        if self.kind == "left":
            return {"left"}
        if not (self.said or self.custom or self.changes or self.loops):
            return {LOST}
        questions = f"utter_ask_{self.name}_"
        found = {"asked" if name.startswith(questions) else name for name, _, _ in self.said}
        if None in self.loops:
            found.add("ended")
        found |= {f"handoff:{each['handoff'].get('reason')}" for each in self.custom if each.get("handoff")}
        if any(each.get("ticket_draft") for each in self.custom):
            found.add("draft")
        return found or {"silent"}


def steps_of(events: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The steps of one dialog, oldest first."""
    steps: list[Step] = []
    slots: dict[str, Any] = {}
    loop: str | None = None
    for event in events:
        kind, name = event.get("event"), event.get("name")
        if kind in ("user", "action", "action_execution_rejected"):
            if steps:
                steps[-1].after, steps[-1].loop_after = dict(slots), loop
            if step := _begun(event, dict(slots), loop):
                steps.append(step)
        elif kind == "slot":
            slots[str(name)] = event.get("value")
            if steps:
                steps[-1].changes.append((str(name), event.get("value")))
        elif kind == "active_loop":
            loop = name
            if steps:
                steps[-1].loops.append(name)
        elif kind == "bot" and steps:
            _say(steps[-1], event, slots)
    if steps:
        steps[-1].after, steps[-1].loop_after = dict(slots), loop
    return steps


def _begun(event: Mapping[str, Any], slots: Mapping[str, Any], loop: str | None) -> Step | None:
    if event["event"] == "user":
        parsed = event.get("parse_data") or {}
        entities = tuple(str(each["entity"]) for each in parsed.get("entities") or ())
        return Step("intent", str((parsed.get("intent") or {}).get("name")), slots, loop, entities=entities)
    kind = "action" if event["event"] == "action" else "left"
    name = str(event.get("name"))
    return None if name in HOUSEKEEPING else Step(kind, name, slots, loop, str(event.get("policy") or ""))


def _say(step: Step, event: Mapping[str, Any], slots: Mapping[str, Any]) -> None:
    name = (event.get("metadata") or {}).get("utter_action")
    if name and event.get("text"):
        step.said.append((str(name), str(event["text"]), "en" if slots.get("language") == "en" else "zh"))
    custom = (event.get("data") or {}).get("custom")
    if isinstance(custom, Mapping):
        step.custom.append(custom)
