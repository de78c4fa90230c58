"""Conversations and their messages in SQL; each method is one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import NotFoundError
from bot.gateway.conversations.incoming import ask_of, find_repeated, news_before
from bot.gateway.conversations.model import (
    WIDGET,
    Conversation,
    IncomingMessage,
    Kind,
    Message,
    Outcome,
    Owner,
    Said,
    State,
    Status,
    Turn,
    TurnState,
    is_score,
    payload,
    text_for_bot,
)
from bot.gateway.conversations.rows import (
    Writer,
    conversation_from,
    lock_conversation,
    new_id,
    read_messages,
    turn_from,
)
from bot.gateway.conversations.standing import Standards, urgency
from bot.gateway.conversations.tables import conversations, messages, outbox, turns
from bot.gateway.resume.model import HIDDEN, hide, place_in
from bot.gateway.resume.store import ResumeCodes, resumed_by
from bot.gateway.tasks import unbroken
from bot.texts import RESUME_MARK

# What makes the second of two turns of one message the later one.
MOMENT = timedelta(microseconds=1)
Decide = Callable[[Conversation], Outcome | None]
Settle = Callable[[AsyncConnection], Awaitable[bool]]
# What a handoff becomes, by who is there and what time it is; see `bot/gateway/desk/reception.py`.
Receive = Callable[[AsyncConnection, Conversation, Outcome, datetime], Awaitable[Outcome]]


@dataclass(frozen=True)
class Written:
    """What a transaction changed: the conversation before and after, and its new messages in order."""

    before: Conversation
    conversation: Conversation
    messages: tuple[Message, ...] = ()
    tickets: bool = False
    asks: bool = False


@dataclass(frozen=True)
class Saved:
    """A received message; `written` is None when it had been received before."""

    message: Message
    written: Written | None


@unbroken
class ConversationStore:
    """All reading and writing of conversations. Unknown ids raise NotFoundError."""

    def __init__(self, engine: AsyncEngine, codes: ResumeCodes | None = None) -> None:
        self.engine = engine
        self._codes = codes or ResumeCodes("")
        self.standards = Standards()
        self.receive_handoff: Receive = _as_it_is

    async def create(self, columns: dict[str, Any], now: datetime) -> Conversation:
        """A new conversation that the bot owns; `columns` are those without a default below."""
        values = {
            "language_locked": False,
            "owner": Owner.BOT.value,
            "owner_since": now,
            "sender_n": 1,
            "last_seq": 0,
            "last_position": 0,
            "read_seq": 0,
            "created_at": now,
            "updated_at": now,
            "urgency": urgency("normal", now),
            **columns,
        }
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(conversations).values(values))
            return await self._read(connection, values["conversation_id"])

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.engine.begin() as connection:
            return await self._read(connection, conversation_id)

    async def access(self, conversation_id: str, token_hash: str) -> Conversation:
        """The conversation, for who holds its token; a wrong token is as good as no conversation."""
        where = (conversations.c.conversation_id == conversation_id, conversations.c.token_hash == token_hash)
        async with self.engine.begin() as connection:
            row = (await connection.execute(sa.select(conversations).where(*where))).one_or_none()
        if row is None:
            raise NotFoundError
        return conversation_from(row)

    async def messages_after(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """What the customer sees after `seq` number `after`, oldest first."""
        query = (
            sa.select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.seq > after)
            .order_by(messages.c.seq)
            .limit(limit)
        )
        async with self.engine.begin() as connection:
            return await read_messages(connection, query, self._codes.reveal)

    async def all_messages(self, conversation_id: str) -> list[Message]:
        """Everything in order, with notes and activities: for agents only."""
        query = sa.select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.position)
        async with self.engine.begin() as connection:
            return await read_messages(connection, query, hide)

    async def message_of_client(self, conversation_id: str, client_id: str) -> Message | None:
        """The message that was saved under this client id."""
        async with self.engine.begin() as connection:
            return await find_repeated(connection, conversation_id, IncomingMessage(client_id=client_id))

    async def mark_read(self, conversation_id: str, seq: int) -> Conversation:
        """The customer has read up to `seq`; never goes back, nor past the last message."""
        async with self.engine.begin() as connection:
            row = await self._locked(connection, conversation_id)
            read = max(row.read_seq, min(seq, row.last_seq))
            where = conversations.c.conversation_id == conversation_id
            await connection.execute(sa.update(conversations).where(where).values(read_seq=read))
            return await self._read(connection, conversation_id)

    async def save_incoming(
        self, conversation_id: str, incoming: IncomingMessage, language: Callable[[Conversation], str], now: datetime
    ) -> Saved:
        """Save a received message and the turn that waits for its answer.

        A repeated client or external id gives the message that was saved first. `language` finds the language
        from now on. Raises InvalidError for a button or picture that is not this conversation's.
        """
        try:
            return await self._save_incoming(conversation_id, incoming, language, now)
        except IntegrityError:
            # Two deliveries of one external id at once; the other one has won.
            async with self.engine.begin() as connection:
                first = await find_repeated(connection, conversation_id, incoming)
            if first is None:
                raise
            return Saved(first, None)

    async def _save_incoming(
        self, conversation_id: str, incoming: IncomingMessage, language: Callable[[Conversation], str], now: datetime
    ) -> Saved:
        async with self.engine.begin() as connection:
            row = await self._locked(connection, conversation_id)
            before = conversation_from(row)
            repeated = await find_repeated(connection, conversation_id, incoming)
            if repeated is not None:
                return Saved(repeated, None)
            text, ask, extra = await ask_of(connection, conversation_id, incoming, self._codes, now)
            writer = Writer(connection, row, now, self.standards)
            message_id = await writer.incoming(
                text=text,
                picture_id=incoming.picture_id,
                client_id=incoming.client_id,
                external_id=incoming.external_id,
                origin=incoming.origin,
                quotes=incoming.quotes,
            )
            await writer.add_turn(message_id, ask, redacted=incoming.redacted, **extra)
            if incoming.picture_id and incoming.text:
                # The bot reads a caption as a message of its own, right after the picture.
                await writer.add_turn(new_id(), text_for_bot(incoming.text), received_at=now + MOMENT)
            again = {"state": State.OPEN.value} if before.state is State.RESOLVED and not is_score(ask) else {}
            after = await writer.finish(language=language(before), **again)
            (message,) = await self._added(connection, writer)
            return Saved(message, Written(before, after, (message,)))

    async def choose_language(
        self, conversation_id: str, language: str, greeting: Sequence[Said], now: datetime
    ) -> Written:
        """Keep to the language that the customer chose.

        Once they have talked the bot is told in a turn of its own; before, the greeting is said anew.
        """
        async with self.engine.begin() as connection:
            row = await self._locked(connection, conversation_id)
            before = conversation_from(row)
            writer = Writer(connection, row, now, self.standards)
            if before.owner is Owner.BOT and before.language != language:
                query = sa.select(turns.c.turn_id).where(turns.c.conversation_id == conversation_id).limit(1)
                if await connection.scalar(query):
                    await writer.add_turn(new_id(), payload("switch_language", language=language))
                else:
                    for said in greeting:
                        await writer.say(said, None, None)
            after = await writer.finish(language=language, language_locked=True)
            return Written(before, after, tuple(await self._added(connection, writer)))

    async def write(
        self,
        conversation_id: str,
        decide: Decide,
        now: datetime,
        *,
        key: str | None = None,
        answers: str | None = None,
        also: Sequence[str] = (),
        settle: Settle | None = None,
    ) -> Written | None:
        """Write what `decide` makes of the conversation as it is inside this transaction; None when nothing.

        key: the same thing is never said twice under one key. answers: the turn that this ends, once, and with it
        those of `also`. settle: what this transaction ends besides, once; nothing is written when it gives False.
        """
        async with self.engine.begin() as connection:
            row = await self._locked(connection, conversation_id)
            before = conversation_from(row)
            if answers and not await self._end_turn(connection, answers, now):
                return None
            for each in also:
                await self._end_turn(connection, each, now)
            if settle and not await settle(connection):
                return None
            key = key or answers
            if key and await connection.scalar(
                sa.select(messages.c.position).where(messages.c.reply_key == f"{key}:0")
            ):
                return None
            outcome = decide(before)
            if outcome is None:
                return None
            if outcome.owner is Owner.QUEUE and before.owner is not Owner.QUEUE:
                outcome = await self.receive_handoff(connection, before, outcome, now)
            writer = Writer(connection, row, now, self.standards)
            for index, said in enumerate(outcome.said):
                coded = await self._with_code(connection, said, before, now)
                await writer.say(coded, answers, f"{key}:{index}" if key else None)
            for ticket in outcome.tickets:
                await self._keep_ticket(connection, conversation_id, ticket, now)
            if outcome.ask:
                await writer.add_turn(new_id(), outcome.ask)
            after = await writer.finish(**_changes(before, outcome, now))
            added = await self._added(connection, writer)
            return Written(before, after, tuple(added), bool(outcome.tickets), bool(outcome.ask))

    async def mark_sent(self, message_ids: Sequence[str]) -> None:
        """These messages have been delivered."""
        where = (messages.c.message_id.in_(message_ids), messages.c.status == Status.PENDING.value)
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(messages).where(*where).values(status=Status.SENT.value))

    async def pending(self, conversation_id: str | None = None, channel: str = WIDGET) -> list[Message]:
        """What was saved for the customers of this channel but not marked as delivered; of the widget after a crash."""
        query = sa.select(messages).where(messages.c.status == Status.PENDING.value, messages.c.channel == channel)
        if conversation_id is not None:
            query = query.where(messages.c.conversation_id == conversation_id)
        async with self.engine.begin() as connection:
            query = query.order_by(messages.c.conversation_id, messages.c.position)
            return await read_messages(connection, query, self._codes.reveal)

    async def unanswered(self) -> list[str]:
        """The conversations that have turns without an answer, the longest waiting first."""
        query = (
            sa.select(turns.c.conversation_id)
            .where(turns.c.state != TurnState.ANSWERED.value)
            .group_by(turns.c.conversation_id)
            .order_by(sa.func.min(turns.c.received_at))
        )
        async with self.engine.begin() as connection:
            return list((await connection.scalars(query)).all())

    async def waiting_turns(self, conversation_id: str, limit: int = 20) -> list[Turn]:
        """The turns without an answer, the oldest first."""
        query = (
            sa.select(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.state != TurnState.ANSWERED.value)
            .order_by(turns.c.position, turns.c.received_at)
            .limit(limit)
        )
        async with self.engine.begin() as connection:
            return [turn_from(row) for row in await connection.execute(query)]

    async def mark_asked(self, turn_id: str, sender_id: str, now: datetime) -> None:
        """Rasa is about to be asked under this sender id."""
        values = {"state": TurnState.ASKED.value, "sender_id": sender_id, "asked_at": now}
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(turns).where(turns.c.turn_id == turn_id).values(values))

    async def resumed_by(self, conversation_id: str) -> list[str]:
        """The customers whose tickets this conversation goes on with besides its own."""
        async with self.engine.begin() as connection:
            return await resumed_by(connection, conversation_id)

    async def news_before(self, turn_id: str) -> str | None:
        """See `incoming.news_before`."""
        async with self.engine.begin() as connection:
            return await news_before(connection, turn_id)

    async def _with_code(
        self, connection: AsyncConnection, said: Said, conversation: Conversation, now: datetime
    ) -> Said:
        """What the dialog says with a place for the resume code, which only the customer will see."""
        if RESUME_MARK not in said.text:
            return said
        if said.kind is not Kind.OUTGOING:
            return replace(said, text=said.text.replace(RESUME_MARK, HIDDEN))
        nonce = await self._codes.nonce_for(connection, conversation.customer_id, now)
        return replace(said, text=place_in(said.text, nonce))

    async def _read(self, connection: AsyncConnection, conversation_id: str) -> Conversation:
        query = sa.select(conversations).where(conversations.c.conversation_id == conversation_id)
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFoundError
        return conversation_from(row)

    async def _locked(self, connection: AsyncConnection, conversation_id: str) -> sa.Row[Any]:
        row = await lock_conversation(connection, conversation_id)
        if row is None:
            raise NotFoundError
        return row

    async def _added(self, connection: AsyncConnection, writer: Writer) -> list[Message]:
        query = sa.select(messages).where(messages.c.message_id.in_(writer.message_ids))
        return await read_messages(connection, query.order_by(messages.c.position), self._codes.reveal)

    async def _end_turn(self, connection: AsyncConnection, turn_id: str, now: datetime) -> bool:
        where = (turns.c.turn_id == turn_id, turns.c.state != TurnState.ANSWERED.value)
        values = {"state": TurnState.ANSWERED.value, "answered_at": now}
        return bool((await connection.execute(sa.update(turns).where(*where).values(values))).rowcount)

    async def _keep_ticket(
        self, connection: AsyncConnection, conversation_id: str, ticket: dict[str, Any], now: datetime
    ) -> None:
        body = {name: value for name, value in ticket.items() if name != "idempotency_key"}
        key = str(ticket["idempotency_key"])
        if await connection.scalar(sa.select(outbox.c.outbox_id).where(outbox.c.idempotency_key == key)):
            return
        values = {
            "outbox_id": new_id(),
            "conversation_id": conversation_id,
            "idempotency_key": key,
            "body": body,
            "state": "pending",
            "attempts": 0,
            "next_at": now,
            "created_at": now,
        }
        await connection.execute(sa.insert(outbox).values(values))


def _changes(before: Conversation, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of the conversation that an outcome changes."""
    changes: dict[str, Any] = {}
    if outcome.owner is not None and outcome.owner is not before.owner:
        changes |= {
            "owner": outcome.owner.value,
            "agent": outcome.agent,
            "agent_name": None,
            "handoff_reason": outcome.reason if outcome.owner is Owner.QUEUE else before.handoff_reason,
            "owner_since": now,
            "queue_told_at": None,
        }
    if outcome.fresh_sender:
        changes["sender_n"] = before.sender_n + 1
    if outcome.language is not None:
        changes |= {"language": outcome.language, "language_locked": True}
    if outcome.queue_told:
        changes["queue_told_at"] = now
    return {**changes, **outcome.changes}


async def _as_it_is(connection: AsyncConnection, before: Conversation, outcome: Outcome, now: datetime) -> Outcome:
    return outcome
