"""Do something to a ticket: the change, the message, the history, the news and the timers in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.events.model import NewEvent
from bot.backend.events.store import publish
from bot.backend.tickets.audience import audience_of
from bot.backend.tickets.history import changes_between, record
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import OVERDUE_AFTER, ActorKind, Author, Status, Ticket, digest_of
from bot.backend.tickets.moves import Move, moved
from bot.backend.tickets.news import news_of
from bot.backend.tickets.store import ticket_from
from bot.backend.tickets.tables import is_live, ticket_messages, tickets
from bot.backend.timers import store as timers
from bot.backend.timers.model import TimerKind
from bot.errors import TicketExistsError

AUTHOR_OF = {
    ActorKind.CUSTOMER: Author.CUSTOMER,
    ActorKind.AGENT: Author.AGENT,
    ActorKind.AUTOMATION: Author.SYSTEM,
    ActorKind.SYSTEM: Author.SYSTEM,
}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written along with an action; `report` is the whole report when it is one."""

    text: str = ""
    evidence: Sequence[str] = ()
    report: dict[str, Any] | None = None

    @property
    def empty(self) -> bool:
        return not self.text and not self.evidence and self.report is None


@dataclass(frozen=True)
class Done:
    """The ticket afterwards, and where that is written down."""

    ticket: Ticket
    history_id: int
    message_id: int | None


async def do_action(
    connection: AsyncConnection, row: Row[Any], move: Move, words: Words | None = None, reason: str = ""
) -> Done:
    """Do it to the locked row. `reason` is for colleagues.

    Raises ActionRefusedError when the stage does not allow it, and TicketExistsError when the case would become a
    second live one of its subject.
    """
    before = ticket_from(row)
    after = moved(before, move)
    if not await write_row(connection, row, before, after, move):
        raise TicketExistsError(ticket_no=await other_live(connection, row))
    return await tell(connection, row, before, after, move, words, reason)


async def tell(
    connection: AsyncConnection, row: Row[Any], before: Ticket | None, after: Ticket, move: Move,
    words: Words | None = None, reason: str = "",
) -> Done:  # fmt: skip
    """Everything that goes with a change that is written already: message, history, news, timers."""
    words = words or Words()
    message_id = None if words.empty else await _add_message(connection, row.id, move, words)
    changes = changes_between(before, after)
    history_id = await record(connection, row.id, move.action, move.actor, changes, move.now, reason, message_id)
    await set_timers(connection, before, after, move.now)
    if before:
        await _publish(connection, before, after, move, words.text, history_id)
    return Done(after, history_id, message_id)


async def write_row(
    connection: AsyncConnection, row: Row[Any], before: Ticket, after: Ticket, move: Move, **more: Any
) -> bool:
    """Write the fields that differ; False when that would make a second live ticket of a subject."""
    names = [name for name in Ticket.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
    values = {name: getattr(after, name) for name in names} | {"updated_at": move.now} | more
    try:
        async with connection.begin_nested():
            await connection.execute(update(tickets).where(tickets.c.id == row.id).values(values))
    except IntegrityError:
        return False
    return True


async def other_live(connection: AsyncConnection, row: Row[Any]) -> str:
    """The live ticket of the same subject."""
    other = select(tickets.c.ticket_no).where(tickets.c.subject == row.subject, is_live)
    return str((await connection.execute(other)).scalar_one_or_none() or row.ticket_no)


async def set_timers(connection: AsyncConnection, before: Ticket | None, after: Ticket, moment: datetime) -> None:
    """Let the promise, the third step and the end come due when they now would, and not otherwise.

    The order of a case is looked at again for as long as it lives, also when it lives again.
    """
    for kind, due_at in DUE.items():
        was, now = due_at(before) if before else None, due_at(after)
        if now is not None and now != was:
            await timers.schedule(connection, kind, after.ticket_no, now)
        elif now is None and was is not None:
            await timers.cancel(connection, kind, after.ticket_no)
    if before and before.live and not after.live:
        await timers.cancel(connection, TimerKind.REQUERY, after.ticket_no)
    if before and not before.live and after.live and after.order_no:
        await timers.schedule(connection, TimerKind.REQUERY, after.ticket_no, moment)


def step3_due(ticket: Ticket) -> datetime | None:
    """When the ways beyond the ticket open: at once if the shop has the money, else unless a human answers before."""
    if not ticket.live:
        return None
    if ticket.funds_at_platform:
        return ticket.created_at
    if ticket.last_agent_reply_at:
        return None
    return max(ticket.reply_by, ticket.created_at + OVERDUE_AFTER)


DUE: dict[TimerKind, Callable[[Ticket], datetime | None]] = {
    TimerKind.PROMISE: lambda ticket: ticket.next_promise_at,
    TimerKind.STEP3: step3_due,
    # At once; it then waits until the case has been quiet for long enough.
    TimerKind.CLOSE: lambda ticket: ticket.resolved_at if ticket.status is Status.RESOLVED else None,
}


async def _add_message(connection: AsyncConnection, ticket_id: int, move: Move, words: Words) -> int:
    author = AUTHOR_OF[move.actor.kind]
    customer = move.actor.name if author is Author.CUSTOMER else None
    statement = ticket_messages.insert().values(
        ticket_id=ticket_id, author=author.value, author_name=None if customer else move.actor.name,
        customer_ref=customer or None, text=words.text, evidence=list(words.evidence), report=words.report,
        internal=move.action is Action.NOTE, created_at=move.now,
    )  # fmt: skip
    return int((await connection.execute(statement.returning(ticket_messages.c.id))).scalar_one())


async def _publish(
    connection: AsyncConnection, before: Ticket, after: Ticket, move: Move, text: str, history_id: int
) -> None:
    news = list(news_of(before, after, move, text))
    if not news:
        return
    for listener in await audience_of(connection, after):
        who = digest_of(listener.customer_ref)[:16]
        for each in news:
            await publish(connection, NewEvent(
                type=each.type, key=f"{each.type}:{after.ticket_no}:{history_id}:{who}",
                customer_ref=listener.customer_ref, conversation_id=listener.conversation_id,
                order_no=after.order_no, ticket_no=after.ticket_no, data=each.data, occurred_at=move.now,
            ))  # fmt: skip
