"""report_form: the four-part statement, prefilled from what is known, then confirmed."""

from typing import Any

from bot.actions.asides import aside_of
from bot.actions.diagnosis import demand_text
from bot.actions.forms import FormAction
from bot.actions.meanings import is_correction, is_refusal, says_not_charged, says_unknown
from bot.actions.order_form import PROBLEMS, reference_in
from bot.actions.payments import keep_case
from bot.actions.pictures import Taken, note_pictures, say_verdict
from bot.actions.questions import is_question
from bot.actions.readings import UNREAD
from bot.actions.screenshots import BILL, screenshots_hint, wanted_screenshots
from bot.actions.statement import looks_like_time, named_part, new_value
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN, has_word, translated, word
from bot.formats import clock
from bot.numbers import find_time

STATEMENT = ("initiated_at", "product", "payment_state", "order_state")
# What the buttons of the fields stand for; the names are words of domain.yml.
BUTTONS = {
    "charged": "payment_claimed_paid",
    "not_charged": "payment_unpaid",
    "processing": "order_processing",
    "unpaid": "order_pending_payment",
    "completed": "order_completed",
    "missing": "order_not_found",
}
# The words that each part may have been filled with.
WORDS_OF = {"product": "product_", "payment_state": "payment_", "order_state": "order_"}
CHARGED_SYMPTOMS = ("not_received", "processing", "duplicate_charge", "missing_card", "refund")
LONGEST = 300


class ValidateReportForm(FormAction):
    """Usually only the confirmation is left to ask."""

    action_name = "validate_report_form"
    fields = (*STATEMENT, "report_field", "report_confirmed")
    leave_without_value = frozenset({"check_order_status", "provide_payment"})
    free_text = frozenset(STATEMENT)

    def _leaves(self, turn: Turn, requested: str) -> bool:
        """Another order number means another report."""
        another = reference_in(turn) if turn.intent in {"inform", *PROBLEMS} else None
        known = (turn.slot("verified_order"), turn.slot("payment_no"))
        return bool(another and another not in known) or super()._leaves(turn, requested)

    def start(self, turn: Turn) -> None:
        known = prefill(turn)
        turn.set(
            **{name: known.get(name) for name in STATEMENT},
            report_field=UNKNOWN,
            report_confirmed=None,
            demand_text=demand_text(turn, turn.case),
        )
        self._hint(turn)

    def _hint(self, turn: Turn) -> None:
        turn.set(screenshots_hint=screenshots_hint(turn.case, turn.slot("readings") or [], turn.language))

    def take_pictures(self, turn: Turn, taken: Taken) -> None:
        """The ticket takes them; only what is needed and cannot be read is asked for again."""
        keep_case(turn, taken.checked or {})
        bill_wanted = BILL in wanted_screenshots(turn.case, turn.slot("readings") or [])
        if taken.verdict == UNREAD or (bill_wanted and taken.verdict in ("INCOMPLETE", "UNREADABLE", "DUPLICATE")):
            say_verdict(turn, taken)
        else:
            turn.say("utter_picture_noted")
        self._hint(turn)

    def read(self, turn: Turn, requested: str | None) -> bool:
        if requested in STATEMENT:
            value = value_of(turn, requested)
            if value:
                turn.set(**{requested: value})
            return bool(value)
        if turn.intent == "choose_field":
            self._choose(turn)
        elif self._correct(turn, requested):
            pass
        elif requested == "report_field" and turn.intent in ("deny", "affirm"):
            turn.set(report_field=UNKNOWN)
        elif requested == "report_confirmed" and turn.intent in ("affirm", "report_problem") and turn.sure:
            turn.set(report_confirmed=True)
        elif requested == "report_confirmed" and turn.intent == "deny" and _means_no(turn):
            turn.set(report_confirmed=False)
        else:
            return False
        return True

    def _correct(self, turn: Turn, requested: str | None) -> bool:
        """ "The time is wrong", "改成 50 元", "yesterday 8pm": the part gets its new value, or is asked for."""
        if not turn.typed or requested not in ("report_field", "report_confirmed"):
            return False
        moment = find_time(turn.text, turn.now)
        part = named_part(turn.text)
        if moment and part in (None, "initiated_at") and turn.intent != "affirm":
            turn.set(initiated_at=clock(moment), report_field=UNKNOWN)
        elif part and (is_correction(turn.text) or requested == "report_field"):
            turn.set(**{part: new_value(turn.text, part)}, report_field=UNKNOWN)
        elif is_correction(turn.text) and turn.intent in ("deny", "inform"):
            turn.set(report_field=None)
        else:
            return False
        return True

    def _choose(self, turn: Turn) -> None:
        field = turn.entities.get("field")
        if field in STATEMENT:
            turn.set(**{field: None}, report_field=UNKNOWN)
        else:
            turn.set(report_field=None)

    def translate(self, turn: Turn) -> None:
        for name, prefix in WORDS_OF.items():
            if turn.slot(name):
                turn.set(**{name: translated(turn.slot(name), prefix, turn.language)})
        turn.set(demand_text=demand_text(turn, turn.case))
        self._hint(turn)

    def explain(self, turn: Turn, requested: str) -> bool:
        unclear = "utter_part_unclear" if requested in STATEMENT else "utter_report_unclear"
        turn.say("utter_choose_part" if requested == "report_field" else unclear)
        return True


