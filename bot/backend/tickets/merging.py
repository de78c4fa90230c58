"""Duplicates become one case: the survivor takes over what presses, the other one leads to it and keeps all it has."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.approvals import cancel_pending
from bot.backend.tickets.changing import do_action, tell, write_row
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Ticket, Waiting, more_urgent
from bot.backend.tickets.moves import Move
from bot.backend.tickets.store import ticket_from
from bot.backend.tickets.tables import tickets
from bot.errors import ActionRefusedError, NotFoundError

# What was decided about the money.
REFUND = ("refund_decision", "refund_amount", "refund_expected_at", "refund_reason")


def absorbed_facts(survivor: Ticket, other: Ticket) -> dict[str, Any]:
    """What the survivor takes over: the longer wait, the earlier promise, repeats, broken promises, the refund."""
    facts: dict[str, Any] = {
        "repeats": survivor.repeats + other.repeats + 1,
        "broken_promises": survivor.broken_promises + other.broken_promises,
        "base_priority": more_urgent(survivor.base_priority, other.base_priority),
        "priority": more_urgent(survivor.priority, other.priority),
        "funds_at_platform": survivor.funds_at_platform or other.funds_at_platform,
        "stalling": survivor.stalling or other.stalling,
        "amount": survivor.amount if survivor.amount is not None else other.amount,
        "waiting_since": _earlier(survivor.waiting_since, other.waiting_since),
    }
    if _hands_on_refund(survivor, other):
        facts |= {name: getattr(other, name) for name in REFUND}
    if survivor.waiting_for is not Waiting.CUSTOMER:
        facts["next_promise_at"] = _earlier(survivor.next_promise_at, other.next_promise_at)
    return facts


def _hands_on_refund(survivor: Ticket, other: Ticket) -> bool:
    """Whether the customer was told of a refund that would else be forgotten; never one of another order."""
    same = other.customer_ref == survivor.customer_ref and other.order_no in (None, survivor.order_no)
    return same and survivor.refund_decision is None and other.refund_decision is not None


def check_merge(other: Ticket, survivor: Ticket) -> None:
    """Raise ActionRefusedError when these two cannot become one this way."""
    if other.ticket_no == survivor.ticket_no:
        raise _refused("same_ticket")
    if other.order_no and not survivor.order_no:
        # The survivor must be the one whose owner has proved the order, or strangers would hear of it.
        raise _refused("other_way_round")


async def merge(connection: AsyncConnection, ticket_no: str, into: str, move: Move, reason: str) -> Ticket:
    """Merge a ticket into another one; the survivor. `move` says who and when.

    Raises NotFoundError, and ActionRefusedError when either ticket does not allow it.
    """
    rows = await _locked_both(connection, ticket_no, into)
    if ticket_no not in rows or into not in rows:
        raise NotFoundError
    other, survivor = ticket_from(rows[ticket_no]), ticket_from(rows[into])
    check_merge(other, survivor)
    await do_action(connection, rows[ticket_no], replace(move, action=Action.MERGE, facts={"merged_into": into}),
                    reason=reason)  # fmt: skip
    await cancel_pending(connection, rows[ticket_no].id, move.actor.name, move.now)
    facts = absorbed_facts(survivor, other)
    done = await do_action(connection, rows[into], replace(move, action=Action.ABSORB, facts=facts),
                           reason=" ".join(filter(None, (ticket_no, reason))))  # fmt: skip
    await _lead_on(connection, ticket_no, into, move)
    return done.ticket


async def _lead_on(connection: AsyncConnection, ticket_no: str, into: str, move: Move) -> None:
    """What was merged into the other one before leads to the survivor at once."""
    earlier = select(tickets).where(tickets.c.merged_into == ticket_no).order_by(tickets.c.id).with_for_update()
    for row in (await connection.execute(earlier)).all():
        before = ticket_from(row)
        after = replace(before, merged_into=into)
        again = replace(move, action=Action.CHANGE)
        await write_row(connection, row, before, after, again)
        await tell(connection, row, before, after, again)


async def _locked_both(connection: AsyncConnection, *ticket_nos: str) -> dict[str, Row[Any]]:
    """Both rows, always locked in the same order, so that two merges cannot wait for each other."""
    found = select(tickets).where(tickets.c.ticket_no.in_(ticket_nos)).order_by(tickets.c.id).with_for_update()
    return {row.ticket_no: row for row in await connection.execute(found)}


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    known = [each for each in (first, second) if each]
    return min(known) if known else None


def _refused(reason: str) -> ActionRefusedError:
    return ActionRefusedError(f"The tickets cannot be merged: {reason}", reason=reason)
