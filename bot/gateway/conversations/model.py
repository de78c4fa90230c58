"""What a conversation is and the rules of one: who owns it, what is said to whom, which buttons still work."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.gateway.resume.model import Result
from bot.texts import Reply, TextButton

# Who waits in the queue and keeps writing hears again, but not at each message, that a person will come.
QUEUE_TOLD_FOR = timedelta(minutes=10)
# A browser may be another person's by tomorrow, and the conversation's token is still in it.
IDENTITY_HOLDS = timedelta(hours=12)
# Their `reply_key` begins so; the buttons of news work once, whatever the dialog goes on with.
NEWS_KEY = "news:"
COMPACT = (",", ":")
# The channel that reads what is published; every other one has a sender of its own, which marks what it sent.
WIDGET = "widget"
Render = Callable[[str, str], Reply]  # name and language of a sentence of domain.yml


class Owner(StrEnum):
    """Who answers the customer now."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


class Kind(StrEnum):
    """Notes and activities are for agents; a customer never gets one."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    ACTIVITY = "activity"
    NOTE = "note"


class Sender(StrEnum):
    """Who said it; the system is the gateway while the bot does not own the conversation."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Status(StrEnum):
    """The delivery of a message; what came in is `received`."""

    RECEIVED = "received"
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Origin(StrEnum):
    """How a message came, when not as usual: out of a topic of the staff's group, or by editing an earlier one."""

    TOPIC = "topic"
    EDIT = "edit"


class State(StrEnum):
    """Whether somebody still has to do something; a new message of the customer opens it again."""

    OPEN = "open"
    RESOLVED = "resolved"


class TurnState(StrEnum):
    """How far the answer to an incoming message is; every step is saved before the next begins."""

    RECEIVED = "received"
    ASKED = "asked"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Conversation:
    """One customer's thread. `sender_n` counts the stretches that the bot owned, from 1."""

    conversation_id: str
    channel: str
    customer_id: str
    identity: str | None
    language: str
    language_locked: bool
    owner: Owner
    agent: str | None
    handoff_reason: str | None
    owner_since: datetime
    queue_told_at: datetime | None
    sender_n: int
    last_seq: int
    read_seq: int
    created_at: datetime
    # A digest of the address that opened it; none on Telegram.
    address_key: str | None = None
    # For the desk.
    customer_name: str | None = None
    agent_name: str | None = None
    team: str | None = None
    state: State = State.OPEN
    booked: bool = False
    priority: str = "normal"
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    version: int = 0
    order_no: str | None = None
    handover: Mapping[str, Any] | None = None
    last_message: Mapping[str, Any] | None = None
    unread: int = 0
    tags: tuple[str, ...] = ()
    place: str = "new"
    updated_at: datetime | None = None

    @property
    def sender_id(self) -> str:
        """The sender id that Rasa knows this stretch by."""
        return f"{self.conversation_id}.{self.sender_n}"

    def identity_at(self, now: datetime) -> str | None:
        """The signed identity while it holds; whoever has the conversation later has to prove orders otherwise."""
        return self.identity if now - self.created_at <= IDENTITY_HOLDS else None

    def public(self) -> dict[str, Any]:
        """What the customer may see."""
        return {
            "conversation_id": self.conversation_id,
            "language": self.language,
            "owner": self.owner.value,
            "last_seq": self.last_seq,
            "read_seq": self.read_seq,
            "created_at": self.created_at.isoformat(),
        }


@dataclass(frozen=True)
class Button:
    """A button as the customer gets it."""

    button_id: str
    title: str


