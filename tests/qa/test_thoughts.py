"""What `qa chat` shows of a turn."""

from bot.qa.thoughts import Thought, lines_of, shown, thought_in

EVENTS = [
    {"event": "slot", "name": "symptom", "value": "refund"},
    {"event": "slot", "name": "offer", "value": None},
    {
        "event": "user", "metadata": {"message_id": "m1"},
        "parse_data": {
            "intent": {"name": "inform", "confidence": 0.912},
            "entities": [{"entity": "order_no", "value": "KM1"}],
        },
    },
    {"event": "action", "name": "order_form", "policy": "policy_2_RulePolicy", "confidence": 1.0},
    {"event": "active_loop", "name": "order_form"},
    {"event": "slot", "name": "offer", "value": "x"},
    {"event": "slot", "name": "offer", "value": None},
    {"event": "slot", "name": "symptom", "value": "processing"},
    {"event": "slot", "name": "requested_slot", "value": "phone_tail"},
    {"event": "action", "name": "action_listen", "policy": "policy_2_RulePolicy", "confidence": 1.0},
    {"event": "user", "metadata": {"message_id": "m2"}, "parse_data": {}},
    {"event": "slot", "name": "symptom", "value": "other"},
]  # fmt: skip


def test_a_turn_is_what_follows_its_message_and_only_what_changed_is_shown():
    thought = thought_in(EVENTS, "m1")
    assert thought == Thought(
        "inform", 0.912, ["order_no=KM1"], ["order_form (RulePolicy 1.00)"], {"symptom": "processing"}, "phone_tail",
        "order_form",
    )  # fmt: skip
    assert lines_of(thought, 12.4) == [
        "intent inform 0.91 · 12 ms",
        "entities: order_no=KM1",
        "actions: order_form (RulePolicy 1.00)",
        'slots: symptom = "processing"',
        "form: order_form asks for phone_tail",
    ]


def test_a_message_that_the_dialog_never_got_is_said_so():
    assert thought_in(EVENTS, "m3") is None
    assert lines_of(None, 3) == ["the dialog was not asked · 3 ms"]


def test_a_long_value_is_cut():
    assert len(shown({"a": "x" * 500})) == 80
