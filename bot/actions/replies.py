"""The customer answers the people who work on their ticket: what they type or show goes there as it is."""

from bot.actions.answers import pass_on
from bot.actions.ending import FormConclusion
from bot.actions.forms import FormAction
from bot.actions.meanings import asks_for_ticket, is_courtesy, names_other_order, puts_off
from bot.actions.order_form import PROBLEMS
from bot.actions.pictures import note_pictures
from bot.actions.questions import answer_question
from bot.actions.turn import Turn
from bot.numbers import normalize_number

# "Only pictures" and "never mind", as the slot holds them.
PICTURES, NOTHING = "[pictures]", "-"
LONGEST = 2000
# The bot answers these at once; all other questions are for the person who asked.
OURS = ("payment_limit", "how_to_topup", "prevention_or_safety")


class ValidateReplyForm(FormAction):
    """The next thing that the customer types or shows is the answer, to what was asked last."""

    action_name = "validate_reply_form"
    fields = ("ticket_reply",)
    leave_without_value = frozenset({"report_problem", "provide_payment"})
    free_text = frozenset({"ticket_reply"})

    def start(self, turn: Turn) -> None:
        about = turn.entities.get("about") or turn.slot("ticket_no")
        turn.set(reply_to=about, ticket_reply=None if about else NOTHING)

    def read(self, turn: Turn, requested: str | None) -> bool:
        if requested is None:
            return False
        if turn.news and (turn.typed or turn.intent == "send_picture"):
            turn.set(reply_to=turn.news)  # Somebody asked anew meanwhile.
        if turn.intent == "send_picture":
            note_pictures(turn)
            turn.set(ticket_reply=PICTURES)
        elif not turn.typed or is_courtesy(turn.text) or (turn.intent != "inform" and puts_off(turn.text)):
            turn.set(ticket_reply=NOTHING)
        else:
            turn.set(ticket_reply=turn.text.strip()[:LONGEST] or NOTHING)
        return True

    def _leaves(self, turn: Turn, requested: str) -> bool:
        if turn.typed and turn.intent == "ticket_progress" and not asks_for_ticket(turn.text):
            return False
        if turn.typed and turn.intent in PROBLEMS and _names_other(turn):
            return True
        # A complaint is for the person who asked, too.
        return turn.intent != "complain" and super()._leaves(turn, requested)

    async def _answer(self, turn: Turn, requested: str | None) -> None:
        if requested is None or turn.intent == "switch_language":
            await super()._answer(turn, requested)
        elif turn.typed and turn.intent == "greet" and is_courtesy(turn.text):
            turn.say("utter_here_short")
        elif not (turn.intent in OURS and turn.sure and answer_question(turn)):
            self.read(turn, requested)


def _names_other(turn: Turn) -> bool:
    """Whether this is about an order besides the one of the ticket."""
    # The slot `order_no` holds the number of this message already.
    others = {normalize_number(each) for each in turn.order_numbers} - {turn.slot("verified_order")}
    return names_other_order(turn.text) or bool(others)


class ActionReplyTicket(FormConclusion):
    """Put it into the ticket."""

    action_name = "action_reply_ticket"

    async def conclude(self, turn: Turn) -> None:
        about, text, pictures = turn.slot("reply_to"), turn.slot("ticket_reply"), turn.slot("pictures") or []
        turn.set(reply_to=None, ticket_reply=None)
        if not about or text in (None, NOTHING):
            turn.say("utter_reply_cancelled")
            return
        await pass_on(turn, about, "" if text == PICTURES else text, pictures)
