"""A customer goes on with their tickets on another device; the gateway has checked the code."""

from bot.actions.base import DialogAction
from bot.actions.cases import newest_case
from bot.actions.progress import say_ticket
from bot.actions.turn import Turn

ANSWERS = {
    "linked": "utter_resume_linked",
    "same": "utter_resume_same",
    "unknown": "utter_resume_unknown",
    "typo": "utter_resume_typo",
    "limited": "utter_resume_limited",
}


class ActionResumeCase(DialogAction):
    """Say what became of the code, and how the case stands."""

    action_name = "action_resume_case"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        result = turn.entities.get("field", "")
        turn.say(ANSWERS.get(result, "utter_resume_unknown"))
        if result in ("linked", "same"):
            say_ticket(turn, await newest_case(turn))
