"""What two models did differently."""

from bot.qa.compare import Difference, differences
from bot.qa.result import PlayedTurn
from tests.qa.dialogs import result, user

PLACE = "tests/conversations/some.yml::充值没到账"


def said(text: str, intent: str) -> dict:
    return {**user(intent), "text": text}


def test_equal_runs_have_no_difference():
    one = result(said("你好", "greet"), turns=(PlayedTurn(4, "customer", "你好", ("utter_here",), ("在",)),))
    assert differences([one], [one]) == []


def test_intents_answers_and_results_are_compared():
    one = result(
        said("你好", "greet"),
        said("付了", "affirm"),
        turns=(PlayedTurn(4, "customer", "你好", ("utter_here",), ("a",)),),
    )
    turns = (PlayedTurn(4, "customer", "你好", ("utter_here", "utter_thanks"), ("a", "b")),)
    other = result(said("你好", "thanks"), turns=turns, failure=("+ utter_thanks",))
    assert differences([one], [other]) == [
        Difference(PLACE, "-", "result", "passed", "failed at line 4"),
        Difference(PLACE, "你好", "intent", "greet", "thanks"),
        Difference(PLACE, "line 4", "answer", "-", "utter_thanks"),
    ]


def test_scripts_are_matched_by_their_place():
    one, other = result(name="a"), result(name="b", failure=("- x",))
    assert differences([one, other], [other, one]) == []
