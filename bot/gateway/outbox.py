"""Tickets that wait for the backend: saved with the reply that promised them, retried until they are open."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import HelpdeskError, TicketExistsError
from bot.gateway.conversations.model import Conversation, Kind, Outcome, Owner, Said, Sender
from bot.gateway.conversations.tables import outbox
from bot.gateway.desk.model import handoff_outcome
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import unbroken
from bot.texts import RESUME_MARK

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=2)
# What no repetition will cure: a human has to look at the report.
HOPELESS = frozenset({"bad_request", "invalid", "not_found", "order_not_found", "idempotency_mismatch", "too_large"})


class Tickets(Protocol):
    """What the outbox needs of the backend's client."""

    async def open_ticket(self, body: dict[str, Any], idempotency_key: str, proof: str | None = None) -> dict[str, Any]:
        """`POST /v1/tickets`."""


@dataclass(frozen=True)
class Entry:
    """One ticket to be opened."""

    outbox_id: str
    conversation_id: str
    idempotency_key: str
    body: dict[str, Any]
    attempts: int
    next_at: datetime


@unbroken
class OutboxStore:
    """The entries in SQL; they are added with the reply and settled with the late sentence, see ConversationStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def waiting(self) -> list[Entry]:
        """All entries without an answer, the next one to try first."""
        columns = [outbox.c[name] for name in Entry.__dataclass_fields__]
        query = sa.select(*columns).where(outbox.c.state == "pending").order_by(outbox.c.next_at)
        async with self._engine.begin() as connection:
            return [Entry(**row._mapping) for row in await connection.execute(query)]

    async def postpone(self, entry: Entry, error: str, next_at: datetime) -> None:
        """The backend did not answer."""
        values = {"attempts": entry.attempts + 1, "last_error": error, "next_at": next_at}
        where = outbox.c.outbox_id == entry.outbox_id
        async with self._engine.begin() as connection:
            await connection.execute(sa.update(outbox).where(where).values(values))


async def end_entry(entry: Entry, values: dict[str, Any], connection: AsyncConnection) -> bool:
    """The entry waits no longer; False when it was settled before."""
    where = (outbox.c.outbox_id == entry.outbox_id, outbox.c.state == "pending")
    return bool((await connection.execute(sa.update(outbox).where(*where).values(values))).rowcount)


class Outbox:
    """The loop that opens the tickets."""

    def __init__(
        self, store: OutboxStore, switchboard: Switchboard, backend: Tickets, first_pause: timedelta = FIRST_PAUSE
    ) -> None:
        self._store = store
        self._switchboard = switchboard
        self._backend = backend
        self._first_pause = first_pause
        self._new = asyncio.Event()

    def wake(self) -> None:
        """There is a new entry."""
        self._new.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._new.clear()
            try:
                pause = await self.work()
            except Exception:
                log.exception("the outbox could not be worked on")
                pause = LONGEST_PAUSE
            try:
                async with asyncio.timeout(pause.total_seconds() if pause is not None else None):
                    await self._new.wait()
            except TimeoutError:
                continue

    async def work(self) -> timedelta | None:
        """Try each entry that is due; how long until the next one is, or None when nothing waits."""
        entries = await self._store.waiting()
        for entry in entries:
            if entry.next_at > self._switchboard.now():
                continue
            try:
                await self._try(entry)
            except Exception:  # one ticket must not keep the others from being opened
                log.exception("a ticket could not be worked on")
                await self._store.postpone(entry, "internal_error", self._switchboard.now() + LONGEST_PAUSE)
        entries = await self._store.waiting()
        self._switchboard.metrics.outbox.set(len(entries))
        if not entries:
            return None
        return max(entries[0].next_at - self._switchboard.now(), timedelta(0))

    async def _try(self, entry: Entry) -> None:
        try:
            ticket = await self._backend.open_ticket(entry.body, idempotency_key=entry.idempotency_key)
        except TicketExistsError as error:
            ticket = error.details
        except HelpdeskError as error:
            if error.code in HOPELESS:
                await self._give_to_a_human(entry, error)
                return
            pause = min(self._first_pause * 2 ** min(entry.attempts, 16), LONGEST_PAUSE)
            log.warning("a ticket has to wait: %s", error.code)
            await self._store.postpone(entry, error.code, self._switchboard.now() + pause)
            return
        ticket_no = str(ticket["ticket_no"])
        await self._switchboard.write(
            entry.conversation_id,
            lambda it: late_outcome(it, self._switchboard, ticket_no),
            key=f"outbox:{entry.outbox_id}",
            settle=partial(end_entry, entry, {"state": "done", "ticket_no": ticket_no}),
        )

    async def _give_to_a_human(self, entry: Entry, error: HelpdeskError) -> None:
        log.error("the backend refuses a ticket: %s", error.code)
        await self._switchboard.write(
            entry.conversation_id,
            lambda it: refused_outcome(it, self._switchboard, error.code),
            key=f"outbox:{entry.outbox_id}",
            settle=partial(end_entry, entry, {"state": "refused", "last_error": error.code}),
        )


def late_outcome(conversation: Conversation, switchboard: Switchboard, ticket_no: str) -> Outcome:
    """The number that the customer was promised; they get it whoever owns the conversation by now."""
    reply = switchboard.texts.render(
        "utter_ticket_opened_late", conversation.language, ticket_no=ticket_no, resume_code=RESUME_MARK
    )
    sender = Sender.BOT if conversation.owner is Owner.BOT else Sender.SYSTEM
    return Outcome(said=(Said(reply.text, sender=sender),))


def refused_outcome(conversation: Conversation, switchboard: Switchboard, code: str) -> Outcome:
    """Into the queue with a note of why; an agent who already has the conversation gets the note."""
    note = Said(f"ticket_refused: {code}", kind=Kind.NOTE, sender=Sender.SYSTEM)
    handoff = handoff_outcome(conversation, "other")
    if handoff is None:
        return Outcome(said=(note,))
    return replace(handoff, said=(note,))
