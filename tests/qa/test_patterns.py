"""Whether a rule or story is held by a dialog."""

import pytest

from bot.qa.patterns import is_played, patterns_in
from bot.qa.steps import steps_of
from tests.qa.dialogs import LISTEN, Event, action, left, loop, slot, user

RULES = {
    "rules": [
        {"rule": "hello", "steps": [{"intent": "greet"}, {"action": "action_say_hello"}]},
        {
            "rule": "problem",
            "steps": [
                {"or": [{"intent": "paid"}, {"intent": "inform"}]},
                {"action": "order_form"},
                {"active_loop": "order_form"},
            ],
        },
        {
            "rule": "order there",
            "condition": [{"active_loop": "order_form"}],
            "steps": [
                {"action": "order_form"},
                {"active_loop": None},
                {"slot_was_set": [{"requested_slot": None}]},
                {"action": "action_check_order"},
            ],
        },
        {
            "rule": "yes to another look",
            "condition": [{"slot_was_set": [{"offer": "recheck"}]}],
            "steps": [{"intent": "affirm"}, {"action": "order_form"}, {"active_loop": "order_form"}],
        },
        {
            "rule": "yes to another number",
            "condition": [{"slot_was_set": [{"offer": "number"}]}],
            "steps": [{"intent": "affirm"}, {"action": "order_form"}, {"active_loop": "order_form"}],
        },
    ]
}
PATTERNS = patterns_in(RULES, "rule")


def played(*events: Event) -> list[str]:
    steps = steps_of(events)
    return [each.name for each in PATTERNS if is_played(each, steps)]


def test_each_alternative_of_a_rule_is_a_pattern_of_its_own():
    assert [each.name for each in PATTERNS][:3] == ["hello", "problem [paid]", "problem [inform]"]


def test_a_rule_is_played_when_its_actions_follow_its_intent():
    assert played(user("greet"), action("action_extract_slots"), action("action_say_hello"), LISTEN) == ["hello"]


@pytest.mark.parametrize(
    "events",
    [
        (user("greet"), action("action_fallback")),
        (user("greet"), LISTEN, user("thanks"), action("action_say_hello")),
        (user("greet"), action("action_say_hello", "policy_0_AugmentedMemoizationPolicy")),
        (user("greet"),),
    ],
)
def test_a_rule_is_not_played_by_another_action_later_or_chosen_by_another_policy(events: tuple[Event, ...]):
    assert played(*events) == []


def test_a_rule_that_names_a_form_needs_the_form_to_go_on():
    assert played(user("paid"), action("order_form"), loop("order_form"), LISTEN) == ["problem [paid]"]
    assert played(user("paid"), action("order_form"), LISTEN) == []


def test_the_end_of_a_form_is_told_from_another_message_to_it():
    begun = (user("paid"), action("order_form"), loop("order_form"), slot("requested_slot", "order_no"), LISTEN)
    asked = (user("inform"), action("order_form"), slot("requested_slot", "phone_tail"), LISTEN)
    ended = (user("inform"), action("order_form"), loop(None), slot("requested_slot", None))
    assert "order there" not in played(*begun, *asked)
    assert "order there" in played(*begun, *ended, action("action_check_order"), LISTEN)
    assert "order there" not in played(*begun, *ended, action("action_wait"), LISTEN)


def test_a_form_may_begin_and_end_in_one_action():
    events = (user("paid"), action("order_form"), loop("order_form"), slot("requested_slot", None), loop(None))
    assert played(*events, action("action_check_order"), LISTEN) == ["problem [paid]", "order there"]


def test_rules_of_the_same_steps_differ_in_their_condition():
    events = (user("affirm"), action("order_form"), loop("order_form"), LISTEN)
    assert played(slot("offer", "number"), *events) == ["yes to another number"]
    assert played(slot("offer", "recheck"), *events) == ["yes to another look"]
    assert played(*events) == []


def test_a_form_that_gives_way_stands_between_no_steps_of_a_rule():
    events = (user("paid"), action("order_form"), loop("order_form"), LISTEN)
    assert "hello" in played(*events, user("greet"), left("order_form"), action("action_say_hello"))


def test_a_story_is_played_when_one_dialog_holds_all_of_it_without_a_gap():
    steps = [{"intent": "greet"}, {"action": "action_say_hello"}, {"intent": "thanks"}, {"action": "action_say_thanks"}]
    (story,) = patterns_in({"stories": [{"story": "polite", "steps": steps}]}, "story")
    first, second = (user("greet"), action("action_say_hello", "any")), (user("thanks"), action("action_say_thanks"))
    assert is_played(story, steps_of((*first, LISTEN, *second)))
    assert not is_played(story, steps_of((*first, user("deny"), action("action_decline_offer"), *second)))
