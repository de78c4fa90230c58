"""Questions that may come at any time: their answers inside a form and outside are the same."""

from bot.actions.base import DialogAction
from bot.actions.meanings import asks_about_us, asks_for_other_cause, asks_to_pay_again, wants_to_add
from bot.actions.turn import Turn

PLAIN_ANSWERS = {
    "payment_limit": "utter_payment_limit",
    "how_to_topup": "utter_how_to_topup",
}
# "Can I top up again?" is taken for one of these.
WORRIES = ("prevention_or_safety", *PLAIN_ANSWERS)
CHECKS = {
    "payment": "utter_self_check_payment",
    "account": "utter_self_check_account",
    "order": "utter_self_check_order",
}
CAUSES = {
    "C0": "utter_cause_c0",
    "C1": "utter_cause_c1",
    "C2": "utter_cause_c2",
    "C3": "utter_cause_c3",
    "C4": "utter_cause_c4",
    "C?": "utter_cause_unknown",
}
# Words that make a sentence a question; a form field takes a sentence without them as its value.
QUESTION_MARKS = ("?", "？", "吗", "怎么", "如何", "为什么", "多久", "哪", "how ", "why ", "what ", "where ", "can i")


def is_question(text: str) -> bool:
    """Whether a typed text asks something."""
    return any(mark in text.lower() for mark in QUESTION_MARKS)


def answer_question(turn: Turn) -> bool:
    """Answer a question if this turn is one; False when it is something else."""
    if turn.intent == "self_check":
        turn.say(CHECKS.get(turn.entities.get("topic", ""), "utter_self_check"))
    elif turn.intent == "ask_cause":
        known = "" if turn.typed and asks_for_other_cause(turn.text) else turn.case.get("cause", "")
        cause = turn.entities.get("cause") or known
        turn.say(CAUSES.get(cause, "utter_causes"))
    elif turn.intent in WORRIES and turn.typed and asks_to_pay_again(turn.text):
        turn.say("utter_pay_again")
    elif turn.intent == "prevention_or_safety":
        turn.say("utter_about_us" if turn.typed and asks_about_us(turn.text) else "utter_prevention")
    elif turn.intent in PLAIN_ANSWERS:
        turn.say(PLAIN_ANSWERS[turn.intent])
    else:
        return False
    return True


class ActionSelfCheck(DialogAction):
    """Show one of the three self-checks, or the choice between them."""

    action_name = "action_self_check"

    async def answer(self, turn: Turn) -> None:
        answer_question(turn)
        # Every self-check ends at "was I charged?", so a yes leads to the payment details.
        turn.set(offer="evidence" if turn.entities.get("topic") == "payment" else None)


class ActionExplainCause(DialogAction):
    """Explain the cause asked for, that of the last diagnosis, or all four."""

    action_name = "action_explain_cause"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        answer_question(turn)


class ActionAnswerQuestion(DialogAction):
    """What is asked about topping up: how, how much, how to stay safe, and whether to pay again."""

    action_name = "action_answer_question"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        ticket_no = turn.slot("ticket_no")
        if ticket_no and turn.typed and wants_to_add(turn.text):  # "Can I add something?" is taken for adding money.
            turn.say("utter_open_ticket_known", ticket_no=ticket_no)
        else:
            answer_question(turn)
