"""The JSON Schema for editors and the reference of the document: current, and of one mind with the checker."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.qa.format import TABLES
from bot.qa.schema import reference_text, schema_of, schema_text
from bot.qa.scripts import EXCEPTIONS, FOLDER, load_vocabulary, read_scripts
from bot.settings import ROOT
from tests.qa.reading import WORDS
from tests.qa.test_expectations import RICH
from tests.qa.test_model import AROUND, GOOD
from tests.qa.test_varying import SHARED, USING, VARIED

FILES = sorted(set(FOLDER.rglob("*.yml")) - {EXCEPTIONS})
SMALL = Draft202012Validator(schema_of(WORDS))


def test_the_schema_in_the_folder_is_current():
    kept = (FOLDER / "schema.json").read_text(encoding="utf-8")
    told = "names or keys have changed: python -m bot qa schema > tests/conversations/schema.json"
    assert kept == schema_text(load_vocabulary()), told


def test_the_reference_in_the_document_is_current():
    document = (ROOT / "docs" / "how-to-add-a-conversation-test.md").read_text(encoding="utf-8")
    assert reference_text() in document, "put in the tables that `python -m bot qa schema --reference` prints"


def test_the_whole_scripts_in_the_document_can_be_played(tmp_path: Path):
    document = (ROOT / "docs" / "how-to-add-a-conversation-test.md").read_text(encoding="utf-8")
    whole = [each for each in re.findall(r"```yaml\n(.+?)```", document, re.DOTALL) if "\nthen:" in each]
    path = tmp_path / "document.yml"
    path.write_text("---\n".join(whole), encoding="utf-8")
    assert len({each.title for each in read_scripts(path, load_vocabulary())}) == 2


@pytest.mark.parametrize("path", FILES, ids=[each.relative_to(FOLDER).as_posix() for each in FILES])
def test_every_script_is_valid_to_an_editor(path: Path):
    validator = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))
    documents = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    faults = [f"{each.json_path}: {each.message}" for one in documents for each in validator.iter_errors(one)]
    assert faults == []


@pytest.mark.parametrize("text", [GOOD, AROUND, RICH, VARIED, USING, SHARED])
def test_what_the_checker_takes_the_schema_takes(text: str):
    assert list(SMALL.iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (GOOD, "turns:", "turn:"),
        (GOOD, "order: UNPAID", "order: PAYED"),
        (GOOD, "language: en", "tongue: en"),
        (GOOD, "[utter_greet]", "[utter_gret]"),
        (GOOD, "hello, my order is {order_no}", "4821"),
        (GOOD, "{button: /thanks}", "{butten: /thanks}"),
        (GOOD, "owner: bot", "owner: robot"),
        (GOOD, "tickets: 0", "tickets: none"),
        (GOOD, "slots: {order_no", "slots: {order"),
        (AROUND, "do: transfer", "do: sing"),
        (AROUND, "clock: +3h", "clock: 3h"),
        (RICH, "any_order", "any"),
        (RICH, "what: error", "what: late"),
        (RICH, "times: 2", "often: 2"),
        (RICH, "within: 3.5s", "within: 3"),
        (RICH, ": never,", ": seldom,"),
        (RICH, "'POST /v1/tickets'", "tickets"),
        (RICH, "type: UNPAID, ", "kind: UNPAID, "),
        (VARIED, "[zh, en]", "[zh, fr]"),
        (SHARED, "[utter_greet]", "[utter_gret]"),
    ],
)
def test_what_the_checker_refuses_an_editor_marks(text: str, old: str, new: str):
    assert old in text
    assert list(SMALL.iter_errors(yaml.safe_load(text.replace(old, new))))


def tables_in(schema: dict[str, Any]) -> dict[str, set[str]]:
    return {name: set(each["properties"]) for name, each in schema["$defs"].items() if "properties" in each}


def test_the_schema_has_the_keys_of_the_checker_and_says_what_each_is_for():
    schema = schema_of(WORDS)
    assert tables_in(schema) == {name: set(table) for name, table in TABLES.items()}
    properties = [each for name in TABLES for each in schema["$defs"][name]["properties"].values()]
    assert all(each["description"] for each in properties)
