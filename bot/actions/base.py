"""What every custom action shares: it never raises, and every error has an answer."""

import logging
from typing import Any, ClassVar

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.troubles import answer_to
from bot.actions.turn import Turn
from bot.errors import BackendUnavailableError, HelpdeskError, VerifyLockedError

log = logging.getLogger(__name__)


class DialogAction(Action):
    """A custom action: `answer` says and sets; an error of any kind becomes an answer too, never silence.

    Rasa drops the messages of an action that raises and goes on, so nothing may escape from `run`.
    """

    action_name: ClassVar[str]
    # Actions that follow up on an offer keep it; all others end it.
    keeps_offer: ClassVar[bool] = False

    def name(self) -> str:
        return self.action_name

    async def answer(self, turn: Turn) -> None:
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        turn = Turn(tracker, dispatcher)
        try:
            if not self.keeps_offer:
                turn.set(offer=None)
            await self.answer(turn)
        except HelpdeskError as error:
            log.warning("%s: %s", self.action_name, error.code)
            turn.forget()
            self.on_error(turn, error)
        except Exception:
            log.exception("%s failed", self.action_name)
            turn.forget()
            self.on_error(turn, HelpdeskError())
        return turn.events()

    def on_error(self, turn: Turn, error: HelpdeskError) -> None:
        """Say what the error means for the customer."""
        say_error(turn, error)


def say_error(turn: Turn, error: HelpdeskError) -> None:
    """The answer to an error; a lock also calls a human."""
    if isinstance(error, BackendUnavailableError) and turn.said_last("utter_lookup_failed"):
        turn.say("utter_lookup_human")
        turn.handoff("backend_unavailable")
        turn.set(offer=None)
        return
    response, offer = answer_to(error)
    minutes = max(1, round(float(error.details.get("retry_after") or turn.settings.verify_lockout) / 60))
    turn.say(response, minutes=minutes)
    turn.set(offer=offer)
    if isinstance(error, VerifyLockedError):
        turn.set(phone_tail=None)
        turn.handoff("locked")
