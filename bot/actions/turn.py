"""The turn that an action answers, and the connection to the backend that it may use."""

from datetime import datetime
from typing import Any, ClassVar

import aiohttp
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.backend import Backend
from bot.actions.card import card_of
from bot.backend.client import BackendClient
from bot.clock import clock_of
from bot.settings import Settings

# A guess below this starts nothing that the customer would have to take back.
SURE = 0.5


class Connection:
    """The settings and the one backend client of this process, built on first use inside the running loop."""

    settings: ClassVar[Settings | None] = None
    client: ClassVar[Backend | None] = None

    @classmethod
    def get_settings(cls) -> Settings:
        """The settings given to the server, else those of the environment."""
        if cls.settings is None:
            cls.settings = Settings()
        return cls.settings

    @classmethod
    def get_client(cls) -> Backend:
        """The client; its session lives as long as the process."""
        if cls.client is None:
            settings = cls.get_settings()
            session = aiohttp.ClientSession()
            cls.client = BackendClient(session, settings.backend_url, settings.derived_key("backend"))
        return cls.client


class Turn:
    """One customer message and what an action answers to it: sentences, custom payloads and slots."""

    def __init__(self, tracker: Tracker, dispatcher: CollectingDispatcher) -> None:
        self.tracker = tracker
        self.dispatcher = dispatcher
        self.changes: dict[str, Any] = {}
        self.extra_events: list[EventType] = []
        message = tracker.latest_message or {}
        self.text: str = message.get("text") or ""
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.confidence = float((message.get("intent") or {}).get("confidence") or 1.0)
        self.ranking: list[dict[str, Any]] = message.get("intent_ranking") or []
        found = message.get("entities") or []
        self.entities: dict[str, Any] = {e["entity"]: e["value"] for e in found}
        self.order_numbers: list[str] = [str(e["value"]) for e in found if e["entity"] == "order_no"]
        self.metadata: dict[str, Any] = message.get("metadata") or {}
        metadata = self.metadata
        self.customer_ref: str = metadata.get("customer_id") or tracker.sender_id
        # Also those whose tickets were resumed in this conversation.
        self.customer_refs: list[str] = [self.customer_ref, *(metadata.get("resumed") or ())]
        # A digest of the address that the conversation was opened from; none on Telegram.
        self.address_key: str | None = metadata.get("address_key")
        self.conversation_id: str = metadata.get("conversation_id") or tracker.sender_id
        self.message_id: str = metadata.get("message_id") or message.get("message_id") or tracker.sender_id
        self.identity: str | None = metadata.get("identity")
        # Of news that was told just before: the ticket that it asks an answer for, "" if it asks for none.
        self.news: str | None = metadata.get("news")

    @property
    def typed(self) -> bool:
        """Whether the customer typed this; a button's payload begins with a slash."""
        return not self.text.startswith("/")

    @property
    def sure(self) -> bool:
        """Whether the intent is more than a weak guess; a button says what it means."""
        return not self.typed or self.confidence >= SURE

    @property
    def form(self) -> str | None:
        """The form that is being filled in."""
        return (self.tracker.active_loop or {}).get("name")

    def said_before(self, response: str) -> bool:
        """Whether this sentence was said earlier in this conversation."""
        return any(
            (event.get("metadata") or {}).get("utter_action") == response
            for event in self.tracker.events
            if event.get("event") == "bot"
        )

    def said_last(self, response: str) -> bool:
        """Whether this sentence was said to the message before this one."""
        said: set[str] = set()
        messages = 0
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                messages += 1
                if messages == 2:
                    break
            elif event.get("event") == "bot" and messages == 1:
                said.add(str((event.get("metadata") or {}).get("utter_action")))
        return response in said

    @property
    def backend(self) -> Backend:
        return Connection.get_client()

    @property
    def settings(self) -> Settings:
        return Connection.get_settings()

    @property
    def now(self) -> datetime:
        """The time, aware UTC."""
        return clock_of(self.settings)()

    def slot(self, name: str) -> Any:
        """The slot as it will be after this turn."""
        return self.changes[name] if name in self.changes else self.tracker.get_slot(name)

    def set(self, **slots: Any) -> None:
        self.changes.update(slots)

    @property
    def language(self) -> str:
        return "en" if self.slot("language") == "en" else "zh"

    @property
    def case(self) -> dict[str, Any]:
        """What is known of the order at hand: the last diagnosis with its order view; empty at first."""
        return self.slot("case") or {}

    @property
    def proof(self) -> str | None:
        """The proof of ownership for the current order, while it holds."""
        if not self.slot("proof") or self.slot("order_no") != self.slot("verified_order"):
            return None
        return str(self.slot("proof")) if self.now.timestamp() < (self.slot("proof_until") or 0) else None

    def say(self, response: str, **values: Any) -> None:
        """Say a sentence of domain.yml, filled with `values`."""
        self.dispatcher.utter_message(response=response, **values)

    def says(self, response: str) -> bool:
        """Whether this turn says the sentence already."""
        return any(each.get("response") == response for each in self.dispatcher.messages)

    def send(self, **custom: Any) -> None:
        """Send a payload that the gateway acts on."""
        self.dispatcher.utter_message(json_message=custom)

    def handoff(self, reason: str) -> None:
        """Ask the gateway for a human, with a card of what is known."""
        self.send(handoff=card_of(self, reason))

    def leave_form(self) -> None:
        """End the active form, so that its questions stop."""
        self.extra_events = [ActiveLoop(None), SlotSet("requested_slot", None)]

    def follow_up(self, action: str) -> None:
        """Let this action or form be the next thing that happens."""
        self.extra_events.append(FollowupAction(action))

    def forget(self) -> None:
        """Take back everything answered so far, when something went wrong on the way."""
        self.dispatcher.messages.clear()
        self.changes.clear()
        self.extra_events.clear()

    def events(self) -> list[EventType]:
        return [*self.extra_events, *(SlotSet(name, value) for name, value in self.changes.items())]
