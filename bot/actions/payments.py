"""Check the customer's claim about a payment against the payment record."""

import re
from typing import Any

from bot.actions.diagnosis import case_from, say_diagnosis, say_next
from bot.actions.ending import FormConclusion
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN, word

SLOT_OF_FIELD = {
    "channel": "payment_channel",
    "transaction_no": "payment_no",
    "merchant_no": "payment_no",
    "number": "payment_no",
    "amount": "payment_amount",
    "paid_at": "paid_at",
}
# 28 digits: WeChat's begin with 42 or 10, Alipay's with the date. Anything else is the merchant's own number.
TRANSACTION_NO = re.compile(r"(?:42|10|20)\d{26}")
VERDICTS = {
    "MATCHED": "utter_verdict_matched",
    "CLAIMED": "utter_verdict_claimed",
    "INCOMPLETE": "utter_verdict_incomplete",
    "CONFLICT": "utter_verdict_conflict",
}


class ActionCheckPayment(FormConclusion):
    """Say the verdict, then what it means for the order."""

    action_name = "action_check_payment"

    async def conclude(self, turn: Turn) -> None:
        result = await turn.backend.verify_payment(
            turn.slot("order_no") if turn.proof else None, claim_from(turn), turn.customer_ref, proof=turn.proof
        )
        verdict = result["verdict"]
        turn.set(claim_open=None)
        fields = result.get("missing" if verdict == "INCOMPLETE" else "mismatches") or []
        if verdict == "INCOMPLETE" and _leads_nowhere(turn, result):
            turn.say("utter_diagnosis_order_not_found")
        turn.say(VERDICTS[verdict], fields=field_names(fields, turn.language))
        if verdict in ("INCOMPLETE", "CONFLICT"):
            # Only what is missing or wrong is asked for again.
            turn.set(**{SLOT_OF_FIELD[each]: None for each in fields if each in SLOT_OF_FIELD}, offer="evidence")
            keep_case(turn, result)
        elif not turn.proof and result.get("order_known"):
            turn.set(order_no=turn.slot("payment_no"), phone_tail=None, offer="number")
            turn.say("utter_payment_leads_to_order")
        else:
            say_outcome(turn, result)


def _leads_nowhere(turn: Turn, result: dict[str, Any]) -> bool:
    """Neither the order number that the customer gave nor the payment leads to an order so far."""
    found = (result.get("diagnosis") or {}).get("diagnosis")
    return bool(turn.slot("order_no")) and not turn.proof and found == "ORDER_NOT_FOUND"


def claim_from(turn: Turn) -> dict[str, Any]:
    """The claim as the backend takes it; what the customer does not know is left out."""
    values = {name: turn.slot(name) for name in ("payment_channel", "payment_no", "payment_amount", "paid_at")}
    known = {name: value if value != UNKNOWN else None for name, value in values.items()}
    number = known["payment_no"]
    is_transaction = bool(number and TRANSACTION_NO.fullmatch(number))
    return {
        "channel": known["payment_channel"],
        "transaction_no": number if is_transaction else None,
        "merchant_no": _merchant_no_beside(turn, number) if is_transaction else number,
        "amount": known["payment_amount"],
        "paid_at": known["paid_at"],
    }


def _merchant_no_beside(turn: Turn, transaction_no: str | None) -> str | None:
    """The merchant number that stood on the same bill."""
    bills = [each["reading"] for each in turn.slot("readings") or []]
    return next((each["merchant_no"] for each in bills if each.get("transaction_no") == transaction_no), None)


def field_names(fields: list[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(dict.fromkeys(word(f"field_{each}", language) for each in fields))


def keep_case(turn: Turn, result: dict[str, Any]) -> None:
    """Remember the diagnosis, so that a ticket opened now is of the right type."""
    if result.get("diagnosis"):
        turn.set(case=case_from(result["diagnosis"], turn.case.get("order")))


def say_outcome(turn: Turn, result: dict[str, Any]) -> None:
    """The diagnosis after the claim; without one, offer the ticket."""
    if result.get("diagnosis"):
        say_diagnosis(turn, result["diagnosis"])
    else:
        say_next(turn, {"next": "report", **turn.case})
