"""Look at an order again: when it has moved on, bring its ticket up to date and tell its customers, once."""

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.changes import store
from bot.backend.changes.model import Phase, event_for, phase_of, solves
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.events.model import NewEvent
from bot.backend.events.store import publish
from bot.backend.http import CLOCK
from bot.backend.incidents.work import note_report
from bot.backend.orders.cases import Case, case_of
from bot.backend.orders.model import diagnose
from bot.backend.tickets.audience import audience_of
from bot.backend.tickets.changing import do_action
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Actor, ActorKind, Ticket, digest_of
from bot.backend.tickets.moves import Move
from bot.backend.tickets.store import ticket_from
from bot.backend.tickets.tables import is_live, tickets
from bot.settings import Settings

SYSTEM = Actor(ActorKind.SYSTEM, "system")


async def look_again(app: web.Application, order_no: str) -> Case:
    """Ask the order's source, compare with what was known, and react to what has changed.

    Two looks at the same time cannot undo each other: whoever compared with an outdated state looks once more.
    """
    while True:
        now = app[CLOCK]()
        async with app[DATABASE].begin() as connection:
            known = await store.known_phase(connection, order_no)
        case = await case_of(app, order_no, now)
        async with app[DATABASE].begin() as connection:
            if await _compared(connection, app[SETTINGS], case, known, now):
                return case


async def _compared(
    connection: AsyncConnection, settings: Settings, case: Case, known: store.Known | None, now: datetime
) -> bool:
    """False when another look was faster."""
    phase = phase_of(case.facts)
    if phase and known and phase is not known.phase:
        version = await store.save_phase(connection, case.order_no, phase, known.version, now)
        if version is None:
            return False
        await _react(connection, settings, case, known.phase, phase, version, now)
    await store.save_first_phase(connection, case.order_no, phase, now)
    row = await live_ticket(connection, case.order_no)
    if row is not None:
        await note_report(connection, case, ticket_from(row), now)
    return True


async def live_ticket(connection: AsyncConnection, order_no: str) -> Row[Any] | None:
    """The live ticket of a proven order, locked."""
    found = select(tickets).where(tickets.c.order_no == order_no, is_live).with_for_update()
    return (await connection.execute(found)).one_or_none()


async def _late_ticket(connection: AsyncConnection, order_no: str, now: datetime) -> Ticket | None:
    """The ticket of an order that was finished lately, perhaps by the very change that is looked at."""
    mine = (tickets.c.order_no == order_no) & tickets.c.merged_into.is_(None)
    lately = tickets.c.updated_at > now - store.WATCHED_FOR
    found = select(tickets).where(mine, lately).order_by(tickets.c.id.desc()).limit(1)
    row = (await connection.execute(found)).one_or_none()
    return ticket_from(row) if row is not None else None


async def _react(
    connection: AsyncConnection, settings: Settings, case: Case, before: Phase, after: Phase, version: int,
    now: datetime,
) -> None:  # fmt: skip
    row = await live_ticket(connection, case.order_no)
    ticket = ticket_from(row) if row is not None else await _late_ticket(connection, case.order_no, now)
    await _tell(connection, case, ticket, before, after, version, now)
    if row is None or ticket is None:
        return
    solved = {Phase.DELIVERED: Action.DELIVERED, Phase.REFUNDED: Action.REFUNDED}
    action = solved[after] if solves(after, ticket.type) else Action.REQUERY
    promise = timedelta(hours=settings.reply_promise_hours)
    reason = f"{before} → {after}, {diagnose(case.facts).diagnosis}"
    await do_action(connection, row, Move(action=action, actor=SYSTEM, now=now, promise=promise), reason=reason)


async def _tell(
    connection: AsyncConnection, case: Case, ticket: Ticket | None, before: Phase, after: Phase, version: int,
    now: datetime,
) -> None:  # fmt: skip
    """One event for everybody who proved the order and asked about it lately or reported it."""
    type = event_for(before, after)
    if type is None:
        return
    told: dict[str, str | None] = dict.fromkeys(await store.watchers_of(connection, case.order_no, now))
    reporters = await audience_of(connection, ticket) if ticket else []
    told |= {each.customer_ref: each.conversation_id for each in reporters}
    with_ticket = {each.customer_ref for each in reporters}
    for customer_ref, conversation_id in told.items():
        await publish(connection, NewEvent(
            type=type, key=f"{type}:{case.order_no}:{version}:{digest_of(customer_ref)[:16]}",
            customer_ref=customer_ref, conversation_id=conversation_id, order_no=case.order_no,
            ticket_no=ticket.ticket_no if ticket and customer_ref in with_ticket else None,
            data=_data(case, after), occurred_at=now,
        ))  # fmt: skip


def _data(case: Case, phase: Phase) -> dict[str, Any]:
    """What customers may read of their order; money as text."""
    record, paid = case.record, case.evidence.record
    if phase is Phase.REFUNDED:
        refund = record.refund if record else None
        amount = refund.amount if refund else paid.refunded_amount if paid else None
        currency = record.currency if record else paid.currency if paid else None
        return {"amount": str(amount) if amount is not None else None, "currency": currency}
    if record is None:
        return {"product": None, "amount": None, "currency": None}
    return {"product": record.product, "amount": str(record.amount), "currency": record.currency}
