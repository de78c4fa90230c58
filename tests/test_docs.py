"""What the documents say of files holds for the files."""

import re
from pathlib import Path

import pytest

from bot.backend.orders.model import Diagnosis
from bot.backend.tickets.command import make_parser
from bot.backend.tickets.life import TABLE, Action, Refusal, Stage
from bot.settings import ROOT

DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
ADDING = ROOT / "docs" / "adding-a-diagnosis.md"
# Our own sources, and what a diagnosis is called in each kind of file.
BY_NAME = re.compile(rf"\b(?:Diagnosis|_D)\.(?:{'|'.join(Diagnosis)})\b")


def paths_in(document: Path) -> set[str]:
    """Every path below our folders that stands in backticks; `<…>` marks a pattern, no path."""
    words = re.findall(r"`([\w./<>-]+)`", document.read_text(encoding="utf-8"))
    folders = ("bot/", "tests/", "docs/", "data/", "migrations/", "web/", "rasa_ext/", "tools/", "requirements/")
    return {word for word in words if word.startswith(folders) and "<" not in word}


@pytest.mark.parametrize("document", DOCUMENTS, ids=[each.name for each in DOCUMENTS])
def test_every_path_that_is_named_exists(document: Path):
    assert [path for path in sorted(paths_in(document)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=[each.name for each in DOCUMENTS])
def test_every_link_to_a_file_leads_to_one(document: Path):
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_file_that_names_a_diagnosis_is_in_the_list_for_adding_one():
    named = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if BY_NAME.search(path.read_text(encoding="utf-8"))
    }
    assert named <= paths_in(ADDING)
    assert len(named) >= 4


def test_the_table_of_the_life_of_tickets_is_that_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", (ROOT / "docs" / "tickets.md").read_text(encoding="utf-8"), re.M)
    written = {action: tuple(cells.split(" | ")) for action, cells in rows}
    stages = [each for each in Stage if each is not Stage.MERGED]
    assert written == {
        action.value: tuple(_cell(stage, action) for stage in stages) for action in Action if action is not Action.OPEN
    }


def _cell(stage: Stage, action: Action) -> str:
    outcome = TABLE[stage, action]
    if isinstance(outcome, Refusal):
        return f"✗ {outcome}"
    return "·" if outcome is stage else outcome.value


def test_every_command_for_tickets_is_written_down():
    text = (ROOT / "docs" / "tickets.md").read_text(encoding="utf-8")
    (commands,) = (each for each in make_parser()._actions if each.dest == "command")
    assert [name for name in commands.choices if not re.search(rf"\b{name}\b", text)] == []
