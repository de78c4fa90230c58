"""To a human: on request, or when the dialog does not understand."""

from rasa_sdk.interfaces import Tracker

from bot.actions.base import DialogAction
from bot.actions.turn import Turn

NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


def misses_in_a_row(tracker: Tracker) -> int:
    """How many messages up to the latest one were not understood, one after the other."""
    intents = [
        (event.get("parse_data") or {}).get("intent", {}).get("name")
        for event in tracker.events
        if event["event"] == "user"
    ]
    count = 0
    for intent in reversed(intents):
        if intent not in NOT_UNDERSTOOD:
            break
        count += 1
    return count


class ActionRequestHuman(DialogAction):
    """Pass the conversation to the queue."""

    action_name = "action_request_human"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_request_human")
        turn.handoff("customer_request")


class ActionFallback(DialogAction):
    """Say what the bot can do; the second time point to a human, the third time call one."""

    action_name = "action_fallback"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        misses = misses_in_a_row(turn.tracker)
        if misses >= 3:
            turn.say("utter_fallback_handoff")
            turn.handoff("not_understood")
            turn.set(offer=None)
        elif misses == 2:
            turn.say("utter_fallback_again")
            turn.set(offer="human")
        elif turn.intent == "out_of_scope":
            turn.say("utter_out_of_scope")
        else:
            turn.say("utter_fallback")
