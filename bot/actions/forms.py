"""The base of the three forms: one call per turn reads the values, answers asides and chooses the next question.

Rasa asks the question itself, right after this call and within the same step, so a turn is said whole or not at all.
"""

import logging
from typing import Any, ClassVar

from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.asides import answer_aside, aside_of
from bot.actions.base import DialogAction
from bot.actions.bills import correct_bill
from bot.actions.complaints import count_complaint
from bot.actions.ending import DONE, HUMAN, NOT_CHARGED, REPLY
from bot.actions.meanings import asks_about_bot, names_human, says_not_charged
from bot.actions.pictures import Taken, call_human, calls_human, look_at_pictures, say_read, say_verdict
from bot.actions.questions import answer_question, is_question
from bot.actions.smalltalk import switch_language
from bot.actions.turn import Turn

log = logging.getLogger(__name__)

# What only the buttons of news and of what follows them mean.
OF_NEWS = ("confirm_delivery", "rate_case", "reply_ticket", "show_step3", "resume_case")
# Said without a value, these are no failed answer; the form just asks again.
HARMLESS = frozenset({"greet", "thanks", "affirm", "send_picture"})
POLITE = {"greet": "utter_here_short", "thanks": "utter_thanks_short"}
TRIES_BEFORE_HELP, TRIES_BEFORE_HUMAN = 2, 3


def is_no_request_for_human(turn: Turn) -> bool:
    """A typed text that names no human, though it was taken for a wish for one; the second time it is one."""
    if not turn.typed or (names_human(turn.text) and not asks_about_bot(turn.text)):
        return False
    intents = [
        (event.get("parse_data") or {}).get("intent", {}).get("name")
        for event in turn.tracker.events
        if event.get("event") == "user"
    ]
    return intents[-2:-1] != ["request_human"]


def answers_news(turn: Turn) -> bool:
    """Whether a form would begin with what is rather an answer to a person who has just asked; a number is none."""
    names_number = turn.order_numbers or turn.entities.get("payment_no")
    return bool(turn.news) and turn.typed and turn.intent in ("inform", "affirm") and not names_number


