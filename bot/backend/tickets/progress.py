"""A case as its customer may see it: where it stands, who has it, what is promised, what happened. Pure rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.backend.tickets.life import WAITING_OF, Action, Stage, stage_of
from bot.backend.tickets.model import ActorKind, Author, Step3, Ticket, step3_of

# What customers hear of; all else is work between colleagues.
SHOWN = frozenset({
    Action.OPEN, Action.REPORT, Action.CUSTOMER_MESSAGE, Action.REPLY, Action.SYSTEM_MESSAGE, Action.ASSIGN,
    Action.WAIT_CUSTOMER, Action.WAIT_UPSTREAM, Action.RESUME, Action.RESOLVE, Action.CLOSE, Action.REOPEN,
    Action.REQUERY, Action.REPUSH, Action.DELIVERED, Action.REFUND_APPROVED, Action.REFUND_REJECTED,
    Action.PROMISE_BROKEN,
})  # fmt: skip
MOST_SHOWN = 50
_SAME = (
    "ticket_no", "type", "status", "priority", "demand", "created_at", "reply_by", "last_agent_reply_at",
    "funds_at_platform", "stalling", "amount", "next_promise_at", "resolved_at",
)  # fmt: skip


def shown_assignee(ticket: Ticket) -> str | None:
    """The name under which customers know who has the case."""
    return ticket.assignee_shown or ticket.assignee


def holder_of(ticket: Ticket) -> dict[str, str | None]:
    """Who has the next word: `queue`, `agent` with a name, `customer`, `upstream` or `nobody`."""
    stage = stage_of(ticket)
    if stage in WAITING_OF:
        return {"kind": WAITING_OF[stage].value, "name": None}
    if stage in (Stage.QUEUED, Stage.IN_PROGRESS):
        return {"kind": "agent", "name": shown_assignee(ticket)} if ticket.assignee else {"kind": "queue", "name": None}
    return {"kind": "nobody", "name": None}


def waiting_for(ticket: Ticket) -> str | None:
    """Whom the case waits for: `agent`, `customer`, `upstream`; None when it is finished."""
    if not ticket.live:
        return None
    return ticket.waiting_for.value if ticket.waiting_for else "agent"


def view_of(ticket: Ticket, now: datetime, legal_amount: Decimal) -> dict[str, Any]:
    """The case without its history."""
    step3 = step3_of(ticket, now, legal_amount)
    return {
        "order_no": ticket.order_no or ticket.claimed_no,
        **{name: getattr(ticket, name) for name in _SAME},
        "stage": stage_of(ticket),
        "holder": holder_of(ticket),
        "waiting_for": waiting_for(ticket),
        "refund": refund_of(ticket),
        "step3": {name: getattr(step3, name) for name in Step3.__dataclass_fields__},
    }


def refund_of(ticket: Ticket) -> dict[str, Any] | None:
    """The newest decision about a refund."""
    if ticket.refund_decision is None:
        return None
    return {
        "decision": ticket.refund_decision,
        "amount": ticket.refund_amount,
        "expected_at": ticket.refund_expected_at,
        "reason": ticket.refund_reason,
    }


def history_view(
    rows: Iterable[Mapping[str, Any]], messages: Iterable[Mapping[str, Any]], customer_refs: set[str]
) -> list[dict[str, Any]]:
    """What happened, oldest first, with the words that were said; rows are those of one case.

    `customer_refs`: who looks. They see what the shop said and what they said themselves, not what others reported.
    """
    said = {each["id"]: each for each in messages if not each["internal"]}
    shown = [row for row in rows if row["action"] in SHOWN]
    return [_entry(row, said.get(row["message_id"]), customer_refs) for row in shown[-MOST_SHOWN:]]


def _entry(row: Mapping[str, Any], message: Mapping[str, Any] | None, customer_refs: set[str]) -> dict[str, Any]:
    by = ActorKind(row["actor_kind"])
    mine = message and (message["author"] != Author.CUSTOMER or message["customer_ref"] in customer_refs)
    return {
        "at": row["at"],
        "action": row["action"],
        "by": by if by in (ActorKind.CUSTOMER, ActorKind.AGENT) else ActorKind.SYSTEM,
        "name": row["actor_name"] if by is ActorKind.AGENT else None,
        "text": message["text"] if message and mine else None,
        "pictures": len(message["evidence"]) if message and mine else 0,
    }
