"""Anger: one human sentence, then only action, and a human when it goes on."""

from bot.actions.asides import answer_aside_and_go_on
from bot.actions.base import DialogAction
from bot.actions.cases import is_live, newest_case
from bot.actions.diagnosis import say_next
from bot.actions.step3 import say_not_yet, say_step3
from bot.actions.turn import Turn

COMPLAINTS_BEFORE_HUMAN = 2


def count_complaint(turn: Turn) -> int:
    """How often this customer has complained, with this time."""
    count = int(turn.slot("complaints") or 0) + 1
    turn.set(complaints=float(count))
    return count


def call_human_for_complaint(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_complain_human")
    turn.handoff("angry")
    turn.set(offer=None, complaints=0.0)


class ActionEscalate(DialogAction):
    """A complaint: step 3 when its condition holds; else one human sentence, then action, and soon a human."""

    action_name = "action_escalate"

    async def answer(self, turn: Turn) -> None:
        if await answer_aside_and_go_on(turn):
            return
        turn.leave_form()
        ticket = await newest_case(turn)
        is_open = ticket is not None and is_live(ticket)
        if ticket and is_open and ticket["step3"]["offer"]:
            say_step3(turn, ticket)
            return
        count = count_complaint(turn)
        if count >= COMPLAINTS_BEFORE_HUMAN:
            call_human_for_complaint(turn)
        elif ticket and is_open:
            say_not_yet(turn, ticket)
        elif turn.proof and turn.case.get("next"):
            turn.say("utter_sorry")
            say_next(turn, turn.case)
        else:
            turn.say("utter_complain")
            turn.set(offer="report")
