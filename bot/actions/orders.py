"""Look the order up: prove that it is the customer's, then diagnose."""

from bot.actions.asides import answer_aside_and_go_on
from bot.actions.base import say_error
from bot.actions.bills import check_claim, check_with_order
from bot.actions.diagnosis import say_diagnosis
from bot.actions.ending import FormConclusion
from bot.actions.pictures import call_human, calls_human
from bot.actions.turn import Turn
from bot.errors import BackendUnavailableError, HelpdeskError, OrderNotFoundError, VerifyLockedError

# The case when nobody could be asked, so that a report made now is of the right type.
LOOKUP_FAILED = {
    "diagnosis": "ORDER_UNKNOWN",
    "cause": "C3",
    "next": "report",
    "ticket_type": "LOOKUP_FAILED",
    "demand": "CHECK_LOGS",
    "priority": "normal",
}
SYMPTOMS_OF_INPUT = ("MISMATCH", "WRONG_TYPE", "BAD_FORMAT")


class ActionCheckOrder(FormConclusion):
    """Everything that is said about an order comes from here, in one step."""

    action_name = "action_check_order"

    async def conclude(self, turn: Turn) -> None:
        turn.set(offer="number")
        if turn.proof is None:
            try:
                await prove(turn)
            except OrderNotFoundError as error:
                say_verify_failed(turn, error)
                return
        # A worry about an order that was just explained is answered, rather than explained once more.
        if turn.case.get("next") and not turn.case.get("recalled") and not turn.order_numbers:
            turn.set(offer=None)
            if await answer_aside_and_go_on(turn):
                return
            turn.set(offer="number")
        taken = await check_with_order(turn)
        if taken and calls_human(taken):
            call_human(turn, taken)
            return
        if turn.slot("claim_open") and await check_claim(turn):
            return
        await diagnose(turn)
        if turn.slot("other_order"):
            turn.say("utter_other_order", other_order=turn.slot("other_order"))

    def on_error(self, turn: Turn, error: HelpdeskError) -> None:
        """A proof may expire between the turns: only the phone digits are asked for again."""
        say_error(turn, error)
        if isinstance(error, OrderNotFoundError):
            turn.set(proof=None, phone_tail=None)
        elif isinstance(error, BackendUnavailableError) and not turn.case:
            turn.set(case=LOOKUP_FAILED)


async def prove(turn: Turn) -> None:
    """Turn the order number and one factor into a proof; OrderNotFoundError when they do not fit."""
    answer = await turn.backend.verify(turn.slot("order_no"), factor_of(turn), turn.customer_ref, turn.address_key)
    turn.set(
        proof=answer["token"],
        # A little earlier than the backend, so that a proof does not expire on its way.
        proof_until=turn.now.timestamp() + float(answer["expires_in"]) - 10,
        order_no=answer["order_no"],
        verified_order=answer["order_no"],
        phone_tail=None,
        ticket_no=None,
    )


def factor_of(turn: Turn) -> dict[str, str]:
    """The phone digits if the customer gave them, else the identity that the host page signed."""
    if turn.slot("phone_tail") or not turn.identity:
        return {"type": "phone_tail", "value": turn.slot("phone_tail") or ""}
    return {"type": "identity", "value": turn.identity}


def say_verify_failed(turn: Turn, error: OrderNotFoundError) -> None:
    """The same words for a missing order and a wrong factor; after the last try a human."""
    by_identity = factor_of(turn)["type"] == "identity"
    turn.set(phone_tail=None, identity_refused=by_identity or turn.slot("identity_refused"))
    tries_left = int(error.details.get("tries_left", 0))
    if tries_left > 0:
        turn.say("utter_identity_refused" if by_identity else "utter_verify_failed", tries_left=tries_left)
    else:
        say_error(turn, VerifyLockedError(retry_after=turn.settings.verify_lockout))


async def diagnose(turn: Turn) -> None:
    """Ask the backend for the diagnosis of the proven order and say it."""
    claim = turn.slot("input_claim")
    result = await turn.backend.diagnose(
        turn.slot("order_no"),
        turn.proof or "",
        {
            "symptom": turn.slot("symptom"),
            "paid": turn.slot("paid_claim"),
            "input": claim if claim in SYMPTOMS_OF_INPUT else None,
        },
    )
    say_diagnosis(turn, result, looked_up=True)
