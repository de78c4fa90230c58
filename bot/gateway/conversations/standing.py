"""How a conversation stands for the desk, kept with each change so that lists need not be computed (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PRIORITIES = ("low", "normal", "high", "urgent")
LONGEST_PREVIEW = 120
# What the desk writes of the last message; a picture without words has none.
Added = Mapping[str, Any]


@dataclass(frozen=True)
class Standards:
    """Within what time a human should answer: who just came to the queue, and who is being talked to."""

    first: timedelta = timedelta(minutes=3)
    next: timedelta = timedelta(minutes=5)


def standing(before: Mapping[str, Any], added: Sequence[Added], now: datetime, standards: Standards) -> dict[str, Any]:
    """The derived columns. `before` has the columns with their other changes already, `added` the new messages."""
    columns: dict[str, Any] = {"version": before["version"] + 1, "updated_at": now}
    unread, waiting, due = before["unread"], before["waiting_since"], before["due_at"]
    for message in added:
        kind, sender = message["kind"], message["sender"]
        if kind == "incoming":
            columns["wrote_at"] = now
            unread += 1
            if waiting is None and (before["owner"] != "bot" or before["booked"]):
                waiting, due = now, now + (standards.next if before["owner"] == "agent" else standards.first)
        elif kind == "outgoing" and sender == "agent":
            unread, waiting, due = 0, None, None
        if kind != "activity":
            columns["last_message"] = preview(message, now)
    if before["owner"] == "bot" and not before["booked"]:
        waiting, due = None, None
    elif before["owner"] == "queue" or before["booked"]:
        waiting = waiting or now
        due = due or waiting + standards.first
    state = {**before, **columns, "waiting_since": waiting, "due_at": due, "unread": unread}
    place = place_of(state)
    return {
        **columns,
        "waiting_since": waiting,
        "due_at": due,
        "unread": unread,
        "place": place,
        "urgency": urgency(before["priority"], due or now),
    }


def preview(message: Added, now: datetime) -> dict[str, Any]:
    """The last message as a list shows it."""
    text = " ".join(str(message["text"]).split())
    return {
        "sender": message["sender"],
        "kind": message["kind"],
        "text": text[:LONGEST_PREVIEW],
        "created_at": now.isoformat(),
    }


def place_of(state: Mapping[str, Any]) -> str:
    """In which list it is; who only opened the chat is in none but that of all."""
    if state["state"] == "resolved":
        return "resolved"
    if state["owner"] != "bot":
        return str(state["owner"])
    if state["booked"]:
        return "booked"
    return "bot" if state["wrote_at"] else "new"


def urgency(priority: str, moment: datetime) -> str:
    """A key of digits: what is more urgent, and then what is due earlier, sorts first."""
    return f"{len(PRIORITIES) - 1 - PRIORITIES.index(priority)}{moment:%Y%m%d%H%M%S%f}"
