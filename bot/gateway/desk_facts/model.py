"""What the backend tells of a customer's orders, pictures and cases, as the desk shows it. Pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.redact import redact

MOST_ORDERS = 10
MOST_CASES = 10
CAUSES = ("C1", "C2", "C3", "C4")
_SAME = (
    "order_no", "product", "product_line", "amount", "currency", "created_at", "paid_at", "delivery_type", "states",
    "late", "payment", "refund", "risk", "supplier", "open_ticket_no", "incident", "reachable", "version",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a conversation is with; `pictures` are those that the customer sent here, by evidence id."""

    conversation_id: str
    language: str
    customer_name: str | None
    customers: tuple[str, ...]
    order_no: str | None = None
    handover: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)


def order_numbers(
    subject: Subject, cases: Iterable[Mapping[str, Any]], proven: Iterable[str]
) -> list[tuple[str, bool]]:
    """The orders that this conversation is about, the likeliest first, and whether their owner has shown to be that."""
    proven, card = set(known := list(proven)), subject.handover
    if card.get("order_no") and {"name": "owner", "result": "proven"} in (card.get("checked") or ()):
        proven.add(str(card["order_no"]))
    of_cases = [str(case["order_no"]) for case in cases if case.get("order_no")]
    proven.update(of_cases)
    named = [card.get("order_no"), subject.order_no, *of_cases, *known]
    found = dict.fromkeys(str(each) for each in named if each)
    return [(each, each in proven) for each in list(found)[:MOST_ORDERS]]


def order_facts(order: Mapping[str, Any], *, proven: bool) -> dict[str, Any]:
    """An order; `proven`: somebody in this conversation has shown to own it."""
    diagnosis = order["diagnosis"]
    return {
        **{name: order[name] for name in _SAME},
        "account_masked": order["target_masked"],
        "proven": proven,
        "diagnosis": {
            "code": diagnosis["diagnosis"],
            "cause": diagnosis["cause"] if diagnosis["cause"] in CAUSES else None,
            **{name: diagnosis[name] for name in ("rule", "next", "reasons", "source")},
        },
    }


def evidence_facts(evidence: Mapping[str, Any], url: str) -> dict[str, Any]:
    """A picture; `duplicate_of` says how it is known from another customer or order, not from whose."""
    same = ("evidence_id", "created_at", "state", "kind", "verdict", "judged_for", "missing", "conflicts")
    return {
        **{name: evidence[name] for name in same},
        "url": url,
        "fields": evidence["reading"],
        "duplicate_of": evidence["duplicate"],
    }


def case_facts(case: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A case with everything, and what its customer was promised; secrets that came in past the chat are hidden."""
    hidden: dict[str, Any] = _without_secrets(case)
    return {**hidden, "promises": promises_of(case, now)}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, Mapping):
        return {name: _without_secrets(each) for name, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value


def promises_of(case: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """When the customer was told to hear from us, to get the money: each open, overdue or kept."""
    answered = case.get("last_agent_reply_at")
    refund = case.get("refund") or {}
    done = case["status"] in ("resolved", "closed")
    given = (
        ("next_word", case.get("next_promise_at"), done),
        ("first_answer", case.get("reply_by"), bool(answered)),
        ("refund", refund.get("expected_at"), done),
    )
    return [
        {"kind": kind, "due_at": due_at, "state": "kept" if kept else _state(due_at, now)}
        for kind, due_at, kept in given
        if due_at
    ]


def _state(due_at: str, now: datetime) -> str:
    return "overdue" if datetime.fromisoformat(due_at) <= now else "open"


def newest_first(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The numbers of the newest cases, each once."""
    ordered = sorted(rows, key=lambda row: str(row["created_at"]), reverse=True)
    return list(dict.fromkeys(str(row["ticket_no"]) for row in ordered))[:MOST_CASES]
