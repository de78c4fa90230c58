"""Promises that were not kept."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.changing import do_action
from bot.backend.tickets.life import Action, Stage, stage_of
from bot.backend.tickets.model import Actor, ActorKind
from bot.backend.tickets.moves import Move
from bot.backend.tickets.store import locked, ticket_from


async def break_promise(connection: AsyncConnection, ticket_no: str, now: datetime, promise: timedelta) -> bool:
    """Own up to a promise whose time is over: count it, tell the customers, raise the priority, promise anew.

    Writes the history and the event `ticket.promise_broken` and schedules the timer of the new promise. False when
    nothing is overdue, so to call it again is harmless.
    """
    row = await locked(connection, ticket_no)
    if row is None:
        return False
    ticket = ticket_from(row)
    overdue = ticket.next_promise_at is not None and ticket.next_promise_at <= now
    if not overdue or not ticket.live or stage_of(ticket) is Stage.WAITING_CUSTOMER:
        return False
    actor = Actor(ActorKind.SYSTEM, "timers")
    await do_action(connection, row, Move(action=Action.PROMISE_BROKEN, actor=actor, now=now, promise=promise))
    return True
