"""What a turn and an end may expect besides names, what a customer may do besides writing, and faults."""

from pathlib import Path

import pytest

from bot.qa.model import Act, Calls, Turn
from tests.qa.reading import faults_of, read

RICH = """\
name: Alice is promised a lot
given: {order: UNPAID, clock: '+2h', identity: signed}
turns:
- customer: {twice: 'hello {order_no}'}
  bot: {any_order: [utter_greet, utter_thanks]}
  says: ['{order_no}', '^Hello\\b']
  buttons: ['Yes', /thanks]
  never: [utter_thanks, sorry]
  within: 3.5s
- customer: {at_once: [one, two]}
  silent: true
- fault: {what: error, path: /v1/orders/*, times: 2}
- customer: three
  says: fine
- fault: none
- clock: +3h
  never: sorry
then:
  ticket: {type: UNPAID, stalling: false, content: hello, order_no: '{order_no}'}
  calls: {'POST /v1/tickets': {count: 3, same_key: true}, 'GET /v1/orders/*': never, 'POST /verify': some, 'GET /a': 2}
  never: [utter_thanks]
"""


def test_it_reads_expectations(tmp_path: Path):
    (script,) = read(tmp_path, RICH)
    assert script.turns == (
        Turn(
            4,
            Act("twice", "hello {order_no}"),
            ("utter_greet", "utter_thanks"),
            any_order=True,
            says=("{order_no}", "^Hello\\b"),
            buttons=("Yes", "/thanks"),
            never=("utter_thanks", "sorry"),
            within=3.5,
        ),
        Turn(10, Act("at_once", "one + two", texts=("one", "two")), ()),
        Turn(12, Act("fault", "error", fields={"what": "error", "path": "/v1/orders/*", "times": 2}), None),
        Turn(13, Act("text", "three"), None, says=("fine",)),
        Turn(15, Act("fault", "none"), None),
        Turn(16, Act("clock", "+3h"), None, never=("sorry",)),
    )
    assert [each.listens for each in script.turns] == [True, True, False, True, False, True]
    assert script.then.calls == (
        Calls(20, "POST", "/v1/tickets", 3, same_key=True),
        Calls(20, "GET", "/v1/orders/*", 0),
        Calls(20, "POST", "/verify"),
        Calls(20, "GET", "/a", 2),
    )
    wanted = {"type": "UNPAID", "stalling": False, "content": ("hello",), "order_no": "{order_no}"}
    assert (script.then.ticket, script.then.never) == (wanted, ("utter_thanks",))
    assert (script.given.clock, script.given.identity) == ("+2h", "signed")


def test_who_spoils_or_counts_calls_needs_them_to_go_through_our_hands(tmp_path: Path):
    (script,) = read(tmp_path, RICH)
    assert script.wired
    plain = "name: x\nturns: [{customer: hello, bot: []}]\nthen: {owner: bot}\n"
    assert not read(tmp_path, plain)[0].wired
    (counting,) = read(tmp_path, plain.replace("owner: bot", "calls: {'POST /v1/tickets': never}"))
    assert (counting.wired, counting.alone) == (True, False)


@pytest.mark.parametrize(("fault", "alone"), [("what: error", False), ("what: refused", True)])
def test_only_where_nobody_listens_a_fault_meets_the_others(tmp_path: Path, fault: str, alone: bool):
    text = f"name: x\nturns: [{{fault: {{{fault}}}}}, {{customer: hello, bot: []}}]\nthen: {{owner: bot}}\n"
    assert read(tmp_path, text)[0].alone is alone


