"""After the goods are said to be there: are they? If so, how was it; if not, the case goes on."""

from typing import Any

from bot.actions.base import DialogAction
from bot.actions.cases import Case, case_of, is_live, newest_case
from bot.actions.ending import FormConclusion
from bot.actions.forms import FormAction
from bot.actions.meanings import asks_for_ticket, is_brief, is_courtesy, is_refusal, names_other_order
from bot.actions.order_form import PROBLEMS, reference_in
from bot.actions.questions import answer_question
from bot.actions.step3 import due_at
from bot.actions.turn import Turn
from bot.actions.words import word
from bot.errors import HelpdeskError, NotFoundError

# "No comment", as the slot holds it.
NOTHING = "-"
LONGEST = 500


class ActionConfirmDelivery(DialogAction):
    """It is there, or it is not, for the ticket or order that a button is about; typed words say that it is there."""

    action_name = "action_confirm_delivery"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        if turn.typed:  # In plain words: see rasa_ext/arrived.py.
            await _say_arrived(turn, await newest_case(turn))
            return
        about = str(turn.entities.get("about") or "")
        case = await case_of(turn, about) if about.startswith("TK") else None
        if turn.entities.get("field") == "arrived":
            await _say_arrived(turn, case)
        else:
            await _go_on(turn, case)


async def _say_arrived(turn: Turn, case: Case | None) -> None:
    """Be glad, and ask once for each case how it was."""
    turn.set(symptom=None)
    if case and is_live(case):
        await tell_agents(turn, case, "says_arrived")
    asked = turn.slot("rated_cases") or []
    if case is None or case.get("rated") or case["ticket_no"] in asked:
        turn.say("utter_arrived")
        return
    turn.set(ticket_no=None if not is_live(case) else case["ticket_no"], rated_cases=[*asked, case["ticket_no"]])
    turn.say("utter_arrived_rate", about=case["ticket_no"])


async def _go_on(turn: Turn, case: Case | None) -> None:
    """The ticket is opened again; without one that can be, the way to a new one."""
    turn.set(symptom="not_received")
    if case:
        try:
            await tell_agents(turn, case, "says_not_arrived")
        except NotFoundError:
            case = None  # closed for good
    if case is None:
        turn.set(offer="report", ticket_no=None)
        turn.say("utter_not_arrived")
        return
    case = await case_of(turn, case["ticket_no"]) or case
    turn.set(ticket_no=case["ticket_no"])
    turn.say("utter_not_arrived_ticket", ticket_no=case["ticket_no"], due_at=due_at(case))


async def tell_agents(turn: Turn, case: Case, said: str) -> None:
    """Write into the ticket what the customer clicked."""
    await turn.backend.add_ticket_message(
        case["ticket_no"],
        {"author": "customer", "text": word(said, turn.language), "customer_ref": case["seen_as"]},
        idempotency_key=f"{turn.message_id}:{said}",
        proof=turn.proof,
    )


class ActionRateCase(DialogAction):
    """Keep the points; the form that follows asks for a word about it."""

    action_name = "action_rate_case"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        about, score = str(turn.entities.get("about") or ""), int(turn.entities.get("score") or 0)
        turn.set(rating=None, rating_comment=None)
        case = await case_of(turn, about)
        if case is None:
            turn.say("utter_rating_gone")
            return
        await turn.backend.rate_ticket(about, score, customer_ref=case["seen_as"], proof=turn.proof)
        turn.set(rating={"about": about, "score": score, "seen_as": case["seen_as"]})
        turn.say("utter_rating_thanks" if score >= 4 else "utter_rating_sorry")

    def on_error(self, turn: Turn, error: HelpdeskError) -> None:
        """These points are lost and their buttons used up, so the next "it is there" asks once more."""
        about = turn.entities.get("about")
        turn.set(rating=None, rated_cases=[each for each in turn.slot("rated_cases") or [] if each != about])
        super().on_error(turn, error)


class ValidateRatingForm(FormAction):
    """One optional question; whatever else the customer wants comes first."""

    action_name = "validate_rating_form"
    fields = ("rating_comment",)
    leave_without_value = PROBLEMS | {"report_problem", "provide_payment"}
    free_text = frozenset({"rating_comment"})

    def _leaves(self, turn: Turn, requested: str) -> bool:
        if turn.news is not None and (turn.typed or turn.intent == "send_picture"):
            return True  # Something newer was told, and this is about that.
        if turn.typed and turn.intent == "complain":
            return False  # blame is a word about the points, too
        if turn.typed and turn.intent == "ticket_progress" and not asks_for_ticket(turn.text):
            return False  # "that was quick" is praise
        if turn.typed and turn.intent == "confirm_delivery":
            return False  # that it is there was said before
        wants_else = turn.intent in self.leave_without_value and (turn.sure or names_other_order(turn.text))
        return bool(reference_in(turn)) or wants_else or super()._leaves(turn, requested)

    def next_field(self, turn: Turn) -> str | None:
        return super().next_field(turn) if turn.slot("rating") else None

    async def _answer(self, turn: Turn, requested: str | None) -> None:
        if requested and turn.typed and turn.intent == "greet" and is_courtesy(turn.text):
            turn.say("utter_here_short")
        elif not (requested and turn.sure and answer_question(turn)):
            await super()._answer(turn, requested)

    def read(self, turn: Turn, requested: str | None) -> bool:
        if requested is None:
            return False
        if not turn.typed or _says_nothing(turn):
            turn.set(rating_comment=NOTHING)
        elif turn.intent == "affirm" and turn.sure and is_brief(turn.text):
            # The first "yes, I would like to" is shown the question again, the next is a polite end.
            if not turn.slot("field_tries"):
                turn.set(field_tries=1.0)
                return False
            turn.set(rating_comment=NOTHING)
        else:
            turn.set(rating_comment=turn.text.strip()[:LONGEST] or NOTHING)
        return True


def _says_nothing(turn: Turn) -> bool:
    """A no or a polite end; a whole sentence is a comment, whatever was guessed."""
    ends = turn.intent == "deny" or is_refusal(turn.text)
    return is_courtesy(turn.text) or (ends and is_brief(turn.text))


class ActionKeepRating(FormConclusion):
    """Add the words to the points."""

    action_name = "action_keep_rating"

    async def conclude(self, turn: Turn) -> None:
        rating: dict[str, Any] | None = turn.slot("rating")
        comment = turn.slot("rating_comment")
        turn.set(rating=None, rating_comment=None)
        if rating is None:
            return
        if comment and comment != NOTHING:
            await turn.backend.rate_ticket(
                rating["about"], rating["score"], comment, customer_ref=rating["seen_as"], proof=turn.proof
            )
            turn.say("utter_rating_comment_kept")
        else:
            turn.say("utter_rating_done")
