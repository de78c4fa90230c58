"""What customers are told about an action on their case. Pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.backend.events.model import EventType
from bot.backend.tickets.life import Action, stage_of
from bot.backend.tickets.model import ActorKind, Ticket
from bot.backend.tickets.moves import Move

# Others have news of their own, are done by the customer, or are work between colleagues.
TOLD = frozenset({
    Action.ASSIGN, Action.WAIT_UPSTREAM, Action.RESOLVE, Action.CLOSE, Action.REOPEN, Action.REPUSH,
})  # fmt: skip
DECISIONS = (Action.REFUND_APPROVED, Action.REFUND_REJECTED)


@dataclass(frozen=True)
class News:
    """One thing to tell; `data` as docs/api.md says."""

    type: EventType
    data: dict[str, Any]


def news_of(before: Ticket, after: Ticket, move: Move, text: str) -> Iterator[News]:
    """What to tell, in this order; `text` is what was written to the customer."""
    if move.action is Action.WAIT_CUSTOMER:
        yield News(EventType.TICKET_WAITING_CUSTOMER, {"text": text})
    elif text and move.actor.kind is not ActorKind.CUSTOMER and move.action is not Action.NOTE:
        yield News(EventType.TICKET_REPLY, {"text": text})
    if move.action in DECISIONS:
        yield News(EventType.REFUND_DECIDED, _decision(after))
    if move.action is Action.PROMISE_BROKEN and before.next_promise_at and after.next_promise_at:
        yield News(EventType.TICKET_PROMISE_BROKEN, {
            "promised_at": before.next_promise_at.isoformat(),
            "reply_by": after.next_promise_at.isoformat(),
            "priority": after.priority.value,
        })  # fmt: skip
    was, became = stage_of(before), stage_of(after)
    # That a solved case is put away later is nothing to hear about.
    if became is not was and move.action in TOLD and not (move.action is Action.CLOSE and not before.live):
        yield News(EventType.TICKET_STATUS_CHANGED, {"from": was.value, "to": became.value, **_who(after, move)})


def _who(after: Ticket, move: Move) -> dict[str, str]:
    """The agent to be named: who has the case now, else who did it."""
    if move.action is Action.ASSIGN and after.assignee:
        return {"who": after.assignee_shown or after.assignee}
    return {"who": move.actor.shown or move.actor.name} if move.actor.kind is ActorKind.AGENT else {}


def _decision(ticket: Ticket) -> dict[str, Any]:
    return {
        "decision": ticket.refund_decision.value if ticket.refund_decision else None,
        "expected_at": ticket.refund_expected_at.isoformat() if ticket.refund_expected_at else None,
        "reason": ticket.refund_reason,
        "amount": str(ticket.refund_amount) if ticket.refund_amount is not None else None,
    }
