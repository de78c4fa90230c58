"""What stands in a topic of the staff's group: its name, the card, copies of messages (pure)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.gateway.channels.telegram.forum_codes import AXES, DIAGNOSES, NAMES, REASONS, STATES, VALUES, VERDICTS
from bot.gateway.channels.telegram.forum_words import WORDS, say, word
from bot.gateway.channels.telegram.model import LONGEST_CAPTION, LONGEST_TEXT, split, units
from bot.gateway.conversations.model import WIDGET, Conversation, Kind, Message, Origin, Owner, Sender, State
from bot.gateway.desk.model import masked
from bot.redact import redact

LONGEST_NAME = 128
LARGEST_ALBUM = 10
# So much of what was said before stands in a new topic; the card has the rest.
HISTORY = 10
TOLD = (
    "handed_off", "booked", "claimed", "taken_over", "stepped_in", "transferred", "handed_back", "resolved", "reopened",
    "lost", "unreachable", "reachable", "undelivered", "edit_refused",
)  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """One conversation's place in the group; no `thread_id`: it has to be made."""

    conversation_id: str
    thread_id: int | None
    name: str
    card: str | None
    position: int
    closed: bool


@dataclass(frozen=True)
class Copy:
    """One or several messages of the log that are copied by one call, or one long message in several texts."""

    messages: tuple[Message, ...]
    texts: tuple[str, ...]
    pictures: bool = False

    @property
    def ids(self) -> list[str]:
        return [each.message_id for each in self.messages]


def topic_name(conversation: Conversation, product: str | None, language: str) -> str:
    """Short enough for a list on a phone; the whole order number is in the card."""
    tail = f"…{conversation.order_no[-4:]}" if conversation.order_no else ""
    reason = word(conversation.handoff_reason or "other", language, REASONS)
    parts = [f"#{conversation.conversation_id[:4]}", tail, redact(product or reason).text]
    name = " · ".join(" ".join(each.split()) for each in parts if each)
    return next(split(name, LONGEST_NAME))


def card_of(conversation: Conversation) -> str:
    """Which handover the card is about; another one has another card."""
    return str((conversation.handover or {}).get("at", "-"))[:40]


def card_text(conversation: Conversation, product: str | None, language: str) -> str:
    """What the next human has to know, without secrets."""
    card: Mapping[str, Any] = conversation.handover or {}
    reason = str(card.get("reason") or conversation.handoff_reason or "other")
    channel = say("web", language) if conversation.channel == WIDGET else conversation.channel.title()
    diagnosis = card.get("diagnosis")
    lines = [
        ("why", word(reason, language, REASONS)),
        ("priority", say(conversation.priority, language)),
        ("who", masked(conversation.customer_name)),
        ("channel", f"{channel} · {conversation.language}"),
        ("order", card.get("order_no") or conversation.order_no),
        ("product", product),
        ("asked", card.get("asked")),
        ("told", _pairs(card.get("answered"), "value", language)),
        ("checked", _pairs(card.get("checked"), "result", language)),
        ("diagnosis", word(str(diagnosis), language, DIAGNOSES) if diagnosis else None),
    ]
    colon = say("colon", language)
    body = [f"{say(name, language)}{colon}{value}" for name, value in lines if value]
    how = say("how", language, commands=say("commands", language))
    text = redact("\n".join([say("card", language), *body])).text
    return f"{next(split(text, LONGEST_TEXT - units(how) - 2))}\n\n{how}"


def _pairs(found: Any, value: str, language: str) -> str:
    if not isinstance(found, list):
        return ""
    lines = []
    for each in found:
        name, code = str(each.get("name", "")), str(each.get(value, ""))
        books = (VERDICTS,) if name == "evidence" else (VALUES, STATES)
        lines.append(f"\n  {word(name, language, NAMES, AXES)} — {word(code, language, *books)}")
    return "".join(lines)


def is_shown(message: Message) -> bool:
    """Whether a topic gets it; what was written there stands there already."""
    if message.origin == Origin.TOPIC:
        return False
    if message.kind is Kind.ACTIVITY:
        return message.text in TOLD
    return bool(message.text or message.picture_id or message.image or message.buttons)


def next_copy(waiting: Sequence[Message], doubtful: Collection[str], name: str | None, language: str) -> Copy | None:
    """What to copy next of the messages that wait, all of which are shown; `doubtful` ones may have arrived before.

    Texts are joined while they fit, as a group takes few messages a minute; pictures sent in one go become an album.
    What answers another message stands alone, so that it can point there.
    """
    if not waiting:
        return None
    first, unsure = waiting[0], waiting[0].message_id in doubtful
    run = [first]
    texts = [shown(first, name, language)]
    for message in waiting[1:]:
        if (message.message_id in doubtful) != unsure or bool(message.picture_id) != bool(first.picture_id):
            break
        if first.picture_id:
            if message.sender is not first.sender or message.kind is not first.kind or len(run) == LARGEST_ALBUM:
                break
            texts.append(_caption(redact(message.text).text, language))
        else:
            text = shown(message, name, language)
            joined = units("\n\n".join([*texts, text]))
            if first.quotes or message.quotes or joined > LONGEST_TEXT:
                break
            texts.append(text)
        run.append(message)
    if first.picture_id:
        return Copy(tuple(run), (_caption(texts[0], language), *texts[1:]), pictures=True)
    return Copy(tuple(run), tuple(split("\n\n".join(texts))))


def _caption(text: str, language: str) -> str:
    if units(text) <= LONGEST_CAPTION:
        return text
    end = say("cut", language)
    return next(split(text, LONGEST_CAPTION - units(end))) + end


def shown(message: Message, name: str | None, language: str) -> str:
    """A message with who said it before it."""
    if message.kind is Kind.ACTIVITY:
        return f"— {_told(message, language)}"
    author = message.author_name or message.author or ""
    if message.kind is Kind.NOTE:
        head = say("note", language, name=author or say("bot" if message.sender is Sender.BOT else "system", language))
    elif message.sender is Sender.AGENT:
        head = say("agent", language, name=author)
    elif message.sender is Sender.CUSTOMER:
        head = say("customer", language, name=masked(name) or say("a_customer", language))
    else:
        head = say(message.sender.value, language)
    if message.origin == Origin.EDIT:
        head += say("edited", language)
    lines = [head, say("picture", language) if message.image else "", redact(message.text).text]
    lines.append("  ".join(f"[{each.title}]" for each in message.buttons))
    return "\n".join(each for each in lines if each)


def _told(message: Message, language: str) -> str:
    found = message.activity or {}
    by = message.author_name or message.author or say("system", language)
    to, reason = str(found.get("to") or ""), word(str(found.get("reason") or "other"), language, REASONS)
    return say(message.text, language, by=by, to=to, reason=reason) if message.text in WORDS else message.text


def who_text(conversation: Conversation, ticket_no: str | None, now: datetime, language: str) -> str:
    """Owner, wait, order, ticket."""
    owner = conversation.agent_name or conversation.agent or ""
    if conversation.owner is not Owner.AGENT:
        owner = say(f"owner_{conversation.owner.value}", language)
    if conversation.state is State.RESOLVED:
        owner = say("state_resolved", language)
    wait = say("no_wait", language)
    if conversation.waiting_since:
        wait = say("minutes", language, count=int((now - conversation.waiting_since).total_seconds() // 60))
    none, colon = say("none", language), say("colon", language)
    lines = [("owner", owner), ("wait", wait), ("order", conversation.order_no or none), ("ticket", ticket_no or none)]
    return "\n".join(f"{say(name, language)}{colon}{value}" for name, value in lines)
