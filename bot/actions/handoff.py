"""To a human: on request, or when the dialog does not understand."""

from rasa_sdk.interfaces import Tracker

from bot.actions.answers import answer_news
from bot.actions.asides import answer_aside_and_go_on, aside_of
from bot.actions.base import DialogAction
from bot.actions.forms import is_no_request_for_human
from bot.actions.known_orders import corrects_digits
from bot.actions.turn import Turn
from bot.actions.words import has_word, word

NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")
MOST_GUESSES = 2


def misses_in_a_row(tracker: Tracker) -> int:
    """How many messages up to the latest one were not understood, one after the other."""
    messages = [
        ((event.get("parse_data") or {}).get("intent", {}).get("name"), event.get("text") or "")
        for event in tracker.events
        if event["event"] == "user"
    ]
    count = 0
    for intent, text in reversed(messages):
        if intent not in NOT_UNDERSTOOD or aside_of(text):
            break
        count += 1
    return count


def guesses_of(turn: Turn) -> list[str]:
    """The best intents of the ranking that a customer can choose by a button; a word of domain.yml is its title."""
    names = [str(each.get("name")) for each in turn.ranking]
    return [name for name in names if has_word(f"guess_{name}")][:MOST_GUESSES]


def say_guesses(turn: Turn, guesses: list[str]) -> None:
    """Ask which of the two is meant."""
    first, second = guesses
    turn.say(
        "utter_fallback_guess",
        first=word(f"guess_{first}", turn.language),
        first_intent=first,
        second=word(f"guess_{second}", turn.language),
        second_intent=second,
    )


class ActionRequestHuman(DialogAction):
    """Pass the conversation to the queue; "please help" alone is asked back once."""

    action_name = "action_request_human"

    async def answer(self, turn: Turn) -> None:
        if turn.intent == "request_human" and is_no_request_for_human(turn):
            if not await answer_aside_and_go_on(turn):
                turn.say("utter_ask_problem")
            return
        turn.leave_form()
        turn.say("utter_request_human")
        turn.handoff("customer_request")


class ActionFallback(DialogAction):
    """Ask which of the two best guesses is meant; the second time point to a human, the third time call one."""

    action_name = "action_fallback"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        misses = misses_in_a_row(turn.tracker)
        guesses = guesses_of(turn)
        if turn.news is not None:
            turn.leave_form()
        if await answer_aside_and_go_on(turn) or await answer_news(turn):
            return
        if corrects_digits(turn):
            turn.follow_up("order_form")
            return
        if misses >= 3:
            turn.say("utter_fallback_handoff")
            turn.handoff("not_understood")
            turn.set(offer=None)
        elif misses == 2:
            turn.say("utter_fallback_again")
            turn.set(offer="human")
        elif turn.intent == "out_of_scope":
            turn.say("utter_out_of_scope")
        elif len(guesses) == MOST_GUESSES:
            say_guesses(turn, guesses)
        else:
            turn.say("utter_fallback")
