"""Worries and announcements that may come at any time, recognised by their words whatever intent was guessed."""

from bot.actions.bills import answer_correction
from bot.actions.cases import newest_case
from bot.actions.diagnosis import say_next
from bot.actions.meanings import (
    announces_picture,
    asks_about_bot,
    asks_about_us,
    asks_for_other_cause,
    asks_how_long,
    asks_meaning,
    asks_to_pay_again,
    asks_what_now,
    is_wordless,
)
from bot.actions.progress import say_ticket
from bot.actions.turn import Turn

HOW_LONG, WORDLESS = "utter_how_long", "utter_here_short"
# In this order: the question about paying again touches money, so it comes first.
ASIDES = {
    "utter_pay_again": asks_to_pay_again,
    "utter_about_bot": asks_about_bot,
    "utter_about_us": asks_about_us,
    "utter_causes": asks_for_other_cause,
    "utter_once_more": asks_meaning,
    "utter_picture_awaited": announces_picture,
    HOW_LONG: asks_how_long,
    WORDLESS: is_wordless,
}


def aside_of(text: str) -> str | None:
    """The sentence that answers this typed text, if it is an aside."""
    return next((response for response, fits in ASIDES.items() if fits(text)), None)


def answer_aside(turn: Turn) -> bool:
    """Answer an aside inside a form, whose question follows; False when the message is none."""
    response = aside_of(turn.text) if turn.typed else None
    if response:
        turn.say(response, reply_hours=turn.settings.reply_promise_hours)
    return response is not None


async def answer_aside_and_go_on(turn: Turn) -> bool:
    """Answer an aside outside of a form and show the way on; the time of an open ticket is looked up.

    What puts a bill right that was read from a picture is compared anew.
    """
    if await answer_correction(turn):
        return True
    if turn.typed and asks_what_now(turn.text):
        go_on(turn)
        return True
    response = aside_of(turn.text) if turn.typed else None
    if response is None:
        return False
    if response == WORDLESS:
        turn.say("utter_here")
    elif response == HOW_LONG and turn.slot("ticket_no"):
        say_ticket(turn, await newest_case(turn))
    else:
        answer_aside(turn)
        go_on(turn)
    return True


def go_on(turn: Turn) -> None:
    """The step that comes next for this customer."""
    if turn.slot("ticket_no"):
        turn.say("utter_open_ticket_known", ticket_no=turn.slot("ticket_no"))
    elif turn.proof and turn.case.get("next"):
        say_next(turn, turn.case)
    else:
        turn.say("utter_what_next")
