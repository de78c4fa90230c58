"""Short answers that need little thought: language, no, wait, goodbye."""

from datetime import UTC, datetime

from bot.actions.base import DialogAction
from bot.actions.formats import clock, time_from
from bot.actions.turn import Turn


def switch_language(turn: Turn) -> None:
    """Set the language asked for, or else the other one, say so in it and tell the gateway."""
    wanted = _language_named(turn.text) if turn.typed else turn.entities.get("language")
    language = wanted if wanted in ("zh", "en") else ("zh" if turn.language == "en" else "en")
    turn.set(language=language)
    turn.say(f"utter_language_switched_{language}")
    turn.send(language=language)


class ActionSwitchLanguage(DialogAction):
    """The customer chooses the language."""

    action_name = "action_switch_language"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        switch_language(turn)


def _language_named(text: str) -> str | None:
    lowered = text.lower()
    if any(name in lowered for name in ("english", "英文", "英语")):
        return "en"
    return "zh" if any(name in lowered for name in ("chinese", "中文", "汉语", "普通话")) else None


class ActionSayGoodbye(DialogAction):
    """Say goodbye and leave any form."""

    action_name = "action_say_goodbye"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_goodbye")


class ActionDeclineOffer(DialogAction):
    """A no: to "were you charged?" it means that paying again is safe, to any other offer just not now."""

    action_name = "action_decline_offer"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        if turn.entities.get("field") == "not_charged" or turn.tracker.get_slot("offer") == "evidence":
            turn.set(paid_claim=False)
            turn.say("utter_not_charged")
        else:
            turn.say("utter_declined")


class ActionWait(DialogAction):
    """The customer prefers to wait: say until when."""

    action_name = "action_wait"

    async def answer(self, turn: Turn) -> None:
        due = time_from(turn.case.get("report_after"))
        if due and due > datetime.now(UTC):
            turn.say("utter_next_wait_until", report_after=clock(due))
        else:
            turn.say("utter_wait")
        turn.set(offer="recheck")
