"""What is done when its time has come. Each may be called more than once and then changes nothing."""

from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.changes.looking import SYSTEM, look_again
from bot.backend.changes.model import Phase, phase_of
from bot.backend.changes.store import watchers_of
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.events.model import EventType, NewEvent
from bot.backend.events.store import publish
from bot.backend.http import CLOCK
from bot.backend.incidents.work import find_incidents
from bot.backend.tickets.audience import audience_of
from bot.backend.tickets.changing import do_action
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Status, Step3, Ticket, digest_of, step3_of
from bot.backend.tickets.moves import Move
from bot.backend.tickets.operations import finish_abandoned
from bot.backend.tickets.store import last_word_at, locked, ticket_from, ticket_of
from bot.backend.timers.model import REQUERY_THEN, TimerKind, next_requery
from bot.backend.timers.runner import Handler
from bot.backend.timers.store import schedule
from bot.errors import ActionRefusedError

FINAL = (Phase.DELIVERED, Phase.REFUNDED)


async def look_at_order(app: web.Application, order_no: str) -> None:
    """Look again, and once more by the schedule while customers wait for what they asked about."""
    case = await look_again(app, order_no)
    if phase_of(case.facts) in FINAL:
        return
    now, minutes = app[CLOCK](), app[SETTINGS].requery_minutes
    async with app[DATABASE].begin() as connection:
        watchers = await watchers_of(connection, order_no, now)
        if not watchers:
            return
        window_ends = case.timing.since + case.timing.window
        again_at = next_requery(max(watchers.values()), now, minutes)
        if again_at is None and window_ends > now:
            again_at = window_ends
        if again_at:
            await schedule(connection, TimerKind.ORDER, order_no, again_at)


async def requery_ticket(app: web.Application, ticket_no: str) -> None:
    """Look at the order of a ticket by the schedule after the report, then hourly for as long as it lives."""
    async with app[DATABASE].begin() as connection:
        ticket = await ticket_of(connection, ticket_no)
    if ticket is None or not ticket.live or ticket.order_no is None:
        return
    await look_again(app, ticket.order_no)
    now = app[CLOCK]()
    async with app[DATABASE].begin() as connection:
        ticket = await ticket_of(connection, ticket_no)
        if ticket and ticket.live:
            again_at = next_requery(ticket.created_at, now, app[SETTINGS].requery_minutes)
            await schedule(connection, TimerKind.REQUERY, ticket_no, again_at or now + REQUERY_THEN)


async def break_promise(app: web.Application, ticket_no: str) -> None:
    """The promised time has passed without a word: apologise, promise anew, let it be more urgent."""
    now = app[CLOCK]()
    async with app[DATABASE].begin() as connection:
        row = await locked(connection, ticket_no)
        promised_at = ticket_from(row).next_promise_at if row is not None else None
        if row is None or promised_at is None or promised_at > now:
            return
        promise = timedelta(hours=app[SETTINGS].reply_promise_hours)
        move = Move(action=Action.PROMISE_BROKEN, actor=SYSTEM, now=now, promise=promise)
        try:
            await do_action(connection, row, move, reason=f"promised for {promised_at.isoformat()}")
        except ActionRefusedError:  # it was finished, or the customer has the next word
            return


async def offer_step3(app: web.Application, ticket_no: str) -> None:
    """Tell the customer that the ways beyond the ticket are open, exactly when they are."""
    now = app[CLOCK]()
    async with app[DATABASE].begin() as connection:
        row = await locked(connection, ticket_no)
        if row is None:
            return
        ticket = ticket_from(row)
        step3 = step3_of(ticket, now, app[SETTINGS].legal_amount)
        if step3.offer:
            await _publish_step3(connection, ticket, step3, now)
        elif step3.at and step3.at > now:
            await schedule(connection, TimerKind.STEP3, ticket_no, step3.at)


async def _publish_step3(connection: AsyncConnection, ticket: Ticket, step3: Step3, now: datetime) -> None:
    """Once for each customer of the case, whatever opened the ways first."""
    type = EventType.TICKET_STEP3_DUE
    data = {name: getattr(step3, name) for name in ("complaint", "platform", "legal", "why")}
    data["reply_by"] = ticket.next_promise_at.isoformat() if ticket.next_promise_at else None
    for listener in await audience_of(connection, ticket):
        await publish(connection, NewEvent(
            type=type, key=f"{type}:{ticket.ticket_no}:{digest_of(listener.customer_ref)[:16]}",
            customer_ref=listener.customer_ref, conversation_id=listener.conversation_id, order_no=ticket.order_no,
            ticket_no=ticket.ticket_no, data=data, occurred_at=now,
        ))  # fmt: skip


async def close_quiet(app: web.Application, ticket_no: str) -> None:
    """Put a solved case away when nobody has said a word for so many days; else look again then."""
    now, quiet_for = app[CLOCK](), timedelta(days=app[SETTINGS].close_after_days)
    async with app[DATABASE].begin() as connection:
        row = await locked(connection, ticket_no)
        if row is None or ticket_from(row).status is not Status.RESOLVED:
            return
        quiet_since = max(filter(None, (row.resolved_at, await last_word_at(connection, ticket_no))))
        if quiet_since + quiet_for > now:
            await schedule(connection, TimerKind.CLOSE, ticket_no, quiet_since + quiet_for)
            return
        promise = timedelta(hours=app[SETTINGS].reply_promise_hours)
        move = Move(action=Action.CLOSE, actor=SYSTEM, now=now, promise=promise)
        await do_action(connection, row, move, reason=f"quiet since {quiet_since.isoformat()}")


async def look_for_incidents(app: web.Application, _: str) -> None:
    async with app[DATABASE].begin() as connection:
        await find_incidents(connection, app[SETTINGS], app[CLOCK]())


TIMERS: dict[TimerKind, Handler] = {
    TimerKind.ORDER: look_at_order,
    TimerKind.REQUERY: requery_ticket,
    TimerKind.PROMISE: break_promise,
    TimerKind.STEP3: offer_step3,
    TimerKind.CLOSE: close_quiet,
    TimerKind.OPERATION: finish_abandoned,
    TimerKind.INCIDENTS: look_for_incidents,
}
