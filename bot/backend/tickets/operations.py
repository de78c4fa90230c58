"""What agents and programs do about the order of a case: written down, done at the shop, then written as done.

The shop system is another party, so the three are no single transaction. A process that dies in between leaves a
`started` row; whoever repeats the request, or the timer `operation`, goes on from there with the same key, and the
shop does it once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import CLOCK
from bot.backend.orders.repairs import Repair, Repaired, RepairOrder
from bot.backend.orders.sources import SOURCES, SourceUnavailableError
from bot.backend.ownership.store import owner_of
from bot.backend.tickets.changing import do_action, tell
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Actor, ActorKind, Ticket, digest_of
from bot.backend.tickets.moves import Move
from bot.backend.tickets.store import lock_case, ticket_from
from bot.backend.tickets.tables import ticket_operations, tickets
from bot.backend.timers import store as timers
from bot.backend.timers.model import TimerKind
from bot.errors import (
    ActionRefusedError,
    BackendUnavailableError,
    HelpdeskError,
    NotFoundError,
    TicketExistsError,
)

REPAIR_OF = {
    Action.REQUERY: Repair.REQUERY,
    Action.REPUSH: Repair.REPUSH,
    Action.DELIVERED: Repair.DELIVERED,
    Action.CORRECT_INPUT: Repair.CORRECT_INPUT,
}
STARTED, DONE = "started", "done"
SHOP_TIMEOUT = 4.0
# Until then the request that began it is at work on it.
ABANDONED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One of them; `asked_by` is who wanted it, where `actor` approved it as the second person.

    `target` is where to deliver to, for `correct_input`.
    """

    operation_no: str
    action: Action
    actor: Actor
    reason: str = ""
    asked_by: str | None = None
    target: str = ""


async def start(connection: AsyncConnection, ticket_id: int, operation: Operation, now: datetime) -> None:
    """Write down that it will be done."""
    values = {
        "operation_no": operation.operation_no, "ticket_id": ticket_id, "action": operation.action.value,
        "reason": operation.reason, "details": {"target": operation.target} if operation.target else None,
        "actor_kind": operation.actor.kind.value, "actor_name": operation.actor.name,
        "asked_by": operation.asked_by, "state": STARTED, "started_at": now,
    }  # fmt: skip
    await connection.execute(ticket_operations.insert().values(values))
    await timers.schedule(connection, TimerKind.OPERATION, operation.operation_no, now + ABANDONED_AFTER)


async def finish(app: web.Application, operation_no: str, now: datetime, promise: timedelta) -> tuple[int, Any]:
    """Do what was begun, or find that it is done; status and answer.

    Raises BackendUnavailableError when the shop does not answer: the same request may be repeated.
    """
    async with app[DATABASE].begin() as connection:
        row = await _row(connection, operation_no)
        if row.state == DONE:
            return int(row.status), row.answer
        found = select(tickets).where(tickets.c.id == row.ticket_id)
        ticket = ticket_from((await connection.execute(found)).one())
        owner = await owner_of(connection, ticket.order_no or "")
    outcome = await _at_the_shop(app, row, ticket, owner.source if owner else "")
    async with app[DATABASE].begin() as connection:
        again = await _row(connection, operation_no, lock=True)
        if again.state == DONE:
            return int(again.status), again.answer
        if isinstance(outcome, HelpdeskError):
            status, answer = outcome.status, outcome.to_json()["error"]
        else:
            status, answer = 200, await _write(connection, again, ticket, outcome, now, promise)
        values = {"state": DONE, "status": status, "answer": answer, "finished_at": now}
        mine = ticket_operations.c.operation_no == operation_no
        await connection.execute(update(ticket_operations).where(mine).values(values))
        await timers.cancel(connection, TimerKind.OPERATION, operation_no)
    return status, answer


