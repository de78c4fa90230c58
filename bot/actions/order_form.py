"""order_form: the order number (or a payment number) and the phone digits that prove it."""

from bot.actions.forms import FormAction
from bot.actions.turn import Turn
from bot.numbers import find_phone_tail, find_reference, normalize_number

CALMING = {
    "not_received": "utter_calm_not_received",
    "processing": "utter_calm_processing",
    "payment_failed": "utter_calm_payment_failed",
    "account_restricted": "utter_calm_account_restricted",
    "duplicate_charge": "utter_calm_duplicate_charge",
    "wrong_info": "utter_calm_wrong_info",
    "missing_card": "utter_calm_missing_card",
    "refund": "utter_calm_refund",
}
PROBLEMS = frozenset({
    "paid_not_received", "payment_failed", "order_processing", "account_restricted", "duplicate_charge",
    "wrong_info_entered", "missing_card_code", "request_refund", "check_order_status",
})  # fmt: skip
# The language, the customer's pictures and open ticket outlive a change of order.
CASE_SLOTS = (
    "symptom", "input_claim", "order_no", "phone_tail", "payment_channel", "payment_no", "payment_amount", "paid_at",
    "initiated_at", "product", "payment_state", "order_state", "report_field", "report_confirmed", "demand_text",
    "proof", "proof_until", "verified_order", "case", "paid_claim", "ticket_no",
    "identity_refused",
)  # fmt: skip


class ValidateOrderForm(FormAction):
    """Complete at once while the customer's proof for the order holds."""

    action_name = "validate_order_form"
    fields = ("order_no", "phone_tail")
    leave_always = FormAction.leave_always - {"restart_case"}
    leave_without_value = frozenset({"report_problem", "provide_payment"})

    def start(self, turn: Turn) -> None:
        if turn.slot("order_no") is None and turn.slot("verified_order"):
            turn.set(order_no=turn.slot("verified_order"))

    def read(self, turn: Turn, requested: str | None) -> bool:
        if turn.intent == "restart_case":
            # The symptom is forgotten too; a number in the same sentence begins the new case.
            turn.set(**{**dict.fromkeys(CASE_SLOTS), "order_no": reference_in(turn)})
            return True
        if turn.entities.get("field") == "order_no":
            turn.set(order_no=None, phone_tail=None, payment_no=None)
            return True
        before = turn.slot("verified_order")
        reference = reference_in(turn)
        tail = tail_in(turn, expected=requested == "phone_tail" or bool(reference or turn.slot("order_no")))
        if reference and reference != before:
            turn.set(order_no=reference, proof=None, phone_tail=None, identity_refused=None)
        elif reference or (before and turn.proof):
            turn.set(order_no=before or reference)
        elif turn.slot("order_no"):
            turn.set(order_no=normalize_number(turn.slot("order_no")))
        if tail:
            turn.set(phone_tail=tail)
        elif turn.slot("phone_tail"):
            turn.set(phone_tail=str(turn.slot("phone_tail"))[-4:])
        return bool(reference or tail)

    def open_with(self, turn: Turn) -> None:
        symptom = turn.slot("symptom")
        if turn.intent in PROBLEMS and symptom in CALMING:
            turn.say(CALMING[symptom])

    def next_field(self, turn: Turn) -> str | None:
        by_identity = turn.slot("order_no") and turn.identity and not turn.slot("identity_refused")
        return None if turn.proof or by_identity else super().next_field(turn)

    def explain(self, turn: Turn, requested: str) -> None:
        if turn.intent in PROBLEMS:
            self.open_with(turn)
        elif turn.intent == "deny":
            turn.say("utter_field_help_human")
        else:
            super().explain(turn, requested)


def reference_in(turn: Turn) -> str | None:
    """The order or payment number of this message, normalised."""
    for name in ("order_no", "payment_no"):
        if turn.entities.get(name):
            return normalize_number(str(turn.entities[name]))
    found = find_reference(turn.text) if turn.typed else None
    return found.value if found else None


def tail_in(turn: Turn, expected: bool) -> str | None:
    """The last four digits of a phone number in this message; four bare digits count only with an order number."""
    for name in ("phone_tail", "phone"):
        digits = "".join(c for c in str(turn.entities.get(name) or "") if c.isdigit())
        if len(digits) >= 4:
            return digits[-4:]
    return find_phone_tail(turn.text) if turn.typed and expected else None
