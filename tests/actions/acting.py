"""Run one action on a made-up tracker and see what it says, sends and sets."""

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.base import DialogAction

METADATA = {"customer_id": "alice", "conversation_id": "c1", "message_id": "m1", "language": "zh", "address_key": "a1"}


@dataclass
class Acted:
    """`said` are response names, `values` what filled them, `sent` the custom payloads, `slots` what was set.

    Of a handoff `sent` has the reason only, `card` everything.
    """

    said: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    card: dict[str, Any] = field(default_factory=dict)


def user(text: str, intent: str, **entities: Any) -> dict[str, Any]:
    """A user event."""
    parsed = {
        "intent": {"name": intent},
        # A keyword that begins with `first_` is an earlier entity of the same name.
        "entities": [
            {"entity": name.removeprefix("first_"), "value": value}
            for name, value in sorted(entities.items(), key=lambda each: not each[0].startswith("first_"))
        ],
    }
    return {"event": "user", "text": text, "parse_data": parsed, "metadata": METADATA, **parsed}


def make_tracker(
    message: dict[str, Any], slots: dict[str, Any], earlier: list[dict[str, Any]], form: str | None = None
) -> Tracker:
    """A tracker whose latest message is `message`."""
    loop = {"name": form} if form else {}
    slots = {"language": "zh", **slots}
    return Tracker("c1.1", slots, message, [*earlier, message], False, None, loop, "action_listen")


async def act(
    action: type[DialogAction],
    text: str = "",
    intent: str = "inform",
    slots: dict[str, Any] | None = None,
    earlier: list[dict[str, Any]] | None = None,
    identity: str | None = None,
    ranking: list[dict[str, Any]] | None = None,
    confidence: float = 1.0,
    form: str | None = None,
    news: str | None = None,
    before: dict[str, Any] | None = None,
    **entities: Any,
) -> Acted:
    """What the action answers to this message; a text that begins with a slash is a button."""
    dispatcher = CollectingDispatcher()
    message = user(text or f"/{intent}", intent, **entities)
    message["metadata"] = {**METADATA, "identity": identity, "news": news, "before": before}
    message["intent_ranking"] = ranking or []
    message["intent"]["confidence"] = confidence
    tracker = make_tracker(message, slots or {}, earlier or [], form)
    acted = Acted()
    for event in await action().run(dispatcher, tracker, {}):
        if event["event"] == "slot":
            acted.slots[event["name"]] = event["value"]
        else:
            acted.events.append(event["event"])
    for message in dispatcher.messages:
        if message.get("response"):
            acted.said.append(message["response"])
            acted.values |= {name: value for name, value in message.items() if name not in ("response", "text")}
        if custom := message.get("custom"):
            if "handoff" in custom:
                acted.card = custom["handoff"]
                custom = {"handoff": {"reason": acted.card["reason"]}}
            acted.sent.append(custom)
    return acted