async def finish_abandoned(app: web.Application, operation_no: str) -> None:
    """Finish what a process that died may have left behind (for the timer `operation`)."""
    await finish(app, operation_no, app[CLOCK](), timedelta(hours=app[SETTINGS].reply_promise_hours))


async def may_deliver(connection: AsyncConnection, ticket_no: str) -> bool:
    """Whether something was begun for this case, or one merged into it, that the shop may yet be asked to do."""
    family = or_(tickets.c.ticket_no == ticket_no, tickets.c.merged_into == ticket_no)
    running = (
        select(ticket_operations.c.operation_no)
        .join(tickets, tickets.c.id == ticket_operations.c.ticket_id)
        .where(family, ticket_operations.c.state == STARTED, ticket_operations.c.action != Action.REQUERY.value)
    )
    return (await connection.execute(running.limit(1))).one_or_none() is not None


async def operations_of(connection: AsyncConnection, *ticket_nos: str) -> list[dict[str, Any]]:
    """All that was done or tried about the orders of these tickets, oldest first."""
    found = (
        select(ticket_operations, tickets.c.ticket_no)
        .join(tickets, tickets.c.id == ticket_operations.c.ticket_id)
        .where(tickets.c.ticket_no.in_(ticket_nos))
        .order_by(ticket_operations.c.started_at, ticket_operations.c.operation_no)
    )
    return [dict(row._mapping) for row in await connection.execute(found)]


def operation_no_of(*parts: str) -> str:
    """The same number for the same request (64 hex digits)."""
    return digest_of(["operation", *parts])


async def _at_the_shop(app: web.Application, row: Row[Any], ticket: Ticket, name: str) -> Repaired | HelpdeskError:
    """What the shop did, or why it refuses for good."""
    source = app[SOURCES].get(name)
    if source is None or ticket.order_no is None:
        return NotFoundError("The shop has no such order.")
    repair = REPAIR_OF[Action(row.action)]
    target = (row.details or {}).get("target", "")
    order = RepairOrder(
        repair=repair, order_no=ticket.order_no, key=row.operation_no, now=row.started_at, target=target
    )
    try:
        async with asyncio.timeout(SHOP_TIMEOUT):
            return await source.repair(order)
    except (SourceUnavailableError, TimeoutError) as error:
        raise BackendUnavailableError("The shop system does not answer.") from error
    except HelpdeskError as error:
        return error


async def _write(
    connection: AsyncConnection, row: Row[Any], ticket: Ticket, done: Repaired, now: datetime, promise: timedelta
) -> dict[str, Any]:
    """The case after it; what was done at the shop is written also when the case has moved on meanwhile."""
    current = await lock_case(connection, ticket.ticket_no)
    assert current
    move = Move(
        action=Action(row.action), actor=Actor(ActorKind(row.actor_kind), row.actor_name), now=now, promise=promise
    )
    reason = _reason(row, done)
    try:
        after = (await do_action(connection, current, move, reason=reason)).ticket
    except (ActionRefusedError, TicketExistsError):
        after = ticket_from(current)
        await tell(connection, current, after, after, move, reason=reason)
    if done.before != done.after and ticket.order_no:
        # Whoever looks at orders that changed tells the customers.
        await timers.schedule(connection, TimerKind.ORDER, ticket.order_no, now)
    return {"ticket_no": after.ticket_no, "action": row.action, "state": DONE, "order": done.to_json()}


def _reason(row: Row[Any], done: Repaired) -> str:
    """Why, who asked for it, and what became of the order, for colleagues."""
    states = ", ".join(f"{axis} {done.before[axis]} → {done.after[axis]}" for axis in done.after)
    asked = f"asked for by {row.asked_by}" if row.asked_by else ""
    return "; ".join(filter(None, (row.reason, asked, states)))


async def _row(connection: AsyncConnection, operation_no: str, lock: bool = False) -> Row[Any]:
    found = select(ticket_operations).where(ticket_operations.c.operation_no == operation_no)
    return (await connection.execute(found.with_for_update() if lock else found)).one()