@dataclass(frozen=True)
class Message:
    """One message; `seq` counts what the customer sees, from 1, and is None for notes and activities.

    `picture_id` is a picture of the customer, `image` the path of one that explains what the bot says.
    """

    message_id: str
    conversation_id: str
    seq: int | None
    kind: Kind
    sender: Sender
    text: str
    buttons: tuple[Button, ...]
    picture_id: str | None
    image: str | None
    client_id: str | None
    created_at: datetime
    status: Status
    # News: the buttons work until one of them was clicked, whatever the dialog goes on with.
    lasting: bool = False
    # For the desk: the order of everything, who wrote it, and what an activity was.
    position: int = 0
    author: str | None = None
    author_name: str | None = None
    activity: Mapping[str, Any] | None = None
    desk_client_id: str | None = None
    origin: str | None = None
    # The id of the message that this answers or corrects, where the channel told it.
    quotes: str | None = None

    def public(self) -> dict[str, Any]:
        """What the customer may see; only for messages that have a `seq`."""
        return {
            "message_id": self.message_id,
            "seq": self.seq,
            "kind": self.kind.value,
            "sender": self.sender.value,
            "text": self.text,
            "buttons": [{"id": each.button_id, "title": each.title} for each in self.buttons],
            "lasting": self.lasting,
            "picture_id": self.picture_id,
            "image": self.image,
            "client_id": self.client_id,
            "created_at": self.created_at.isoformat(),
            "status": self.status.value,
        }


@dataclass(frozen=True)
class IncomingMessage:
    """What a channel received: a text, a button, or a picture that may have a text; with no secrets in it.

    `external_id` is the channel's own number of the message, `client_id` that of the customer's program. `more` says
    that another picture follows at once, so that both are answered together.
    """

    text: str = ""
    button_id: str | None = None
    picture_id: str | None = None
    client_id: str | None = None
    external_id: str | None = None
    redacted: bool = False
    more: bool = False
    # A resume code that stood in the text, or why it is not looked up.
    resume_code: str | None = None
    resume_refused: Result | None = None
    # What a command of the channel asks the bot for, whatever the text is.
    intent: str | None = None
    origin: str | None = None
    quotes: str | None = None


@dataclass(frozen=True)
class Turn:
    """An incoming message (or a switch of the language) that waits for its answer."""

    turn_id: str
    conversation_id: str
    ask: str
    stale: bool
    redacted: bool
    state: TurnState
    sender_id: str | None
    received_at: datetime


@dataclass(frozen=True)
class BotAnswer:
    """What Rasa answered: sentences, and what its `custom` payloads ask of the gateway."""

    replies: tuple[Reply, ...] = ()
    handoff: str | None = None
    language: str | None = None
    tickets: tuple[dict[str, Any], ...] = ()
    # What the dialog found out, for the human who goes on.
    card: Mapping[str, Any] | None = None

    @property
    def empty(self) -> bool:
        """Whether Rasa hid a failure behind an empty answer."""
        return not (self.replies or self.handoff or self.tickets)


@dataclass(frozen=True)
class Said:
    """A message to be written. `dialog` marks what makes the buttons of earlier messages stale."""

    text: str
    buttons: tuple[TextButton, ...] = ()
    kind: Kind = Kind.OUTGOING
    sender: Sender = Sender.BOT
    dialog: bool = False
    author: str | None = None
    image: str | None = None
    author_name: str | None = None
    activity: Mapping[str, Any] | None = None
    picture_id: str | None = None
    client_id: str | None = None
    origin: str | None = None
    quotes: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What one transaction writes besides the state of its turn; None leaves a field as it is.

    `changes` are other columns of the conversation, `card` what a human is told at a handoff, `ask` a turn for the bot.
    """

    said: tuple[Said, ...] = ()
    owner: Owner | None = None
    agent: str | None = None
    reason: str | None = None
    language: str | None = None
    fresh_sender: bool = False
    queue_told: bool = False
    tickets: tuple[dict[str, Any], ...] = field(default=())
    changes: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] | None = None
    ask: str | None = None


def clean_text(text: str) -> str:
    """Without control characters, lone surrogates and space at the ends; no database takes the first two."""
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def text_for_bot(text: str) -> str:
    """Typed text without the leading slash that would let a customer send Rasa an intent of their choice.

    Rasa strips every kind of blank before it looks for the slash, so each kind that precedes one goes too.
    """
    return re.sub(r"^[\s/]+", "", text) or "?"


def payload(intent: str, **entities: str) -> str:
    """A message for Rasa that names its intent."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False, separators=COMPACT)}"


# The button of the question for a score after a human has settled a case; the gateway keeps it itself.
SCORE = "score_conversation"