class FormAction(DialogAction):
    """Validate one form. Subclasses say how a message becomes values and which slot comes next."""

    fields: ClassVar[tuple[str, ...]]
    # The form gives way to these at once, and rules.yml takes over.
    leave_always: ClassVar[frozenset[str]] = frozenset(
        {"request_human", "restart_case", "goodbye", "ticket_progress", *OF_NEWS}
    )
    # Intents that leave the form when the message holds no value for it.
    leave_without_value: ClassVar[frozenset[str]]
    # Fields that take any sentence, so that only a question is an aside.
    free_text: ClassVar[frozenset[str]] = frozenset()
    # Whether the form has lost its purpose once the customer says that nothing was charged.
    ends_when_not_charged: ClassVar[bool] = False
    # Whether a correction of a bill is answered beside the form's own question.
    hears_corrections: ClassVar[bool] = True

    def start(self, turn: Turn) -> None:
        """Prepare the slots when the form begins, before the first message is read."""

    def read(self, turn: Turn, requested: str | None) -> bool:
        """Set the slots that this message gives; False when it gives none."""
        raise NotImplementedError

    def open_with(self, turn: Turn) -> None:
        """Say something before the first question."""

    def next_field(self, turn: Turn) -> str | None:
        """The slot to ask for; None when the form is complete."""
        return next((name for name in self.fields if turn.slot(name) is None), None)

    def take_pictures(self, turn: Turn, taken: Taken) -> None:
        """Say what the pictures are worth here, and use what was read."""
        say_verdict(turn, taken)
        if calls_human(taken):
            call_human(turn, taken)
            turn.set(form_end=DONE)

    async def _is_corrected(self, turn: Turn) -> bool:
        """Whether this message puts right what was read from a bill; it is compared once the form is done."""
        return self.hears_corrections and await correct_bill(turn)

    def translate(self, turn: Turn) -> None:
        """Put words that the form filled in itself into the new language."""

    def explain(self, turn: Turn, requested: str) -> bool:
        """Say what the field needs, after an answer that could not be read; False when this is no failed try."""
        turn.say(f"utter_{requested}_unreadable")
        return True

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        turn = Turn(tracker, dispatcher)
        requested = tracker.get_slot("requested_slot")
        requested = requested if requested in self.fields else None
        try:
            if requested and self._leaves(turn, requested):
                return [ActionExecutionRejected(self.action_name.removeprefix("validate_"))]
            await self._answer(turn, requested)
            next_field = None if turn.slot("form_end") else self.next_field(turn)
        except Exception:
            log.exception("%s failed", self.action_name)
            turn.forget()
            turn.say("utter_system_trouble")
            next_field = requested or self.fields[0]
        # A change besides `requested_slot` tells Rasa that the form took this message, whatever it was.
        turn.set(field_tries=turn.slot("field_tries") or 0.0)
        return [*turn.events(), SlotSet("requested_slot", next_field)]

    def _leaves(self, turn: Turn, requested: str) -> bool:
        if turn.intent == "request_human" and is_no_request_for_human(turn):
            return False
        if turn.intent in self.leave_always or (turn.intent == "deny" and turn.entities.get("field") == "not_charged"):
            return True
        if turn.intent == "complain" and turn.slot("ticket_no"):
            return True
        if turn.intent == "check_order_status" and turn.typed and aside_of(turn.text):
            return False  # "How long?" is about what is done here.
        if turn.intent not in self.leave_without_value or (turn.typed and requested in self.free_text):
            return False
        probe = Turn(turn.tracker, CollectingDispatcher())
        return not self.read(probe, requested)

    async def _answer(self, turn: Turn, requested: str | None) -> None:
        if requested is None:
            turn.set(field_tries=0.0, offer=None, form_end=None)
            if answers_news(turn):
                turn.set(form_end=REPLY)
                return
            self.start(turn)
            found = self.read(turn, None)
            if self._is_over(turn, found):
                turn.set(form_end=NOT_CHARGED)
            elif self.next_field(turn) and await self._is_corrected(turn):
                return
            elif self.next_field(turn) and (found or not answer_aside(turn)):
                self.open_with(turn)
            return
        free_text = (
            requested in self.free_text and turn.typed and not is_question(turn.text) and not aside_of(turn.text)
        )
        if not free_text and answer_question(turn):
            if requested not in self.free_text and self.read(turn, requested):
                turn.set(field_tries=0.0)
            return
        if turn.intent == "send_picture":
            taken = await look_at_pictures(turn)
            say_read(turn, taken)
            self.take_pictures(turn, taken)
        elif turn.intent == "switch_language":
            switch_language(turn)
            self.translate(turn)
        elif await self._is_corrected(turn):
            self.read(turn, requested)
        elif self.read(turn, requested):
            turn.set(field_tries=0.0)
        elif self._is_over(turn, found=False):
            turn.set(form_end=NOT_CHARGED)
        elif answer_aside(turn):
            return
        elif turn.intent == "complain":
            self._soothe(turn)
        elif turn.intent == "wait_more":
            turn.say("utter_take_time")
        elif turn.intent in POLITE and turn.sure:
            turn.say(POLITE[turn.intent])
        elif (turn.intent not in HARMLESS or not turn.sure) and self.explain(turn, requested):
            self._count_try(turn)

    def _is_over(self, turn: Turn, found: bool) -> bool:
        return self.ends_when_not_charged and not found and turn.typed and says_not_charged(turn.text)

    def _soothe(self, turn: Turn) -> None:
        """One human sentence; after that the form's own question is the action, and soon a human."""
        if count_complaint(turn) == 1:
            turn.say("utter_sorry")
        else:
            turn.say("utter_field_help_human")
            self._count_try(turn)

    def _count_try(self, turn: Turn) -> None:
        tries = (turn.slot("field_tries") or 0.0) + 1
        turn.set(field_tries=tries)
        if tries >= TRIES_BEFORE_HUMAN:
            turn.dispatcher.messages.clear()
            turn.set(form_end=HUMAN)
        elif tries >= TRIES_BEFORE_HELP and not turn.says("utter_field_help_human"):
            turn.say("utter_field_help_human")
