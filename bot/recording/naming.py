"""Which sentence of domain.yml a customer got, and in which language (pure).

Rasa's tracker says which sentence each answer of the dialog was. The gateway has a few sentences of its own, which are
known by their words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.texts import RESUME_MARK

GATEWAY_SAYS = (
    "utter_greet",
    "utter_bot_delayed",
    "utter_picture_reading",
    "utter_bot_unavailable",
    "utter_handoff_queued",
    "utter_handoff_online",
    "utter_handoff_away",
    "utter_handoff_booked",
    "utter_agent_silent",
    "utter_transferred",
    "utter_desk_resolved",
    "utter_desk_scored",
    "utter_button_stale",
    "utter_ticket_opened_late",
    "utter_rate_limited",
    "utter_picture_failed",
    "utter_secret_redacted",
    "utter_telegram_help",
    "utter_telegram_unreadable",
    "utter_telegram_delete_secret",
    "utter_telegram_language",
    "utter_telegram_group",
)  # fmt: skip; and every `utter_news_…`


# Said or not by how fast the machine is.
PATIENCE_SAYS = ("utter_bot_delayed", "utter_picture_reading")


@dataclass(frozen=True)
class Said:
    """One sentence that Rasa said in a turn, as the tracker has it."""

    name: str
    text: str


@dataclass(frozen=True)
class TurnEvents:
    """What the tracker knows of one message; `finished` when the dialog waits for the next one."""

    said: tuple[Said, ...]
    finished: bool


class Sentences:
    """The responses of a domain file, to find a name or a language by the words."""

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._responses = responses
        self._gateway_says = (*GATEWAY_SAYS, *(name for name in responses if name.startswith("utter_news_")))

    def languages(self, name: str, text: str) -> set[str]:
        """The languages (zh, en) in which the sentence `name` may read like this."""
        return {
            "en" if variation.get("condition") else "zh"
            for variation in self._responses.get(name, ())
            if _template(str(variation["text"])).fullmatch(text.strip())
        }

    def gateway_name(self, text: str) -> str | None:
        """The gateway's sentence that has these words."""
        return next((name for name in self._gateway_says if self.languages(name, text)), None)

    def asks_for_patience(self, text: str) -> bool:
        """Whether this only says that the answer takes a moment."""
        return any(self.languages(name, text) for name in PATIENCE_SAYS)

    def titles(self, payload: str) -> set[str]:
        """Every title of a button that sends this payload."""
        buttons = (
            button
            for variations in self._responses.values()
            for variation in variations
            for button in variation.get("buttons") or ()
        )
        return {
            str(each["title"])
            for each in buttons
            if str(each["payload"]).replace("{{", "{").replace("}}", "}") == payload
        }


def _is_said(said: str, received: str) -> bool:
    """Whether these are the words; where the dialog leaves a place for a resume code, the gateway puts one."""
    if RESUME_MARK not in said:
        return said == received
    pattern = ".{9}".join(re.escape(part) for part in said.split(RESUME_MARK))
    return bool(re.fullmatch(pattern, received, re.DOTALL))


def _template(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in re.split(r"{\w+}", text.strip())), re.DOTALL)


def turn_events(events: Iterable[Mapping[str, Any]], message_id: str) -> TurnEvents | None:
    """The turn of one message in a tracker's events, its last if it was asked again; None before it is saved."""
    said: list[Said] = []
    found = finished = inside = False
    for event in events:
        kind, metadata = event.get("event"), event.get("metadata") or {}
        if kind == "user":
            inside = metadata.get("message_id") == message_id
            if inside:
                said, found, finished = [], True, False
        elif inside and kind == "bot" and event.get("text"):
            said.append(Said(metadata.get("utter_action") or "?", str(event["text"])))
        elif inside and kind == "action" and event.get("name") == "action_listen":
            finished = True
    return TurnEvents(tuple(said), finished) if found else None


def turns_events(events: Iterable[Mapping[str, Any]], message_ids: Sequence[str]) -> TurnEvents | None:
    """The same of several messages that were sent in one go; None before the last of them is saved."""
    known = list(events)
    turns = [turn_events(known, each) for each in message_ids]
    if not turns or turns[-1] is None:
        return None
    found = [each for each in turns if each]
    return TurnEvents(tuple(said for each in found for said in each.said), all(each.finished for each in found))


def said_in(events: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    """Everything that the bot has said in a tracker."""
    return tuple(
        Said((event.get("metadata") or {}).get("utter_action") or "?", str(event["text"]))
        for event in events
        if event.get("event") == "bot" and event.get("text")
    )


@dataclass(frozen=True)
class Named:
    """The names of the received sentences in order, and the sentences that were said and never arrived."""

    names: tuple[str, ...]
    lost: tuple[Said, ...]


def name_answers(received: Sequence[str], said: Sequence[Said], sentences: Sentences) -> Named:
    """Name what the customer received; words that nobody can have said are shown as they are."""
    waiting = list(said)
    names: list[str] = []
    for text in received:
        hit = next((each for each in waiting if _is_said(each.text, text)), None)
        if hit:
            waiting.remove(hit)
            names.append(hit.name)
        else:
            names.append(sentences.gateway_name(text) or f"(unknown: {text})")
    return Named(tuple(names), tuple(waiting))
