"""Comparing: too few and too many answers both fail."""

import pytest

from bot.qa.comparing import Found, compare_answers, compare_outcome
from bot.qa.model import Outcome

TICKET = {"ticket_no": "TK1", "type": "CALLBACK_MISSING"}
FOUND = Found("bot", "zh", [TICKET], {"order_no": "KM1", "case": {"diagnosis": "UNPAID"}})


def test_equal_answers_have_no_difference():
    assert compare_answers(["a", "b"], ["a", "b"]) == []
    assert compare_answers([], []) == []


@pytest.mark.parametrize(
    ("expected", "actual", "lines"),
    [
        (["a"], [], ["- a"]),
        ([], ["a"], ["+ a"]),
        (["a", "b"], ["a"], ["  a", "- b"]),
        (["a"], ["a", "a"], ["  a", "+ a"]),
        (["a", "b"], ["b", "a"], ["+ b", "  a", "- b"]),
        (["a", "b", "c"], ["a", "x", "c"], ["  a", "- b", "+ x", "  c"]),
    ],
)
def test_missing_and_extra_answers_are_shown_where_they_stand(expected: list[str], actual: list[str], lines: list[str]):
    assert compare_answers(expected, actual) == lines


def test_an_outcome_that_holds_has_no_difference():
    then = Outcome(1, "bot", "zh", 1, "CALLBACK_MISSING", "UNPAID", {"order_no": "KM1"})
    assert compare_outcome(then, FOUND) == []


def test_what_the_script_does_not_name_is_not_compared():
    assert compare_outcome(Outcome(1, owner="bot"), FOUND) == []


@pytest.mark.parametrize(
    ("then", "line"),
    [
        (Outcome(1, owner="queue"), "owner: expected queue, found bot"),
        (Outcome(1, language="en"), "language: expected en, found zh"),
        (Outcome(1, tickets=0), "tickets: expected 0, found 1"),
        (Outcome(1, tickets=2), "tickets: expected 2, found 1"),
        (Outcome(1, ticket_type="OTHER"), "ticket_type: expected OTHER, found CALLBACK_MISSING"),
        (Outcome(1, diagnosis="REFUNDED"), "diagnosis: expected REFUNDED, found UNPAID"),
        (Outcome(1, slots={"order_no": None}), "slot order_no: expected None, found 'KM1'"),
        (Outcome(1, slots={"phone_tail": "1"}), "slot phone_tail: expected '1', found None"),
    ],
)
def test_each_expectation_is_told_when_it_does_not_hold(then: Outcome, line: str):
    assert compare_outcome(then, FOUND) == [line]


def test_a_ticket_type_needs_a_ticket():
    then = Outcome(1, ticket_type="OTHER")
    assert compare_outcome(then, Found("bot", "zh")) == ["ticket_type: expected OTHER, found no ticket"]
