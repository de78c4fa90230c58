"""Decides where a message goes: saves it first, keeps the order, and moves a conversation between its owners."""

import asyncio
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bot.clock import Clock, utc_now
from bot.gateway.conversations.hub import Frame, Hub
from bot.gateway.conversations.model import (
    WIDGET,
    Conversation,
    IncomingMessage,
    Message,
    Outcome,
    Owner,
    Status,
    greeting,
)
from bot.gateway.conversations.store import ConversationStore, Decide, Saved, Settle, Written
from bot.gateway.desk.model import Person, claim_outcome, hand_back_outcome, handoff_outcome
from bot.gateway.language import detect_language
from bot.gateway.metrics import Metrics
from bot.texts import Texts

# Told of everything that was written, after the customer's sockets.
Heard = Callable[[Written], None]
# The conversation, and whether another picture of the customer is on its way.
Wake = Callable[[str, bool], None]


class Switchboard:
    """Every change of a conversation goes through here, so that sockets hear of it in the order of the log.

    `wake_worker`, `wake_outbox` and `wake_sender` are called after something was saved that they have to work on.
    """

    def __init__(self, store: ConversationStore, hub: Hub, texts: Texts, metrics: Metrics) -> None:
        self.store = store
        self.hub = hub
        self.texts = texts
        self.metrics = metrics
        self.now: Clock = utc_now
        self.wake_worker: Wake = lambda conversation_id, more: None
        self.wake_outbox: Callable[[], None] = lambda: None
        self.wake_sender: Callable[[str], None] = lambda conversation_id: None
        self.tell_desk: Heard = lambda written: None
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        """From saving to publishing one at a time, else frames could overtake each other."""
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        return lock

    async def open_conversation(self, **columns: Any) -> Conversation:
        """A new conversation; its first message is the greeting."""
        conversation = await self.store.create(columns, self.now())
        written = await self.write(
            conversation.conversation_id, lambda it: Outcome(said=greeting(it.language, self.texts.render))
        )
        self.metrics.conversations.inc()
        return written.conversation if written else conversation

    async def receive(self, conversation_id: str, incoming: IncomingMessage) -> Saved:
        """Save what a customer sent, tell the sockets, and let the worker go on from there."""
        async with self._lock(conversation_id):
            saved = await self.store.save_incoming(
                conversation_id, incoming, partial(_language_after, incoming), self.now()
            )
            if saved.written is not None:
                self.metrics.messages.labels(kind="incoming").inc()
                await self._announce(saved.written)
        # Also when it was there: it may have been saved by a try whose end nobody saw.
        self.wake_worker(conversation_id, incoming.more)
        return saved

    async def choose_language(self, conversation_id: str, language: str) -> Conversation:
        """The customer toggled the language."""
        first_words = greeting(language, self.texts.render)
        async with self._lock(conversation_id):
            written = await self.store.choose_language(conversation_id, language, first_words, self.now())
            await self._announce(written)
        self.wake_worker(conversation_id, False)
        return written.conversation

    async def mark_read(self, conversation_id: str, seq: int) -> Conversation:
        """The customer has read up to `seq`; their other windows hear of it."""
        async with self._lock(conversation_id):
            before = await self.store.conversation(conversation_id)
            if seq <= before.read_seq:
                return before
            conversation = await self.store.mark_read(conversation_id, seq)
            await self._announce(Written(before, conversation))
        return conversation

    async def take_over(self, conversation_id: str, agent: str) -> bool:
        """An agent steps in, with or without being asked; ClaimedError when another agent already has."""
        person = Person(agent, agent)
        written = await self.write(conversation_id, lambda it: claim_outcome(it, person, self.now()))
        return written is not None

    async def hand_back(self, conversation_id: str) -> bool:
        """The bot goes on; False when it already owns the conversation."""
        return await self.write(conversation_id, hand_back_outcome) is not None

    async def request_handoff(self, conversation_id: str, reason: str) -> bool:
        """Put the conversation into the queue and say so; False when the bot does not own it."""
        written = await self.write(conversation_id, lambda it: handoff_outcome(it, reason))
        return written is not None

    async def write(
        self,
        conversation_id: str,
        decide: Decide,
        *,
        key: str | None = None,
        answers: str | None = None,
        also: Sequence[str] = (),
        settle: Settle | None = None,
    ) -> Written | None:
        """`ConversationStore.write`, then deliver: saved as pending, sent to the sockets, marked as sent."""
        async with self._lock(conversation_id):
            written = await self.store.write(
                conversation_id, decide, self.now(), key=key, answers=answers, also=also, settle=settle
            )
            if written is not None:
                await self._announce(written)
        if written is not None and written.tickets:
            self.wake_outbox()
        if written is not None and written.asks:
            self.wake_worker(conversation_id, False)
        return written

    async def _announce(self, written: Written) -> None:
        before, now = written.before, written.conversation
        if now.owner is not before.owner:
            self.metrics.owners.labels(owner=now.owner.value).inc()
            if now.owner is not Owner.BOT:
                self.hub.set_typing(now.conversation_id, False)
        for message in written.messages:
            if message.seq is not None:
                self.hub.publish(now.conversation_id, created(message))
        visible = (before.language, before.owner, before.read_seq)
        if visible != (now.language, now.owner, now.read_seq):
            self.hub.publish(now.conversation_id, {"type": "conversation_changed", "conversation": now.public()})
        if now.channel == WIDGET:
            await self._mark_sent(written.messages)
        elif written.messages:
            self.wake_sender(now.conversation_id)
        self.tell_desk(written)

    async def deliver_pending(self, conversation_id: str | None = None) -> None:
        """At the start: what a crash left between saving and marking; later what is tried again in a conversation."""
        pending = await self.store.pending(conversation_id)
        for message in pending:
            self.hub.publish(message.conversation_id, created(message))
        await self._mark_sent(pending)
        if conversation_id is not None:
            self.wake_sender(conversation_id)

    async def _mark_sent(self, messages: Sequence[Message]) -> None:
        sent = [each.message_id for each in messages if each.status is Status.PENDING]
        if sent:
            await self.store.mark_sent(sent)
            self.metrics.messages.labels(kind="outgoing").inc(len(sent))


def created(message: Message) -> Frame:
    """The frame for a new message. What is being sent is `sent` for who receives it."""
    body = message.public()
    if message.status is Status.PENDING:
        body["status"] = Status.SENT.value
    return {"type": "message_created", "message": body}


def _language_after(incoming: IncomingMessage, conversation: Conversation) -> str:
    """Only typed text tells the language, and only until the customer chose one; a command is no such text."""
    if conversation.language_locked or not incoming.text or incoming.intent:
        return conversation.language
    return detect_language(incoming.text, conversation.language)