def _means_no(turn: Turn) -> bool:
    return not turn.typed or is_refusal(turn.text)


def prefill(turn: Turn) -> dict[str, str | None]:
    """The parts of the statement that the order and the customer's words already give."""
    language, order = turn.language, turn.case.get("order") or {}
    states = order.get("states") or {}
    line = turn.entities.get("product_line")
    charged = turn.slot("paid_claim")
    if charged is None and turn.slot("symptom") in CHARGED_SYMPTOMS:
        charged = True
    claimed = word("payment_claimed_paid" if charged else "payment_unpaid", language) if charged is not None else None
    paid_at = turn.slot("paid_at")
    return {
        "initiated_at": clock(order.get("created_at")) or (clock(paid_at) if paid_at != UNKNOWN else None) or None,
        "product": order.get("product") or (word(f"product_{line}", language) if line else None),
        "payment_state": _state(states, "payment", language) or claimed,
        "order_state": _state(states, "order", language) or _order_state_of(turn.case, language),
    }


def _state(states: dict[str, Any], axis: str, language: str) -> str | None:
    value = states.get(axis)
    value = value.get("value") if isinstance(value, dict) else value
    return word(f"{axis}_{value}", language) if value and has_word(f"{axis}_{value}") else None


def _order_state_of(case: dict[str, Any], language: str) -> str | None:
    if case.get("diagnosis") in ("PAID_NO_ORDER", "REFUNDED_NO_ORDER", "ORDER_NOT_FOUND"):
        return word("order_not_found", language)
    return word("order_unknown", language) if case.get("diagnosis") == "ORDER_UNKNOWN" else None


def value_of(turn: Turn, field: str) -> str | None:
    """The customer's answer for one part of the statement, at most 300 characters; None when it is no answer."""
    button, line = turn.entities.get("field"), turn.entities.get("product_line")
    if turn.typed:
        return _typed_value(turn, field)
    if turn.intent == "deny":
        return word(UNKNOWN, turn.language)
    if button == "just_now":
        return clock(turn.now)
    if line:
        return word(f"product_{line}", turn.language)
    if turn.intent == "send_picture":
        note_pictures(turn)
    return word(BUTTONS[button], turn.language) if button in BUTTONS else None


def _typed_value(turn: Turn, field: str) -> str | None:
    text = turn.text.strip()[:LONGEST]
    moment = find_time(text, turn.now) if field == "initiated_at" else None
    if moment:
        return clock(moment)
    if turn.intent == "complain" or is_question(text) or aside_of(text):
        return None
    if field == "payment_state" and says_not_charged(text):
        return word("payment_unpaid", turn.language)
    if says_unknown(text):
        return word(UNKNOWN, turn.language)
    if field == "initiated_at" and not looks_like_time(text):
        return None
    return text or None
