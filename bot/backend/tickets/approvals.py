"""A second person approves what moves much money. Rules first, then the table."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.life import Action
from bot.backend.tickets.model import SHANGHAI, Actor, ActorKind
from bot.backend.tickets.tables import ticket_approvals, tickets
from bot.errors import ActionRefusedError

# What costs the shop money when it is a mistake.
GUARDED = frozenset({Action.REPUSH, Action.DELIVERED, Action.CORRECT_INPUT, Action.REFUND_APPROVED})


class ApprovalState(StrEnum):
    """`expired` is also what a pending one is from its time on."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Objection(StrEnum):
    """Why somebody cannot decide about an approval."""

    NEEDS_AGENT = "needs_agent"
    SAME_PERSON = "same_person"
    EXPIRED = "approval_expired"
    DECIDED = "approval_decided"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What waits for a second person; `details` are what the action needs. An unknown amount counts as a large one."""

    approval_no: str
    ticket_no: str
    action: Action
    details: Mapping[str, Any]
    amount: Decimal | None
    state: ApprovalState
    asked_by: Actor
    asked_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    def state_at(self, now: datetime) -> ApprovalState:
        """Nobody has to come by for it to expire."""
        over = self.state is ApprovalState.PENDING and now >= self.expires_at
        return ApprovalState.EXPIRED if over else self.state


def needs_second(action: Action, amount: Decimal | None, above: Decimal) -> bool:
    """Whether a second person has to approve it."""
    return action in GUARDED and (amount is None or amount > above)


def same_person(first: str, second: str) -> bool:
    """Whether two names are one person's, however they are written."""
    return first.strip().casefold() == second.strip().casefold()


def check_approver(approval: Approval, actor: Actor, now: datetime) -> None:
    """Raise ActionRefusedError unless this is another human, in time, and nobody has decided yet."""
    state = approval.state_at(now)
    if actor.kind is not ActorKind.AGENT:
        raise _refused(Objection.NEEDS_AGENT, approval)
    if state is ApprovalState.EXPIRED:
        raise _refused(Objection.EXPIRED, approval)
    if state is not ApprovalState.PENDING:
        raise _refused(Objection.DECIDED, approval)
    if same_person(actor.name, approval.asked_by.name):
        raise _refused(Objection.SAME_PERSON, approval)


def _refused(objection: Objection, approval: Approval) -> ActionRefusedError:
    message = f"The approval cannot be given: {objection}"
    return ActionRefusedError(message, reason=objection.value, approval_no=approval.approval_no)


async def ask(
    connection: AsyncConnection, ticket_id: int, action: Action, details: Mapping[str, Any], amount: Decimal | None,
    actor: Actor, now: datetime, expires_at: datetime,
) -> str:  # fmt: skip
    """Let it wait for a second person; its number. Raises ActionRefusedError when the same waits already.

    The ticket is locked by the caller.
    """
    pending = (ticket_approvals.c.ticket_id == ticket_id) & (ticket_approvals.c.state == ApprovalState.PENDING.value)
    old = pending & (ticket_approvals.c.expires_at <= now)
    await connection.execute(update(ticket_approvals).where(old).values(state=ApprovalState.EXPIRED.value))
    same = select(ticket_approvals.c.approval_no).where(pending, ticket_approvals.c.action == action.value)
    waiting = (await connection.execute(same)).scalar_one_or_none()
    if waiting:
        message = "The same waits for approval already."
        raise ActionRefusedError(message, reason="approval_pending", approval_no=waiting)
    approval_no = f"AP{now.astimezone(SHANGHAI):%y%m%d}{secrets.token_hex(4).upper()}"
    values = {
        "approval_no": approval_no, "ticket_id": ticket_id, "action": action.value, "details": dict(details),
        "amount": amount, "state": ApprovalState.PENDING.value, "asked_kind": actor.kind.value, "asked_by": actor.name,
        "asked_at": now, "expires_at": expires_at,
    }  # fmt: skip
    await connection.execute(ticket_approvals.insert().values(values))
    return approval_no


async def approval_of(connection: AsyncConnection, approval_no: str) -> Approval | None:
    """The approval; lock its ticket before you decide about it."""
    row = (await connection.execute(_approvals(ticket_approvals.c.approval_no == approval_no))).one_or_none()
    return _approval(row) if row else None


async def approvals_of(connection: AsyncConnection, *ticket_nos: str) -> list[Approval]:
    """All approvals of these tickets, oldest first."""
    found = _approvals(tickets.c.ticket_no.in_(ticket_nos))
    return [_approval(row) for row in await connection.execute(found.order_by(ticket_approvals.c.id))]


async def pending_approvals(connection: AsyncConnection, now: datetime, limit: int = 100) -> list[Approval]:
    """What waits for a second person, oldest first."""
    waits = (ticket_approvals.c.state == ApprovalState.PENDING.value) & (ticket_approvals.c.expires_at > now)
    found = _approvals(waits).order_by(ticket_approvals.c.id).limit(limit)
    return [_approval(row) for row in await connection.execute(found)]


async def settle(
    connection: AsyncConnection, approval_no: str, state: ApprovalState, decided_by: str, now: datetime
) -> None:
    """Write the decision."""
    values = {"state": state.value, "decided_by": decided_by, "decided_at": now}
    named = ticket_approvals.c.approval_no == approval_no
    await connection.execute(update(ticket_approvals).where(named).values(values))


async def cancel_pending(connection: AsyncConnection, ticket_id: int, decided_by: str, now: datetime) -> None:
    """Nothing of a ticket waits for approval any more."""
    values = {"state": ApprovalState.CANCELLED.value, "decided_by": decided_by, "decided_at": now}
    mine = (ticket_approvals.c.ticket_id == ticket_id) & (ticket_approvals.c.state == ApprovalState.PENDING.value)
    await connection.execute(update(ticket_approvals).where(mine).values(values))


def _approvals(condition: Any) -> Any:
    found = select(ticket_approvals, tickets.c.ticket_no).join(tickets, tickets.c.id == ticket_approvals.c.ticket_id)
    return found.where(condition)


def _approval(row: Row[Any]) -> Approval:
    same = ("approval_no", "ticket_no", "details", "amount", "asked_at", "expires_at", "decided_by", "decided_at")
    return Approval(
        action=Action(row.action),
        state=ApprovalState(row.state),
        asked_by=Actor(ActorKind(row.asked_kind), row.asked_by),
        **{name: getattr(row, name) for name in same},
    )
