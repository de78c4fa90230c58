"""Comparing what a turn expects with what was heard, and what was called and written at the end."""

import pytest

from bot.qa.comparing import Found, Heard, compare_calls, compare_heard, compare_outcome, compare_unordered
from bot.qa.model import Act, Calls, Outcome, Turn
from bot.qa.proxy import Call

VALUES = {"order_no": "KM1", "product": "A+ (gold)"}
HEARD = Heard(("a", "b"), ("order KM1 of A+ (gold)", "pay again?"), ("Yes", "No"), 2.5)
ACT = Act("text", "hello")
ONE_KEY = "expected one idempotency key"


def titles(payload: str) -> set[str]:
    return {"/affirm": {"Yes", "是"}}.get(payload, set())


def compared(**expected: object) -> list[str]:
    return compare_heard(Turn(1, ACT, None, **expected), HEARD, titles, VALUES)


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"says": ("{order_no}", "^pay", r"of {product}$")},
        {"buttons": ("Yes", "No")},
        {"buttons": ("/affirm", "No")},
        {"never": ("c", "utter_c", "^again", "{order_no}0")},
        {"within": 2.5},
    ],
)
def test_what_holds_gives_no_line(expected: dict):
    assert compared(**expected) == []


@pytest.mark.parametrize(
    ("expected", "line"),
    [
        ({"says": ("KM2",)}, "says: no answer fits 'KM2'"),
        ({"says": ("KM1.*again",)}, "says: no answer fits 'KM1.*again'"),
        ({"buttons": ("Yes",)}, "buttons: expected Yes, found Yes, No"),
        ({"buttons": ("No", "Yes")}, "buttons: expected No, Yes, found Yes, No"),
        ({"buttons": ("/deny", "No")}, "buttons: expected /deny, No, found Yes, No"),
        ({"buttons": ()}, "buttons: expected none, found Yes, No"),
        ({"never": ("again",)}, "never: b | pay again?"),
        ({"within": 2.0}, "within: the last answer took 2.5 s, promised are 2 s"),
    ],
)
def test_what_does_not_hold_is_told(expected: dict, line: str):
    assert compared(**expected) == [line]


def test_a_sentence_that_must_not_be_said_is_known_by_its_name():
    heard = Heard(("utter_a",), ("hello",))
    assert compare_heard(Turn(1, ACT, None, never=("utter_a",)), heard, titles, {}) == ["never: utter_a | hello"]


def test_names_count_in_order_unless_the_script_says_otherwise():
    assert compare_heard(Turn(1, ACT, ("b", "a")), HEARD, titles, {}) != []
    assert compare_heard(Turn(1, ACT, ("b", "a"), any_order=True), HEARD, titles, {}) == []


@pytest.mark.parametrize(
    ("expected", "actual", "lines"),
    [
        (["a", "b"], ["b", "a"], []),
        (["a", "a"], ["a"], ["  a", "- a"]),
        (["a"], ["b", "a", "a"], ["  a", "+ b", "+ a"]),
        ([], ["a"], ["+ a"]),
    ],
)
def test_in_any_order_too_few_and_too_many_still_count(expected: list[str], actual: list[str], lines: list[str]):
    assert compare_unordered(expected, actual) == lines


def call(path: str = "/v1/tickets", key: str | None = "k1", method: str = "POST") -> Call:
    return Call(method, path, "", key)


@pytest.mark.parametrize(
    ("wanted", "seen", "line"),
    [
        (Calls(1, "POST", "/v1/tickets", 2), [call(), call()], None),
        (Calls(1, "POST", "/v1/tickets", 2), [call()], "expected 2, found 1"),
        (Calls(1, "POST", "/v1/tickets", 0), [], None),
        (Calls(1, "POST", "/v1/tickets", 0), [call()], "expected 0, found 1"),
        (Calls(1, "POST", "/v1/tickets", 0), [call(method="GET"), call("/v1/tickets/TK1")], None),
        (Calls(1, "POST", "/v1/tickets/*"), [call("/v1/tickets/TK1/messages")], None),
        (Calls(1, "POST", "/v1/tickets"), [], "expected some, found none"),
        (Calls(1, "POST", "/v1/tickets", same_key=True), [call(), call()], None),
        (Calls(1, "POST", "/v1/tickets", same_key=True), [], "expected some, found none"),
        (
            Calls(1, "POST", "/v1/tickets", same_key=True),
            [call(), call(key="k2")],
            "expected one idempotency key, found 2",
        ),
        (Calls(1, "POST", "/v1/tickets", same_key=True), [call(key=None)], "expected one idempotency key, found 0"),
    ],
)
def test_calls_are_counted_and_their_keys_compared(wanted: Calls, seen: list[Call], line: str | None):
    found = compare_calls(wanted, seen)
    assert found == ([f"calls of {wanted.method} {wanted.path}: {line}"] if line else [])


def test_fields_of_the_newest_ticket_are_compared():
    ticket = {"type": "OTHER", "order_no": "KM1", "content": "it is KM1!", "stalling": False}
    found = Found("bot", "zh", [ticket], ticket=ticket)
    same = Outcome(
        1, ticket={"type": "OTHER", "order_no": "{order_no}", "content": ("{order_no}!",), "stalling": False}
    )
    assert compare_outcome(same, found, VALUES) == []
    other = Outcome(1, ticket={"type": "UNPAID", "content": ("KM2",), "assignee": "Bob"})
    assert compare_outcome(other, found, VALUES) == [
        "ticket type: expected 'UNPAID', found 'OTHER'",
        "ticket content: nothing fits 'KM2' in 'it is KM1!'",
        "ticket assignee: expected 'Bob', found None",
    ]
    assert compare_outcome(same, Found("bot", "zh"), VALUES) == ["ticket: expected one, found none"]
