"""The bot again, after a human: it goes on with what was known before, and with what the human did at the ticket."""

from typing import Any

from bot.actions.base import DialogAction
from bot.actions.cases import Case, is_live, newest_case
from bot.actions.diagnosis import say_next
from bot.actions.known_orders import CASE_SLOTS
from bot.actions.progress import say_ticket
from bot.actions.turn import Turn
from bot.errors import HelpdeskError

# Besides the case: what was sent and asked in this chat. A half-filled form and an old offer stay behind.
CARRIED = (*CASE_SLOTS, "known_orders", "pictures", "readings", "rated_cases")
_OF_FORMS = ("report_field", "report_confirmed")


class ActionTakeBack(DialogAction):
    """Say that the bot is back and how the case stands, so that nobody has to tell it again."""

    action_name = "action_take_back"

    async def answer(self, turn: Turn) -> None:
        before: dict[str, Any] = turn.metadata.get("before") or {}
        turn.set(**{name: before[name] for name in CARRIED if name in before and name not in _OF_FORMS})
        order_no = turn.slot("verified_order") or turn.slot("order_no")
        case = await _ticket(turn)
        if not order_no and case is None:
            turn.say("utter_handed_back")
            return
        turn.say("utter_handed_back_order", order_no=order_no or (case or {}).get("order_no") or "-")
        if case is not None:
            say_ticket(turn, case)
        elif turn.proof and turn.case.get("next"):
            say_next(turn, turn.case)
        else:
            turn.say("utter_what_next")


async def _ticket(turn: Turn) -> Case | None:
    """The case that is worked on; while the backend is away the rest must do."""
    try:
        case = await newest_case(turn)
    except HelpdeskError:
        return None
    return case if case and is_live(case) else None
