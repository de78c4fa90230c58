"""order_form: the order number (or a payment number) and the phone digits that prove it."""

from bot.actions.bills import told_of_bill
from bot.actions.ending import TICKET
from bot.actions.forms import FormAction
from bot.actions.known_orders import CASE_SLOTS, earlier_number, leave_order, recall, tail_in
from bot.actions.meanings import asks_about_us, names_order_number, says_unknown
from bot.actions.payment_values import note_bill
from bot.actions.pictures import Taken
from bot.actions.questions import is_question
from bot.actions.readings import order_number_in
from bot.actions.turn import Turn
from bot.numbers import find_reference, normalize_number

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


class ValidateOrderForm(FormAction):
    """Complete at once while the customer's proof for the order holds."""

    action_name = "validate_order_form"
    fields = ("order_no", "phone_tail")
    leave_always = FormAction.leave_always - {"restart_case"}
    leave_without_value = frozenset({"report_problem", "provide_payment"})
    ends_when_not_charged = True

    def start(self, turn: Turn) -> None:
        if turn.slot("order_no") is None and turn.slot("verified_order"):
            turn.set(order_no=turn.slot("verified_order"))
        # "How far is it?" means the ticket as long as no order can be looked at without asking for more.
        if turn.intent == "check_order_status" and turn.slot("ticket_no") and not (turn.proof or reference_in(turn)):
            turn.set(form_end=TICKET)

    def read(self, turn: Turn, requested: str | None) -> bool:
        if turn.proof and "payment_no" in told_of_bill(turn):
            return True  # The number of the bill that was just read; it leads to no other order.
        reference = reference_in(turn) or earlier_number(turn)
        if turn.intent == "restart_case" and not (reference and recall(turn, reference)):
            # The symptom is forgotten too; a number in the same sentence begins the new case.
            leave_order(turn)
            turn.set(**{**dict.fromkeys(CASE_SLOTS), "order_no": reference})
            return True
        if turn.entities.get("field") == "order_no":
            turn.set(order_no=None, phone_tail=None, payment_no=None)
            return True
        before = turn.slot("verified_order")
        tail = tail_in(turn, expected=requested == "phone_tail" or bool(reference or turn.slot("order_no")))
        if reference and reference != before:
            if not recall(turn, reference):
                # Digits that came before any number prove this order, unless they are the number that was mistyped.
                first = before is None and turn.slot("symptom") != "wrong_info"
                told = turn.slot("phone_tail") if first else None
                leave_order(turn)
                turn.set(order_no=reference, proof=None, phone_tail=told, identity_refused=None)
        elif reference or (before and turn.proof):
            turn.set(order_no=before or reference)
        elif turn.slot("order_no"):
            turn.set(order_no=normalize_number(turn.slot("order_no")))
        if tail:
            turn.set(phone_tail=tail)
        elif turn.slot("phone_tail"):
            turn.set(phone_tail=str(turn.slot("phone_tail"))[-4:])
        note_bill(turn)
        note_other_numbers(turn, reference)
        return bool(reference or tail)

    def take_pictures(self, turn: Turn, taken: Taken) -> None:
        super().take_pictures(turn, taken)
        if turn.slot("order_no") is None:
            turn.set(order_no=order_number_in(taken.entries))

    def open_with(self, turn: Turn) -> None:
        symptom = turn.slot("symptom")
        if turn.slot("form_end"):
            return
        if turn.intent in PROBLEMS and symptom in CALMING:
            # Who tells it again has read the calming words already.
            turn.say("utter_hurry" if turn.said_before(CALMING[symptom]) else CALMING[symptom])

    def next_field(self, turn: Turn) -> str | None:
        by_identity = turn.slot("order_no") and turn.identity and not turn.slot("identity_refused")
        return None if turn.proof or by_identity else super().next_field(turn)

    def explain(self, turn: Turn, requested: str) -> bool:
        about_number = requested == "order_no" and turn.typed and names_order_number(turn.text)
        if turn.intent in PROBLEMS and not (about_number and _asks_or_lacks(turn)):
            self.open_with(turn)
            return False
        if requested == "order_no" and (turn.intent == "deny" or _asks_or_lacks(turn)):
            turn.say("utter_order_no_missing")
            # To ask where it stands is no failed answer; to ask again after having been told is.
            asks = turn.intent != "deny" and is_question(turn.text) and not says_unknown(turn.text)
            return not asks or turn.said_last("utter_order_no_missing")
        if requested == "phone_tail" and turn.typed and (asks_about_us(turn.text) or is_question(turn.text)):
            turn.say("utter_about_us")
            return True
        if requested == "phone_tail" and (turn.intent == "deny" or (turn.typed and says_unknown(turn.text))):
            turn.say("utter_field_help_human")
            return True
        return super().explain(turn, requested)


def _asks_or_lacks(turn: Turn) -> bool:
    return turn.typed and (is_question(turn.text) or says_unknown(turn.text))


def note_other_numbers(turn: Turn, reference: str | None) -> None:
    """A second order number in the same message is not lost: it is offered once this one is looked up."""
    numbers = [normalize_number(each) for each in turn.order_numbers]
    others = [each for each in dict.fromkeys(numbers) if each != reference]
    if others and turn.entities.get("payment_no") is None:
        turn.set(other_order=others[0])
    elif reference and turn.slot("other_order") == reference:
        turn.set(other_order=None)


def reference_in(turn: Turn) -> str | None:
    """The order or payment number of this message, normalised."""
    named = [*turn.order_numbers[:1], turn.entities.get("payment_no")]
    if first := next((each for each in named if each), None):
        return normalize_number(str(first))
    found = find_reference(turn.text) if turn.typed else None
    return found.value if found else None
