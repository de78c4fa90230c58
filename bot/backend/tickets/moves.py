"""What an action writes to a ticket besides its stage: waits, promises, who has it, how urgent it is. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.backend.tickets.life import (
    LIVE_STAGES,
    STATUS_OF,
    WAITING_OF,
    Action,
    Stage,
    next_stage,
    stage_of,
)
from bot.backend.tickets.model import Actor, ActorKind, Decision, Ticket, more_urgent
from bot.backend.tickets.priority import pressure_of, priority_of

# The customer gets an answer by these, and again has the time that we promise from the next question on.
ANSWERS = frozenset({Action.REPLY, Action.WAIT_CUSTOMER, Action.REFUND_APPROVED, Action.REFUND_REJECTED})
QUESTIONS = frozenset({Action.REPORT, Action.CUSTOMER_MESSAGE, Action.REOPEN})
# After these somebody of the shop owes the customer the next news, whatever was promised before.
NEW_PROMISE = frozenset({Action.REPLY, Action.RESUME, Action.REOPEN, Action.REFUND_REJECTED, Action.PROMISE_BROKEN})


@dataclass(frozen=True, kw_only=True)
class Move:
    """One action on a ticket; `promise_at`: when the customer was told to hear more, None for the usual time.

    `facts` are further fields to write. `text`: whether the customer is written to.
    """

    action: Action
    actor: Actor
    now: datetime
    promise: timedelta
    promise_at: datetime | None = None
    text: bool = False
    facts: dict[str, Any] | None = None


def moved(ticket: Ticket, move: Move) -> Ticket:
    """The ticket after the action; raises ActionRefusedError when its stage does not allow it."""
    stage = next_stage(stage_of(ticket), move.action)
    values: dict[str, Any] = {
        "status": STATUS_OF[stage],
        "waiting_for": WAITING_OF.get(stage),
        **_assignee(ticket, move),
        "waiting_since": _waiting_since(ticket, move, stage),
        "next_promise_at": _next_promise_at(ticket, move, stage),
        "repeats": ticket.repeats + (move.action is Action.REPORT),
        "broken_promises": ticket.broken_promises + (move.action is Action.PROMISE_BROKEN),
        "resolved_at": _resolved_at(ticket, move, stage),
        **(move.facts or {}),
    }
    if is_answer(move):
        values["last_agent_reply_at"] = move.now
    after = replace(ticket, **values)
    return replace(after, priority=_priority(after, move)) if after.live else after


def is_answer(move: Move) -> bool:
    """Whether a human of the shop answers the customer by this; a note is for colleagues."""
    said = move.action in ANSWERS or (move.text and move.action is not Action.NOTE)
    return said and move.actor.kind is ActorKind.AGENT


def refund_facts(
    decision: Decision, amount: Decimal | None, expected_at: datetime | None, reason: str | None
) -> dict[str, Any]:
    """What a refund decision writes; the newest one counts."""
    return {
        "refund_decision": decision,
        "refund_amount": amount,
        "refund_expected_at": expected_at,
        "refund_reason": reason,
    }


def _assignee(ticket: Ticket, move: Move) -> dict[str, str | None]:
    """The agent who answers or asks has the case, unless somebody has it already."""
    if move.action is Action.RELEASE:
        return {"assignee": None, "assignee_shown": None}
    takes = move.action in ANSWERS or move.action in (Action.RESUME, Action.WAIT_UPSTREAM)
    if ticket.assignee is None and takes and ticket.live and move.actor.kind is ActorKind.AGENT:
        return {"assignee": move.actor.name, "assignee_shown": move.actor.shown}
    return {}


def _waiting_since(ticket: Ticket, move: Move, stage: Stage) -> datetime | None:
    """A question while one is open does not start the wait anew."""
    if stage not in LIVE_STAGES:
        return None
    if is_answer(move) or move.action is Action.WAIT_CUSTOMER:
        return None
    return (ticket.waiting_since or move.now) if move.action in QUESTIONS else ticket.waiting_since


def _next_promise_at(ticket: Ticket, move: Move, stage: Stage) -> datetime | None:
    """As long as the shop has the next word, there is a time by which it says it."""
    if stage not in LIVE_STAGES or stage is Stage.WAITING_CUSTOMER:
        return None
    if move.promise_at:
        return move.promise_at
    if move.action in NEW_PROMISE or ticket.next_promise_at is None:
        return move.now + move.promise
    return ticket.next_promise_at


def _resolved_at(ticket: Ticket, move: Move, stage: Stage) -> datetime | None:
    if stage in LIVE_STAGES:
        return None
    return ticket.resolved_at or move.now


def _priority(after: Ticket, move: Move) -> Any:
    """More urgent by what happened, never less while the ticket lives."""
    waited = move.now - after.waiting_since if after.waiting_since else timedelta(0)
    pressure = pressure_of(after.amount, max(waited, timedelta(0)), move.promise, after.repeats, after.broken_promises)
    return more_urgent(after.priority, priority_of(after.base_priority, pressure))
