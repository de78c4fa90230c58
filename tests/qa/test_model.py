"""Scripts: what is read, and how faults are told."""

from pathlib import Path

import pytest

from bot.qa.model import Act, ScriptInvalidError, Turn
from bot.qa.scripts import find_scripts, load_vocabulary
from tests.qa.reading import WORDS, faults_of, read

GOOD = """\
name: Alice says hello
given: {order: UNPAID, language: en}
turns:
- customer: hello, my order is {order_no}
  bot: [utter_greet]
- customer: {button: /thanks}
  bot:
  - utter_thanks
  - utter_thanks
- customer: {picture: pictures/bill.png}
  bot: []
then: {owner: bot, tickets: 0, diagnosis: UNPAID, slots: {order_no: KM1, pictures: [a, b]}}
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_it_reads_a_script(tmp_path: Path):
    (script,) = read(tmp_path, GOOD)
    assert (script.name, script.order, script.language, script.line) == ("Alice says hello", "UNPAID", "en", 1)
    assert script.turns == (
        Turn(4, Act("text", "hello, my order is {order_no}"), ("utter_greet",)),
        Turn(6, Act("button", "/thanks"), ("utter_thanks", "utter_thanks")),
        Turn(10, Act("picture", "pictures/bill.png", ("pictures/bill.png",)), ()),
    )
    assert (script.then.owner, script.then.tickets, script.then.diagnosis) == ("bot", 0, "UNPAID")
    assert (script.then.language, script.then.ticket_type) == (None, None)
    assert script.then.slots == {"order_no": "KM1", "pictures": ["a", "b"]}


def test_a_file_holds_several_scripts_and_the_language_is_chinese_unless_given(tmp_path: Path):
    second = changed("Alice says hello", "Bob says hello").replace(", language: en", "")
    scripts = read(tmp_path, f"{GOOD}---\n{second}")
    assert [(each.name, each.language) for each in scripts] == [("Alice says hello", "en"), ("Bob says hello", "zh")]
    assert scripts[1].line == GOOD.count("\n") + 2


def test_a_script_may_be_played_on_several_channels(tmp_path: Path):
    (alone,) = read(tmp_path, changed("language: en", "language: en, channel: telegram"))
    assert (alone.given.channel, alone.name) == ("telegram", "Alice says hello")
    both = read(tmp_path, f"vary: {{channel: [widget, telegram]}}\n{GOOD}")
    assert [(each.given.channel, each.name) for each in both] == [
        ("widget", "Alice says hello [widget]"),
        ("telegram", "Alice says hello [telegram]"),
    ]
    assert both[0].turns == both[1].turns


def test_what_only_telegram_has(tmp_path: Path):
    show = "{telegram: {do: show, picture: [a.png, b.png], caption: 'order {order_no}'}}"
    (script,) = read(
        tmp_path, changed("{button: /thanks}", show).replace("{picture: pictures/bill.png}", "{telegram: sticker}")
    )
    assert script.turns[1].act == Act("telegram", "show", ("a.png", "b.png"), {"caption": "order {order_no}"})
    assert script.turns[2].act == Act("telegram", "sticker")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("language: en", "channel: fax", "alice.yml:2: 'channel' is one of telegram, widget, not 'fax'"),
        ("{button: /thanks}", "{telegram: dance}", "alice.yml:6: 'telegram' is one of "),
        ("{button: /thanks}", "{telegram: {text: a}}", "alice.yml:6: 'do' is missing"),
        ("name: Alice says hello\n", "", "alice.yml:1: 'name' is missing"),
        ("name: Alice says hello", "name: 7", "alice.yml:1: 'name' must be a text (digits in quotes)"),
        ("turns:", "turn:", "alice.yml:3: a script has no key 'turn'; known are given, name, then, turns, vary"),
        ("order: UNPAID,", "order: PAYED,", "alice.yml:2: 'PAYED' is neither a diagnosis nor the number of a demo"),
        ("order: UNPAID, ", "", "alice.yml:4: {order_no} needs an order: 'given: {order: …}'"),
        ("language: en", "language: fr", "alice.yml:2: 'language' is one of en, zh, not 'fr'"),
        ("{order_no}", "{orderno}", "alice.yml:4: unknown placeholder {orderno}; known are amount, order_no"),
        ("  bot: [utter_greet]\n", "", "alice.yml:4: a turn needs 'customer' and 'bot' ([] for an answer of nothing)"),
        ("[utter_greet]", "[utter_gret]", "alice.yml:5: no response has the name 'utter_gret'"),
        ("[utter_greet]", "utter_greet", "alice.yml:5: 'bot' must be a list"),
        ("hello, my order is {order_no}", "4821", "alice.yml:4: 'customer' must be a text (digits in quotes)"),
        (
            "{button: /thanks}",
            "{butten: /thanks}",
            "alice.yml:6: 'customer' has no key 'butten'; known are at_once, button",
        ),
        ("{button: /thanks}", "{button: a, picture: b}", "alice.yml:6: 'customer' is a text, or a mapping with"),
        ("owner: bot", "owner: robot", "alice.yml:12: 'owner' is one of agent, bot, queue, not 'robot'"),
        ("tickets: 0", "tickets: none", "alice.yml:12: 'tickets' is a number"),
        ("tickets: 0", "tickets: true", "alice.yml:12: 'tickets' is a number"),
        ("diagnosis: UNPAID", "diagnosis: PAYED", "alice.yml:12: no diagnosis has the name 'PAYED'"),
        ("slots: {order_no", "slots: {order", "alice.yml:12: 'slots' has no key 'order'; known are order_no, pictures"),
        ("then: {owner", "then: {owner: bot, owner", "alice.yml:12: the key 'owner' stands here twice"),
    ],
)
def test_it_tells_a_fault_with_file_and_line(tmp_path: Path, old: str, new: str, fault: str):
    assert any(line.startswith(fault) for line in faults_of(tmp_path, changed(old, new)))


def test_it_tells_every_fault_at_once_in_the_order_of_lines(tmp_path: Path):
    text = changed("language: en", "language: fr").replace("tickets: 0", "tickets: -1").replace("bot: []", "bot: [x]")
    assert [line.split(":")[1] for line in faults_of(tmp_path, text)] == ["2", "11", "12"]


def test_a_script_without_turns_or_expectations_is_a_fault(tmp_path: Path):
    text = "name: nothing\nturns: []\nthen: {}\n"
    assert faults_of(tmp_path, text) == [
        "alice.yml:2: 'turns' must be a list with at least one item",
        "alice.yml:3: 'then' expects nothing",
    ]


def test_an_empty_file_is_a_fault(tmp_path: Path):
    assert faults_of(tmp_path, "# nothing yet\n") == ["alice.yml:1: the file holds no script"]


def test_a_name_used_twice_is_a_fault(tmp_path: Path):
    assert faults_of(tmp_path, f"{GOOD}---\n{GOOD}") == [
        "alice.yml:14: the name 'Alice says hello' is already used on line 1"
    ]


def test_broken_yaml_is_told_with_its_line(tmp_path: Path):
    (fault,) = faults_of(tmp_path, "name: x\nturns: [\nthen: }\n")
    assert fault.startswith("alice.yml:3: YAML: ")


def test_scripts_are_chosen_by_folder_file_and_name(tmp_path: Path):
    read(tmp_path, f"{GOOD}---\n{changed('Alice', 'Bob')}")
    place = tmp_path / "alice.yml"
    assert [each.name for each in find_scripts([str(tmp_path)], WORDS)] == ["Alice says hello", "Bob says hello"]
    assert [each.name for each in find_scripts([f"{place}::Bob says hello"], WORDS)] == ["Bob says hello"]
    assert len(find_scripts([str(place), str(tmp_path)], WORDS)) == 2


def test_nothing_to_play_is_a_fault(tmp_path: Path):
    read(tmp_path, GOOD)
    for place, message in (
        (tmp_path / "empty", "cannot be read: No such file or directory"),
        (f"{tmp_path}/alice.yml::Charlie", "no script has the name 'Charlie'"),
    ):
        with pytest.raises(ScriptInvalidError, match=message):
            find_scripts([str(place)], WORDS)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ScriptInvalidError, match="no script here"):
        find_scripts([str(tmp_path / "folder")], WORDS)


def test_the_vocabulary_comes_from_the_domain():
    words = load_vocabulary()
    assert {"utter_greet", "utter_diagnosis_unpaid"} <= words.responses
    assert len(words.diagnoses) == 32
    assert "order_no" in words.slots


AROUND = """\
name: Alice waits
given: {order: UNPAID, amount: '648.00'}
turns:
- event: {type: order.updated, state: PAID}
  wait_for: [utter_greet]
