"""Reading scripts from texts, for the tests of the format."""

from pathlib import Path

import pytest

from bot.qa.model import Script, ScriptInvalidError, Vocabulary
from bot.qa.scripts import read_scripts

WORDS = Vocabulary(
    responses=frozenset({"utter_greet", "utter_thanks"}),
    diagnoses=frozenset({"UNPAID"}),
    slots=frozenset({"order_no", "pictures"}),
)


def read(tmp_path: Path, text: str) -> list[Script]:
    path = tmp_path / "alice.yml"
    path.write_text(text, encoding="utf-8")
    return read_scripts(path, WORDS)


def faults_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ScriptInvalidError) as caught:
        read(tmp_path, text)
    return [str(fault).removeprefix(str(tmp_path) + "/") for fault in caught.value.faults]
