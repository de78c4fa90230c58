"""The one client of Rasa: its REST channel, and its tracker to find out what became of a turn."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import aiohttp

from bot.errors import BotUnavailableError
from bot.gateway.conversations.model import BotAnswer
from bot.texts import Reply, TextButton

log = logging.getLogger(__name__)


class RasaClient:
    """Every failure (no connection, a timeout, another status than 200, no JSON) is a BotUnavailableError."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str, timeout: float) -> None:
        self._session = session
        self._base_url = base_url
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def ask(self, sender_id: str, message: str, metadata: dict[str, Any]) -> BotAnswer:
        """Send one message and wait for the whole answer; leaving early makes Rasa drop the turn."""
        body = {"sender": sender_id, "message": in_language(message, metadata.get("language")), "metadata": metadata}
        messages = await self._call("POST", "/webhooks/rest/webhook", body)
        if not isinstance(messages, list):
            raise BotUnavailableError
        return answer_from(each for each in messages if isinstance(each, dict))

    async def find_answer(self, sender_id: str, message_id: str) -> BotAnswer | None:
        """What Rasa answered to a message that it may have handled before; None when it has not."""
        tracker = await self._call("GET", f"/conversations/{sender_id}/tracker?include_events=ALL")
        events = tracker.get("events") if isinstance(tracker, dict) else None
        return answer_in(events or [], message_id)

    async def slots(self, sender_id: str) -> dict[str, Any]:
        """What the dialog of this sender knew at last."""
        tracker = await self._call("GET", f"/conversations/{sender_id}/tracker?include_events=NONE")
        slots = tracker.get("slots") if isinstance(tracker, dict) else None
        return slots if isinstance(slots, dict) else {}

    async def events(self, sender_id: str) -> list[dict[str, Any]]:
        """Everything that happened in the dialog of this sender, oldest first."""
        tracker = await self._call("GET", f"/conversations/{sender_id}/tracker?include_events=ALL")
        events = tracker.get("events") if isinstance(tracker, dict) else None
        return events or []

    async def take_back(self, sender_id: str, message_id: str) -> None:
        """Make the dialog wait for this message as if it had never come; nothing is done if it has not."""
        path = f"/conversations/{sender_id}/tracker"
        tracker = await self._call("GET", f"{path}?include_events=ALL")
        before = events_before((tracker.get("events") if isinstance(tracker, dict) else None) or [], message_id)
        if before is not None:
            await self._call("POST", f"{path}/events", before)

    async def is_up(self) -> bool:
        """Whether Rasa answers and has a model."""
        try:
            await self._call("GET", "/status", limit=aiohttp.ClientTimeout(total=3))
        except BotUnavailableError:
            return False
        return True

    async def _call(self, method: str, path: str, body: Any = None, limit: aiohttp.ClientTimeout | None = None) -> Any:
        try:
            async with self._session.request(
                method,
                self._base_url + path,
                params={"token": self._token},
                json=body,
                timeout=limit or self._timeout,
            ) as response:
                if response.status != 200:
                    raise BotUnavailableError(f"Rasa answered {response.status}.")
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:  # ValueError: not JSON, not UTF-8
            raise BotUnavailableError(type(error).__name__) from error


def in_language(message: str, language: str | None) -> str:
    """A payload that tells its language too: Rasa takes the entities of a payload from its text alone.

    Chinese is what the slot begins with, so it needs no telling; a payload that names a language keeps it.
    """
    if not message.startswith("/") or language in (None, "zh"):
        return message
    intent, brace, rest = message.partition("{")
    try:
        entities = json.loads(brace + rest) if brace else {}
    except ValueError:
        return message
    if "language" in entities:
        return message
    return intent + json.dumps({**entities, "language": language}, ensure_ascii=False, separators=(",", ":"))


def answer_from(messages: Iterable[dict[str, Any]]) -> BotAnswer:
    """The answer in the messages of Rasa's REST channel."""
    replies: list[Reply] = []
    handoff: str | None = None
    card: dict[str, Any] | None = None
    language: str | None = None
    tickets: list[dict[str, Any]] = []
    for message in messages:
        text = message.get("text")
        image = message.get("image") if isinstance(message.get("image"), str) else None
        if isinstance(text, str) and text.strip():
            replies.append(Reply(text.strip(), _buttons_from(message.get("buttons")), image))
        elif image and replies:
            # The REST channel sends the picture of a sentence right after it, the tracker has both in one.
            replies[-1] = replace(replies[-1], image=image)
        custom = message.get("custom")
        if not isinstance(custom, dict):
            continue
        if isinstance(custom.get("handoff"), dict):
            handoff = str(custom["handoff"].get("reason") or "other")[:50]
            card = custom["handoff"]
        if custom.get("language") in ("zh", "en"):
            language = str(custom["language"])
        draft = custom.get("ticket_draft")
        if isinstance(draft, dict) and draft.get("idempotency_key"):
            tickets.append(draft)
        elif draft is not None:
            log.error("a ticket draft without an idempotency key")
    return BotAnswer(tuple(replies), handoff, language, tuple(tickets), card)


def answer_in(events: Iterable[dict[str, Any]], message_id: str) -> BotAnswer | None:
    """The answer that follows the user event of this message in a tracker, unless it was taken back."""
    spoken: list[tuple[bool, list[dict[str, Any]]]] = []
    for event in events:
        kind = event.get("event")
        if kind == "user":
            spoken.append((_is_message(event, message_id), []))
        elif kind == "session_started":
            spoken.clear()
        elif kind == "bot" and spoken:
            spoken[-1][1].append({**(event.get("data") or {}), "text": event.get("text")})
    for is_it, bot_events in reversed(spoken):
        if is_it:
            return answer_from(bot_events)
    return None


def events_before(events: Sequence[dict[str, Any]], message_id: str) -> list[dict[str, Any]] | None:
    """The events that bring a tracker back to where it was before this message; None when it has no such message.

    They begin a new session that repeats the one before the message. (Rasa's own `rewind` is no help: inside a form
    it takes back all that was said since the form began.)
    """
    starts = [number for number, event in enumerate(events) if event.get("event") == "session_started"]
    session = events[starts[-1] + 1 :] if starts else events
    places = [number for number, event in enumerate(session) if _is_message(event, message_id)]
    if not places:
        return None
    start = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    # Rasa reads the events since the newest session began by their time: with a time of its own, each is among them.
    return [
        *start,
        *({name: value for name, value in each.items() if name != "timestamp"} for each in session[: places[0]]),
    ]


def _is_message(event: dict[str, Any], message_id: str) -> bool:
    return event.get("event") == "user" and (event.get("metadata") or {}).get("message_id") == message_id


def _buttons_from(found: Any) -> tuple[TextButton, ...]:
    return tuple(
        TextButton(str(each["title"]), str(each["payload"]))
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict) and each.get("title") and each.get("payload")
    )
