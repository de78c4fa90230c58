"""Events of a tracker, as Rasa tells them, and results, for tests of the reports."""

from typing import Any

from bot.qa.model import Act, Given, Outcome, Script, Turn
from bot.qa.result import PlayedTurn, Result

Event = dict[str, Any]


def user(intent: str, *entities: str) -> Event:
    return {
        "event": "user",
        "parse_data": {"intent": {"name": intent}, "entities": [{"entity": each, "value": "1"} for each in entities]},
    }


def action(name: str, policy: str = "policy_1_RulePolicy") -> Event:
    return {"event": "action", "name": name, "policy": policy}


def left(form: str) -> Event:
    return {"event": "action_execution_rejected", "name": form, "policy": "policy_1_RulePolicy"}


def slot(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def loop(name: str | None) -> Event:
    return {"event": "active_loop", "name": name}


def bot(name: str, text: str = "…") -> Event:
    return {"event": "bot", "text": text, "metadata": {"utter_action": name}}


def custom(**payload: Any) -> Event:
    return {"event": "bot", "text": None, "data": {"custom": payload}, "metadata": {}}


LISTEN = action("action_listen", "")


def script(name: str = "充值没到账", *, file: str = "tests/conversations/some.yml", language: str = "zh") -> Script:
    turns = (Turn(4, Act("text", "你好"), ("utter_here",)),)
    return Script(file, 1, name, Given(language=language), turns, Outcome())


def result(*events: Event, failure: tuple[str, ...] = (), turns: tuple[PlayedTurn, ...] = (), **of: Any) -> Result:
    return Result(
        script(**of),
        failure=list(failure),
        line=4 if failure else 9,
        transcript=["customer: 你好", "bot: utter_here | 在的"],
        seconds=1.5,
        trackers=[{"events": list(events)}] if events else [],
        turns=list(turns),
    )