def test_a_moved_clock_is_for_one_script_at_a_time(tmp_path: Path):
    assert read(tmp_path, RICH)[0].alone


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{any_order: [utter_greet, utter_thanks]}", "{any: []}", "alice.yml:5: 'bot' has no key 'any'"),
        ("{any_order: [utter_greet, utter_thanks]}", "{any: []}", "alice.yml:5: 'any_order' is missing"),
        ("utter_greet, utter_thanks]}", "utter_gret]}", "alice.yml:5: no response has the name 'utter_gret'"),
        ("'^Hello\\b'", "'(oh'", "alice.yml:6: '(oh' is no regular expression: missing )"),
        ("'{order_no}', '^", "'{orderno}', '^", "alice.yml:4: unknown placeholder {orderno}"),
        ("never: [utter_thanks, sorry]", "never: [utter_thank]", "alice.yml:8: no response has the name 'utter_thank'"),
        ("'Yes'", "Yes", "alice.yml:7: 'buttons' must be a text (Yes, No, On and Off in quotes)"),
        ("within: 3.5s", "within: 3", "alice.yml:9: 'within' must be a text"),
        ("within: 3.5s", "within: soon", "alice.yml:9: 'within' is like 10s, not 'soon'"),
        ("silent: true", "silent: 1", "alice.yml:11: 'silent' is true and stands instead of 'bot'"),
        ("silent: true", "silent: true\n  bot: []", "alice.yml:11: 'silent' is true and stands instead of 'bot'"),
        (
            "silent: true",
            "silent: true\n  clock: +3h",
            "alice.yml:10: a turn with 'customer' has no clock; make it two",
        ),
        ("- clock: +3h\n  never", "- never", "alice.yml:16: a turn without 'customer' has one of agent, clock"),
        ("what: error", "what: late", "alice.yml:12: 'what' is one of error, malformed, refused, slow, timeout, not"),
        ("what: error, ", "", "alice.yml:12: 'what' is missing"),
        ("what: error, ", "what: refused, ", "alice.yml:12: where nobody listens no call is told from another"),
        ("times: 2", "carried_out: maybe", "alice.yml:12: 'carried_out' is true or false"),
        ("what: error, path", "what: slow, carried_out: true, path", "alice.yml:12: 'carried_out' goes with timeout"),
        ("times: 2", "often: 2", "alice.yml:12: 'fault' has no key 'often'; known are carried_out, method, path"),
        ("stalling: false", "stalling: 0", "alice.yml:19: 'stalling' is true or false"),
        ("type: UNPAID, ", "kind: UNPAID, ", "alice.yml:19: 'ticket' has no key 'kind'"),
        ("'POST /v1/tickets'", "tickets", "alice.yml:20: a call is like 'POST /v1/tickets', not 'tickets'"),
        ("count: 3, ", "count: -3, ", "alice.yml:20: calls are a number, never, same_key, some, or"),
        (": never,", ": seldom,", "alice.yml:20: calls are a number, never, same_key, some, or"),
        ("order: UNPAID, ", "order: KM202405120001, ", "alice.yml:1: faults need an order that no other script has"),
        ("clock: '+2h'", "clock: 23:30", "alice.yml:2: 'clock' must be a text (digits in quotes)"),
        ("clock: '+2h'", "clock: tonight", "alice.yml:2: 'clock' is like '+2h', '23:30'"),
        ("identity: signed", "identity: Alice", "alice.yml:2: 'identity' is one of signed"),
        ("{twice: 'hello {order_no}'}", "{twice: 5}", "alice.yml:4: 'twice' must be a text"),
        ("[one, two]", "[]", "alice.yml:10: 'at_once' must be a list with at least one item"),
    ],
)
def test_it_tells_a_fault_with_its_line(tmp_path: Path, old: str, new: str, fault: str):
    assert old in RICH
    found = faults_of(tmp_path, RICH.replace(old, new))
    assert any(line.startswith(fault) for line in found), found


def test_an_identity_needs_the_order_whose_customer_it_is(tmp_path: Path):
    text = "name: x\ngiven: {identity: signed}\nturns: [{customer: hello, bot: []}]\nthen: {owner: bot}\n"
    assert faults_of(tmp_path, text) == [
        "alice.yml:2: 'identity' needs an order, whose customer it is: 'given: {order: …}'"
    ]