def is_score(ask: str) -> bool:
    """Whether a turn only says how many points the customer gives."""
    return ask.startswith(f"/{SCORE}{{")


def resume_ask(result: Result) -> str:
    """What the bot is asked when a customer sent a resume code."""
    return payload("resume_case", field=result.value)


def answer_outcome(
    conversation: Conversation, turn: Turn, answer: BotAnswer | None, render: Render, now: datetime
) -> Outcome:
    """What follows from the bot's answer, or from its failure (None), for the owner at this moment."""
    notices = _notices(conversation, turn, render)
    if conversation.owner is not Owner.BOT:
        return _others_outcome(conversation, turn, answer, notices, render, now)
    if turn.sender_id is not None and turn.sender_id != conversation.sender_id:
        # An agent came and went during the turn; the answer belongs to a dialog that is over.
        return Outcome(said=(*notices, *_notes(answer)), tickets=answer.tickets if answer else ())
    if turn.stale:
        return Outcome(said=(*notices, _notice(conversation, render, "utter_button_stale")))
    if answer is None:
        said = _notice(conversation, render, "utter_bot_unavailable")
        return Outcome(said=(*notices, said), owner=Owner.QUEUE, reason="bot_unavailable")
    replies = [Said(each.text, each.buttons, dialog=True, image=each.image) for each in answer.replies]
    return Outcome(
        said=(*notices, *replies),
        owner=Owner.QUEUE if answer.handoff else None,
        reason=answer.handoff,
        language=answer.language,
        tickets=answer.tickets,
        card=answer.card,
    )


def _others_outcome(
    conversation: Conversation,
    turn: Turn,
    answer: BotAnswer | None,
    notices: tuple[Said, ...],
    render: Render,
    now: datetime,
) -> Outcome:
    """The bot is silent: its answer becomes a note. Who writes to the queue is told so, now and then."""
    told = queue_should_answer(conversation, turn, now)
    said = (_notice(conversation, render, "utter_handoff_queued"),) if told else ()
    return Outcome(
        said=(*notices, *_notes(answer), *said),
        queue_told=told,
        language=answer.language if answer else None,
        tickets=answer.tickets if answer else (),
    )


def queue_should_answer(conversation: Conversation, turn: Turn, now: datetime) -> bool:
    """Whether a message to the queue gets an acknowledgment: once in ten minutes, the handoff's own sentence counts.

    Messages from before the handoff have been answered by the sentence that came with it.
    """
    if conversation.owner is not Owner.QUEUE or turn.received_at <= conversation.owner_since:
        return False
    return conversation.queue_told_at is None or now - conversation.queue_told_at >= QUEUE_TOLD_FOR


def greeting(language: str, render: Render) -> tuple[Said, ...]:
    """The first words."""
    reply = render("utter_greet", language)
    return (Said(reply.text, reply.buttons, dialog=True),)


def delayed_outcome(conversation: Conversation, render: Render, name: str = "utter_bot_delayed") -> Outcome | None:
    """The sentence for a turn that takes long."""
    if conversation.owner is not Owner.BOT:
        return None
    return Outcome(said=(_notice(conversation, render, name),))


def _notice(conversation: Conversation, render: Render, name: str) -> Said:
    """A sentence of the gateway's own; it leaves the bot's buttons alive."""
    sender = Sender.BOT if conversation.owner is Owner.BOT else Sender.SYSTEM
    return Said(render(name, conversation.language).text, sender=sender)


def _notices(conversation: Conversation, turn: Turn, render: Render) -> tuple[Said, ...]:
    """That a secret was hidden; and what became of a resume code, which the bot says itself while it talks."""
    names = ["utter_secret_redacted"] if turn.redacted else []
    if conversation.owner is not Owner.BOT:
        names += [f"utter_resume_{each}" for each in Result if turn.ask == resume_ask(each)]
    return tuple(_notice(conversation, render, name) for name in names)


def _notes(answer: BotAnswer | None) -> list[Said]:
    return [Said(each.text, kind=Kind.NOTE, sender=Sender.BOT) for each in answer.replies] if answer else []
