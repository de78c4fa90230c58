"""What scripts have reached, and what is missing."""

from dataclasses import replace

import pytest

from bot.qa.coverage import Coverage, Names, Part, below, coverage_of, percent_of
from bot.qa.patterns import patterns_in
from bot.qa.result import PlayedTurn
from bot.recording.naming import Sentences
from tests.qa.dialogs import LISTEN, Event, action, bot, custom, left, loop, result, slot, user

EN = [{"type": "slot", "name": "language", "value": "en"}]
RESPONSES = {
    "utter_greet": [{"text": "您好"}, {"condition": EN, "text": "Hello"}],
    "utter_ok": [{"text": "OK {x}"}, {"condition": EN, "text": "OK {x}"}],
    "utter_diagnosis_paid": [{"text": "已付"}, {"condition": EN, "text": "Paid"}],
}
RULE = {"rules": [{"rule": "hello", "steps": [{"intent": "greet"}, {"action": "action_say_hello"}]}]}
NAMES = Names(
    intents=frozenset({"greet", "thanks"}),
    entities=frozenset({"order_no", "phone"}),
    rules=tuple(patterns_in(RULE, "rule")),
    stories=(),
    forms={"order_form": ("order_no", "phone_tail")},
    responses=frozenset(RESPONSES),
    outcomes={
        "action_say_hello": {"welcome": ("utter_gr*",), "human": ("handoff:angry",), "nothing": ("silent",)},
        "validate_order_form": {"asked": ("asked",), "complete": ("ended",), "left": ("left",)},
    },
    sentences=Sentences(RESPONSES),
    exceptions={},
)


def part(found: Coverage, name: str) -> Part:
    return next(each for each in found.parts if each.name == name)


def reached(name: str, *events: Event) -> tuple[str, ...]:
    return part(coverage_of([result(*events)], NAMES), name).reached


def test_nothing_played_reaches_nothing_and_everything_is_missing():
    found = coverage_of([], NAMES)
    assert [each.reached for each in found.parts] == [()] * 8
    assert part(found, "intents").missing == ("greet", "thanks")
    assert percent_of(part(found, "intents")) == 0
    assert percent_of(part(found, "stories")) == 100  # there are none


def test_intents_entities_and_rules_come_from_the_tracker():
    events = (user("greet", "order_no", "unknown"), action("action_say_hello"), bot("utter_greet", "您好"), LISTEN)
    assert reached("intents", *events) == ("greet",)
    assert reached("entities", *events) == ("order_no",)
    assert reached("rules", *events) == ("hello",)


def test_a_sentence_counts_for_the_language_of_its_words():
    events = (slot("language", "en"), user("greet"), action("action_say_hello"), bot("utter_greet", "您好"))
    assert reached("responses", *events) == ("utter_greet zh",)


def test_a_sentence_of_the_same_words_counts_for_the_language_of_the_dialog():
    events = (slot("language", "en"), user("greet"), action("action_say_hello"), bot("utter_ok", "OK 5"))
    assert reached("responses", *events) == ("utter_ok en",)


def test_sentences_of_the_gateway_are_taken_from_what_arrived():
    arrived = PlayedTurn(4, "customer", "你好", ("utter_greet", "(unknown: x)"), ("Hello", "x"))
    found = coverage_of([result(turns=(arrived,))], NAMES)
    assert part(found, "responses").reached == ("utter_greet en",)


def test_a_diagnosis_counts_in_either_language():
    events = (user("greet"), action("action_say_hello"), bot("utter_diagnosis_paid", "Paid"))
    assert reached("diagnoses", *events) == ("PAID",)


@pytest.mark.parametrize(
    ("follows", "outcome"),
    [
        ((bot("utter_greet", "您好"),), "welcome"),
        ((custom(handoff={"reason": "angry"}),), "human"),
        ((slot("offer", None),), "nothing"),
    ],
)
def test_outcomes_are_told_by_what_follows_the_action(follows: tuple[Event, ...], outcome: str):
    found = reached("actions × outcome", user("greet"), action("action_say_hello"), *follows, LISTEN)
    assert found == (f"action_say_hello: {outcome}",)


def test_an_action_whose_answer_was_lost_has_no_outcome():
    found = coverage_of([result(user("greet"), action("action_say_hello"), LISTEN)], NAMES)
    assert part(found, "actions × outcome").reached == ()
    assert found.faults == ()


def test_forms_have_the_outcomes_of_their_validation():
    asked = (user("greet"), action("order_form"), loop("order_form"), bot("utter_ask_order_form_order_no"), LISTEN)
    assert reached("actions × outcome", *asked) == ("validate_order_form: asked",)
    gave_way = (*asked, user("thanks"), left("order_form"), LISTEN)
    assert "validate_order_form: left" in reached("actions × outcome", *gave_way)
    ended = (*asked, user("thanks"), action("order_form"), loop(None), LISTEN)
    assert "validate_order_form: complete" in reached("actions × outcome", *ended)


def test_an_outcome_that_nobody_declared_is_a_fault():
    found = coverage_of([result(user("greet"), action("action_say_hello"), bot("utter_ok", "OK 1"), LISTEN)], NAMES)
    assert found.faults == ("action_say_hello: utter_ok is no declared outcome (bot/actions/outcomes.py)",)


def test_form_slots_are_asked_accepted_asked_again_and_corrected():
    asked = (user("greet"), action("order_form"), loop("order_form"), slot("requested_slot", "order_no"), LISTEN)
    assert reached("form slots", *asked) == ("order_form.order_no: asked",)
    again = (*asked, user("thanks"), action("order_form"), slot("requested_slot", "order_no"), LISTEN)
    assert reached("form slots", *again) == ("order_form.order_no: asked", "order_form.order_no: asked again")
    given = (user("inform"), slot("order_no", "1"), action("order_form"), slot("requested_slot", "phone_tail"), LISTEN)
    accepted = reached("form slots", *asked, *given)
    assert "order_form.order_no: accepted" in accepted
    assert "order_form.order_no: corrected" not in accepted
    corrected = (user("inform"), slot("order_no", "2"), action("order_form"), LISTEN)
    assert "order_form.order_no: corrected" in reached("form slots", *asked, *given, *corrected)


def test_exceptions_are_not_counted_and_a_reached_or_unknown_one_is_a_fault():
    names = replace(NAMES, exceptions={"intents": {"th*": "never", "nothing": "never"}, "thanks": {}})
    found = coverage_of([result(user("greet"), LISTEN)], names)
    assert part(found, "intents") == Part("intents", ("greet",), (), {"thanks": "never"})
    assert found.faults == (
        "coverage.yml: there is no part 'thanks'",
        "coverage.yml: no name of intents is like 'nothing'",
    )
    assert coverage_of([result(user("thanks"), LISTEN)], names).faults[-1] == (
        "coverage.yml: thanks of intents was reached"
    )


def test_only_the_needed_parts_may_be_below_what_is_needed():
    half = Coverage((Part("rules", ("a",), ("b",), {}), Part("intents", (), ("c",), {})))
    assert below(half, 95) == ["rules"]
    assert below(half, 50) == []
