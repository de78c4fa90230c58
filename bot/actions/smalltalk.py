"""Short answers that need little thought: language, no, wait, goodbye."""

from bot.actions.answers import answer_news
from bot.actions.asides import answer_aside_and_go_on, go_on
from bot.actions.base import DialogAction
from bot.actions.bills import answer_correction
from bot.actions.diagnosis import say_next
from bot.actions.ending import say_not_charged
from bot.actions.known_orders import corrects_digits
from bot.actions.meanings import asks_meaning, asks_what_now, is_wordless, says_not_charged
from bot.actions.turn import Turn
from bot.formats import clock, time_from


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


class ActionRepeatOffer(DialogAction):
    """After a switch of language: the way on, in the new one. Rasa renders it once the slot has changed."""

    action_name = "action_repeat_offer"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        if turn.slot("offer") and turn.proof and turn.case.get("next"):
            say_next(turn, turn.case)
        else:
            turn.say("utter_what_next")


def _language_named(text: str) -> str | None:
    lowered = text.lower()
    if any(name in lowered for name in ("english", "英文", "英语")):
        return "en"
    return "zh" if any(name in lowered for name in ("chinese", "中文", "汉语", "普通话")) else None


class ActionSayHello(DialogAction):
    """The welcome once; who says hello again is told that somebody is here."""

    action_name = "action_say_hello"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_here" if turn.case or turn.said_before("utter_greet") else "utter_greet")


class ActionSayThanks(DialogAction):
    """You are welcome; a lone sign or emoji that was taken for thanks is none."""

    action_name = "action_say_thanks"
    keeps_offer = True

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_here" if turn.typed and is_wordless(turn.text) else "utter_thanks")


class ActionSayGoodbye(DialogAction):
    """Say goodbye and leave any form; a report that was not sent is mentioned."""

    action_name = "action_say_goodbye"

    async def answer(self, turn: Turn) -> None:
        unsent = turn.form == "report_form"
        turn.leave_form()
        if not unsent and turn.typed and asks_what_now(turn.text):
            go_on(turn)
            return
        turn.say("utter_goodbye_unsent" if unsent else "utter_goodbye")
        if unsent:
            turn.set(offer="report")


class ActionDeclineOffer(DialogAction):
    """A no: that nothing was charged, when it is said plainly; to any other offer just not now."""

    action_name = "action_decline_offer"

    async def answer(self, turn: Turn) -> None:
        offer = turn.tracker.get_slot("offer")
        if await answer_correction(turn):
            return
        if turn.typed and asks_meaning(turn.text):
            await answer_aside_and_go_on(turn)
            return
        if corrects_digits(turn):
            turn.follow_up("order_form")
            return
        not_charged = turn.entities.get("field") == "not_charged" or (turn.typed and says_not_charged(turn.text))
        if not not_charged and await answer_news(turn):
            return
        turn.leave_form()
        if not_charged:
            say_not_charged(turn)
        elif offer == "evidence":
            # "No" and "I cannot find it" are not yet "no money was taken".
            turn.set(offer="evidence")
            turn.say("utter_confirm_not_charged")
        elif offer:
            turn.say("utter_declined")
        else:
            turn.say("utter_nothing_to_decline")


class ActionSayYes(DialogAction):
    """A yes while nothing was offered: it may answer a person, else there is no more to it than what can be done."""

    action_name = "action_say_yes"

    async def answer(self, turn: Turn) -> None:
        if not await answer_news(turn):
            turn.say("utter_what_next")


class ActionWait(DialogAction):
    """The customer prefers to wait: say until when."""

    action_name = "action_wait"

    async def answer(self, turn: Turn) -> None:
        if await answer_aside_and_go_on(turn):
            return
        due = time_from(turn.case.get("report_after"))
        if due and due > turn.now:
            turn.say("utter_next_wait_until", report_after=clock(due))
        else:
            turn.say("utter_wait")
        turn.set(offer="recheck")
