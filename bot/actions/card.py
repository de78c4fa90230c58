"""The handover card: what the next human has to know, from the slots; in codes that the desk has words for (pure)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.actions.turn import Turn

_ANSWERED = (
    "order_no", "phone_tail", "symptom", "input_claim", "payment_channel", "payment_no", "payment_amount", "paid_at",
    "initiated_at", "product", "payment_state", "order_state", "ticket_no",
)  # fmt: skip
LONGEST = 200


def card_of(turn: "Turn", reason: str) -> dict[str, Any]:
    """The custom payload of a handoff."""
    case = turn.case
    order_no = turn.slot("verified_order") or turn.slot("order_no") or None
    return {
        "reason": reason,
        "asked": _first_words(turn)[:LONGEST],
        "answered": [
            {"name": name, "value": str(value)[:LONGEST]}
            for name in _ANSWERED
            if (value := turn.slot(name)) not in (None, "", "unknown")
        ],
        "checked": _checked(turn),
        "diagnosis": case.get("diagnosis"),
        "order_no": order_no if order_no != "unknown" else None,
    }


def _first_words(turn: "Turn") -> str:
    """What the customer typed first beyond a greeting; secrets were hidden before."""
    typed = [
        ((event.get("parse_data") or {}).get("intent", {}).get("name"), str(event.get("text") or ""))
        for event in turn.tracker.events
        if event.get("event") == "user"
    ]
    words = [text for intent, text in typed if text and not text.startswith("/") and intent != "greet"]
    return words[0] if words else ""


def _checked(turn: "Turn") -> list[dict[str, str]]:
    """What was looked at, with its result: whose order it is, its states, the evidence."""
    found: list[dict[str, str]] = []
    if turn.slot("verified_order"):
        found.append({"name": "owner", "result": "proven"})
    order = turn.case.get("order") or {}
    for name, state in (order.get("states") or {}).items():
        value = state.get("value") if isinstance(state, dict) else state
        if value:
            found.append({"name": str(name), "result": str(value)})
    for each in (turn.slot("readings") or [])[-3:]:
        if isinstance(each, dict) and each.get("verdict"):
            found.append({"name": "evidence", "result": str(each["verdict"])})
    return found
