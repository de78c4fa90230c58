"""One script over languages, words and channels; turns that a folder shares."""

from pathlib import Path

import pytest

from bot.qa.model import ScriptInvalidError
from bot.qa.scripts import find_scripts
from tests.qa.reading import WORDS, faults_of, read

VARIED = """\
name: Alice says hello
vary:
  language: [zh, en]
  words: {zh: [您好, 在吗], en: [hello]}
turns:
- customer: '{words}'
  bot: [utter_greet]
- customer: {button: {zh: 谢谢, en: Thanks}}
  bot: [utter_thanks]
  says: {zh: 客气, en: welcome}
then: {owner: bot}
"""
SHARED = """\
given: {order: UNPAID, language: en}
turns:
  greeting:
  - customer: {zh: 您好, en: hello}
    bot: [utter_greet]
  - customer: 'order {order_no}'
    bot: [utter_thanks]
"""
USING = """\
name: Alice uses what is shared
turns:
- use: greeting
- customer: bye
  bot: []
then: {owner: bot}
"""


def test_each_variation_is_a_script_of_its_own(tmp_path: Path):
    scripts = read(tmp_path, VARIED)
    assert [(each.name, each.language) for each in scripts] == [
        ("Alice says hello [zh, 您好]", "zh"),
        ("Alice says hello [zh, 在吗]", "zh"),
        ("Alice says hello [en, hello]", "en"),
    ]
    assert [[turn.act.value for turn in each.turns] for each in scripts] == [
        ["您好", "谢谢"],
        ["在吗", "谢谢"],
        ["hello", "Thanks"],
    ]
    assert [each.turns[1].says for each in scripts] == [("客气",), ("客气",), ("welcome",)]
    assert {each.title for each in scripts} == {"Alice says hello"}


def test_a_script_over_channels(tmp_path: Path):
    text = VARIED.replace(
        "  language: [zh, en]\n  words: {zh: [您好, 在吗], en: [hello]}", "  channel: [widget, telegram]"
    )
    scripts = read(tmp_path, text.replace("{words}", "hello"))
    assert [(each.variation, each.given.channel, each.language) for each in scripts] == [
        (" [widget]", "widget", "zh"),
        (" [telegram]", "telegram", "zh"),
    ]


def test_a_name_stands_for_all_its_variations_or_for_one(tmp_path: Path):
    read(tmp_path, VARIED)
    place = f"{tmp_path}/alice.yml::Alice says hello"
    assert len(find_scripts([place], WORDS)) == 3
    assert [each.variation for each in find_scripts([f"{place} [en, hello]"], WORDS)] == [" [en, hello]"]


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("language: [zh, en]", "language: [zh, fr]", ["alice.yml:3: 'language' is a list of zh, en, each once"]),
        ("language: [zh, en]", "language: [zh, zh]", ["alice.yml:3: 'language' is a list of zh, en, each once"]),
        (
            "  language: [zh, en]\n",
            "  tongue: [zh]\n",
            ["alice.yml:2: 'vary' is a mapping with one or more"],
        ),
        ("{zh: 谢谢, en: Thanks}", "{zh: 谢谢}", ["alice.yml:8: there is no text for 'en' here"]),
        ("[您好, 在吗]", "[您好, 您好]", ["alice.yml:4: 'words' is a list of texts, each once"]),
        ("  words: {zh: [您好, 在吗], en: [hello]}\n", "", ["alice.yml:5: unknown placeholder {words}"]),
    ],
)
def test_it_tells_a_fault_of_what_varies_once(tmp_path: Path, old: str, new: str, faults: list[str]):
    assert old in VARIED
    found = faults_of(tmp_path, VARIED.replace(old, new))
    assert [line for line in found if line.startswith(faults[0])], found
    assert len(found) == len(set(found))


def test_a_script_begins_with_what_its_folder_shares(tmp_path: Path):
    (tmp_path / "_shared.yml").write_text(SHARED, encoding="utf-8")
    (script,) = read(tmp_path, USING)
    assert (script.order, script.language) == ("UNPAID", "en")
    assert [(each.line, each.act.value) for each in script.turns] == [(3, "hello"), (3, "order {order_no}"), (4, "bye")]


def test_what_a_script_says_itself_counts_more(tmp_path: Path):
    (tmp_path / "_shared.yml").write_text(SHARED, encoding="utf-8")
    (script,) = read(tmp_path, USING.replace("turns:", "given: {language: zh}\nturns:"))
    assert (script.order, script.language, script.turns[0].act.value) == ("UNPAID", "zh", "您好")


def test_the_shared_file_holds_no_script_and_is_not_of_the_folders_below(tmp_path: Path):
    (tmp_path / "_shared.yml").write_text(SHARED, encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    (below / "bob.yml").write_text(USING.replace("- use: greeting\n", ""), encoding="utf-8")
    (script,) = find_scripts([str(tmp_path)], WORDS)
    assert (script.order, script.language) == (None, "zh")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("use: greeting", "use: greting", "alice.yml:3: no shared turns have the name 'greting'; known are greeting"),
        ("use: greeting", "use: greeting\n  bot: []", "alice.yml:3: 'use' stands alone in its turn"),
    ],
)
def test_it_tells_a_fault_in_the_use_of_shared_turns(tmp_path: Path, old: str, new: str, fault: str):
    (tmp_path / "_shared.yml").write_text(SHARED, encoding="utf-8")
    assert faults_of(tmp_path, USING.replace(old, new)) == [fault]


def test_shared_turns_need_a_shared_file(tmp_path: Path):
    (fault,) = faults_of(tmp_path, USING)
    assert fault.startswith("alice.yml:3: no shared turns have the name 'greeting'; known are none")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[utter_greet]", "[utter_gret]", "_shared.yml:5: no response has the name 'utter_gret'"),
        ("given:", "begin:", "_shared.yml:1: what a folder shares has no key 'begin'; known are given, turns"),
        ("language: en", "language: fr", "_shared.yml:1: 'language' is one of en, zh, not 'fr'"),
        ("{order_no}", "{orderno}", "_shared.yml:6: unknown placeholder {orderno}"),
        ("  greeting:\n", "  greeting:\n  - use: farewell\n", "_shared.yml:4: shared turns do not use others"),
        ("given: ", "turns: {}\n---\ngiven: ", "_shared.yml:3: a folder shares one document"),
    ],
)
def test_a_fault_in_the_shared_file_is_told_there(tmp_path: Path, old: str, new: str, fault: str):
    (tmp_path / "_shared.yml").write_text(SHARED.replace(old, new), encoding="utf-8")
    found = faults_of(tmp_path, USING)
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_shared_file_is_checked_once_for_all_its_scripts(tmp_path: Path):
    (tmp_path / "_shared.yml").write_text(SHARED.replace("utter_greet", "utter_gret"), encoding="utf-8")
    for name in ("alice", "bob"):
        (tmp_path / f"{name}.yml").write_text(USING, encoding="utf-8")
    with pytest.raises(ScriptInvalidError) as caught:
        find_scripts([str(tmp_path)], WORDS)
    assert len(caught.value.faults) == 1