- agent: {do: reply, text: soon}
- desk: {do: transfer, team: refunds}
- clock: +3h
- incident: open
- widget: close
- device: new
- wait_for: []
- customer: resume {resume_code}
  bot: []
then: {owner: bot}
"""


def test_it_reads_what_happens_around_the_customer(tmp_path: Path):
    (script,) = read(tmp_path, AROUND)
    assert script.amount == "648.00"
    assert script.turns[:-1] == (
        Turn(4, Act("event", "order.updated", fields={"type": "order.updated", "state": "PAID"}), ("utter_greet",)),
        Turn(6, Act("agent", "reply", fields={"do": "reply", "text": "soon"}), None),
        Turn(7, Act("desk", "transfer", fields={"do": "transfer", "team": "refunds"}), None),
        Turn(8, Act("clock", "+3h"), None),
        Turn(9, Act("incident", "open"), None),
        Turn(10, Act("widget", "close"), None),
        Turn(11, Act("device", "new"), None),
        Turn(12, Act("nothing"), ()),
    )


def test_scripts_that_change_the_world_are_played_alone(tmp_path: Path):
    assert read(tmp_path, AROUND)[0].alone
    assert not read(tmp_path, GOOD)[0].alone


@pytest.mark.parametrize(("act", "alone"), [("come", True), ("claim", False)])
def test_who_is_at_the_desk_is_seen_by_all(tmp_path: Path, act: str, alone: bool):
    text = changed("turns:\n", f"turns:\n- desk: {{do: {act}}}\n")
    assert read(tmp_path, text)[0].alone is alone


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("clock: +3h", "clock: 3h", "alice.yml:8: 'clock' is like"),
        ("widget: close", "widget: shut", "alice.yml:10: 'widget' is like"),
        ("{type: order.updated, state: PAID}", "PAID", "alice.yml:4: 'event' is a mapping with 'type'"),
        ("do: transfer", "do: sing", "alice.yml:7: 'do' is one of"),
        ("{do: reply, text: soon}", "{text: soon}", "alice.yml:6: 'agent' is a mapping with 'do'"),
        ("- clock: +3h", "- clock: +3h\n  widget: open", "alice.yml:8: a turn without 'customer' has one of"),
        ("- clock: +3h", "- clock: +3h\n  bot: []", "alice.yml:8: a turn needs 'customer' and 'bot'"),
        ("[utter_greet]", "[utter_gret]", "alice.yml:5: no response has the name 'utter_gret'"),
        ("'648.00'", "648", "alice.yml:2: 'amount' must be a text"),
        ("'648.00'", "'648'", "alice.yml:2: 'amount' is like '648.00'"),
    ],
)
def test_it_tells_a_fault_in_what_happens_around(tmp_path: Path, old: str, new: str, fault: str):
    assert old in AROUND
    assert any(each.startswith(fault) for each in faults_of(tmp_path, AROUND.replace(old, new)))
