"""What happened outside of a conversation, from the news that told of it (pure)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.recording.hiding import Blanks
from bot.recording.model import Step, Told

Data = Mapping[str, Any]
# A promised time that a test never reaches.
LATER = "2099-01-01T00:00:00Z"
EVENTS: dict[str, dict[str, str]] = {
    "order.payment_confirmed": {"type": "order.updated", "state": "PAID"},
    "order.delivered": {"type": "delivery.updated", "state": "DELIVERED"},
    "order.failed": {"type": "delivery.updated", "state": "FAILED"},
    "order.refunding": {"type": "order.updated", "state": "REFUNDING"},
    "order.refunded": {"type": "order.updated", "state": "REFUNDED"},
}
INCIDENTS = {"incident.opened": "open", "incident.closed": "close"}


def act_of(told: Told, blanks: Blanks) -> tuple[str, Any] | None:
    """The kind of a turn and its act; None when only time had to pass for this news."""
    if told.type in EVENTS:
        return "event", dict(EVENTS[told.type])
    if told.type in INCIDENTS:
        return "incident", INCIDENTS[told.type]
    found = _AGENT[told.type](told.data, blanks) if told.type in _AGENT else None
    return ("agent", found) if found else None


def _reply(data: Data, blanks: Blanks) -> dict[str, Any]:
    return {"do": "reply", "text": blanks.clean(str(data.get("text") or "-"))}


def _question(data: Data, blanks: Blanks) -> dict[str, Any]:
    return {"do": "wait", "waiting_for": "customer", "text": blanks.clean(str(data.get("text") or "-"))}


def _stage(data: Data, blanks: Blanks) -> dict[str, Any] | None:
    became = data.get("to")
    if became == "waiting_upstream":
        return {"do": "wait", "waiting_for": "upstream"}
    if became == "in_progress":
        return {"do": "assign", "assignee": "小林"}
    return {"do": {"resolved": "resolve", "closed": "close"}[became]} if became in ("resolved", "closed") else None


def _refund(data: Data, blanks: Blanks) -> dict[str, Any]:
    act = {"do": "refund", "decision": data.get("decision"), "reason": blanks.clean(str(data.get("reason") or "-"))}
    if data.get("expected_at"):
        act["expected_at"] = LATER
    return act


def _step3(data: Data, blanks: Blanks) -> dict[str, Any] | None:
    return {"do": "change", "funds_at_platform": True} if data.get("why") == "funds_at_platform" else None


_AGENT: dict[str, Callable[[Data, Blanks], dict[str, Any] | None]] = {
    "ticket.reply": _reply,
    "ticket.waiting_customer": _question,
    "ticket.status_changed": _stage,
    "refund.decided": _refund,
    "ticket.step3_due": _step3,
}


def joined_acts(steps: Sequence[Step]) -> list[Step]:
    """One act of an agent is told in several pieces of news, such as an answer that also solves the case."""
    found: list[Step] = []
    for step in steps:
        before = found[-1] if found else None
        same = before and before.kind == step.kind == "agent" and before.turn_ids and before.turn_ids == step.turn_ids
        if before and same:
            text = before.act.get("text")
            before.act = {**step.act, **({"text": text} if text and "text" not in step.act else {})}
            before.names += step.names
            before.heard += step.heard
            before.remarks += step.remarks
        else:
            found.append(step)
    return found
