"""How a form ends before its questions are answered; the action that follows the form acts on it."""

from bot.actions.answers import answer_news
from bot.actions.base import DialogAction
from bot.actions.cases import newest_case
from bot.actions.progress import say_ticket
from bot.actions.turn import Turn

# `done`: everything was said inside the form already.
HUMAN, NOT_CHARGED, DONE, TICKET, REPLY = "human", "not_charged", "done", "ticket", "reply"


def say_not_charged(turn: Turn) -> None:
    """The customer is sure that no money was taken."""
    turn.set(paid_claim=False)
    turn.say("utter_not_charged")


class FormConclusion(DialogAction):
    """The action that rules.yml calls after a form: `conclude`, or what the form's early end asks for."""

    async def conclude(self, turn: Turn) -> None:
        raise NotImplementedError

    async def answer(self, turn: Turn) -> None:
        end = turn.slot("form_end")
        if end is None:
            await self.conclude(turn)
            return
        turn.set(form_end=None, field_tries=0.0)
        if end == NOT_CHARGED:
            say_not_charged(turn)
        elif end == REPLY:
            await answer_news(turn)
        elif end == TICKET:
            say_ticket(turn, await newest_case(turn))
        elif end == HUMAN:
            turn.say("utter_fallback_handoff")
            turn.handoff("not_understood")
