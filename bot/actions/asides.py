"""Worries and announcements that may come at any time, recognised by their words whatever intent was guessed."""

from bot.actions.meanings import announces_picture, asks_about_us, asks_how_long, asks_to_pay_again, is_wordless
from bot.actions.turn import Turn

HOW_LONG = "utter_how_long"
# In this order: the question about paying again touches money, so it comes first.
ASIDES = {
    "utter_pay_again": asks_to_pay_again,
    "utter_about_us": asks_about_us,
    "utter_picture_awaited": announces_picture,
    HOW_LONG: asks_how_long,
    "utter_here": is_wordless,
}


def aside_of(text: str) -> str | None:
    """The sentence that answers this typed text, if it is an aside."""
    return next((response for response, fits in ASIDES.items() if fits(text)), None)


def answer_aside(turn: Turn) -> bool:
    """Answer an aside; False when the message is none."""
    response = aside_of(turn.text) if turn.typed else None
    if response:
        turn.say(response, reply_hours=turn.settings.reply_promise_hours)
    return response is not None
