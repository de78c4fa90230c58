"""Several orders in one chat: an order that was proven here can be gone back to without proving it again."""

from typing import Any

from bot.actions.meanings import earlier_order, names_other_order
from bot.actions.turn import Turn
from bot.numbers import find_phone_tail

# What belongs to one order. The language, the customer's pictures and complaints outlive a change of order.
CASE_SLOTS = (
    "symptom", "input_claim", "order_no", "phone_tail", "payment_channel", "payment_no", "payment_amount", "paid_at",
    "initiated_at", "product", "payment_state", "order_state", "report_field", "report_confirmed", "demand_text",
    "proof", "proof_until", "verified_order", "case", "paid_claim", "claim_open", "ticket_no",
    "identity_refused",
)  # fmt: skip
# A slot of the case that the present message itself may have filled, and the entity that did.
_FILLED_BY = {
    "input_claim": "input_fault", "payment_channel": "payment_channel", "payment_no": "payment_no",
    "payment_amount": "amount",
}  # fmt: skip
MOST_ORDERS = 10


def leave_order(turn: Turn) -> None:
    """Put the proven order aside, with all that is known of it, and forget its case."""
    number = turn.slot("verified_order")
    if number is None:
        return
    kept = [each for each in turn.slot("known_orders") or [] if each["verified_order"] != number]
    values = {name: turn.tracker.get_slot(name) for name in CASE_SLOTS}
    just_said = {"symptom", *(slot for slot, entity in _FILLED_BY.items() if turn.entities.get(entity))}
    turn.set(**{name: None for name in CASE_SLOTS if name not in just_said})
    turn.set(known_orders=[*kept, {**values, "order_no": number}][-MOST_ORDERS:])


def recall(turn: Turn, number: str) -> bool:
    """Take up an order of this chat again while its proof holds; False when it is not one of them."""
    found = next((each for each in turn.slot("known_orders") or [] if each["verified_order"] == number), None)
    if found is None or turn.now.timestamp() >= (found.get("proof_until") or 0):
        return False
    symptom = turn.slot("symptom")
    leave_order(turn)
    known: list[dict[str, Any]] = turn.slot("known_orders")
    turn.set(
        known_orders=[each for each in known if each["verified_order"] != number],
        **{name: found.get(name) for name in CASE_SLOTS} | {"phone_tail": None},
    )
    # So that the customer sees which order it is now.
    turn.set(case={**(found.get("case") or {}), "recalled": True})
    if turn.slot("symptom") is None:
        turn.set(symptom=symptom)
    return True


def earlier_number(turn: Turn) -> str | None:
    """The order that "the first order", "the one before" or "the other one" means in this chat."""
    if turn.typed and turn.slot("other_order") and names_other_order(turn.text):
        return str(turn.slot("other_order"))
    known = turn.slot("known_orders") or []
    index = earlier_order(turn.text) if turn.typed and known else None
    return None if index is None else str(known[index]["verified_order"])


def corrects_digits(turn: Turn) -> bool:
    """Whether four digits in some words answer that the last ones did not fit the order number."""
    waits = turn.tracker.get_slot("offer") == "number" and turn.slot("order_no") and not turn.proof
    return bool(waits and tail_in(turn, expected=True))


def tail_in(turn: Turn, expected: bool) -> str | None:
    """The last four digits of a phone number in this message; four bare digits count only with an order number."""
    for name in ("phone_tail", "phone"):
        digits = "".join(c for c in str(turn.entities.get(name) or "") if c.isdigit())
        if len(digits) >= 4:
            return digits[-4:]
    return find_phone_tail(turn.text) if turn.typed and expected else None
