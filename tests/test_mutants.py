"""The defects that the conversation tests must find: each still fits the project, and what counts as found."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from bot.ops.stack import StackError
from bot.qa.model import Script
from bot.qa.result import Result
from bot.qa.scripts import find_scripts, load_vocabulary
from bot.settings import ROOT
from tools.laboratory import OURS, OWN, Laboratory, holders_of, verdict_of
from tools.mutants import (
    Mutant,
    MutantError,
    Patch,
    Verdict,
    chosen,
    exit_code,
    load_mutants,
    patched,
    scripts_of,
    table_of,
)  # fmt: skip

MUTANTS = load_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_defect_fits_once_and_leaves_files_that_can_be_read(mutant: Mutant):
    for path, text in patched(mutant, ROOT).items():
        assert text != path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            ast.parse(text)
        else:
            yaml.safe_load(text)


def test_there_are_enough_of_them_with_names_of_their_own():
    assert len(MUTANTS) >= 25
    assert len({each.name for each in MUTANTS}) == len(MUTANTS)


def test_every_script_that_is_named_exists():
    assert find_scripts(list(scripts_of(MUTANTS)), load_vocabulary())


def test_a_patch_must_stand_exactly_once(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\ny = 1\n", encoding="utf-8")
    for search in ("z", "= 1"):
        with pytest.raises(MutantError, match=r"a\.py holds [02] times"):
            patched(Mutant("", (), (Patch("a.py", search, ""),)), tmp_path)


def test_several_patches_of_one_file_add_up(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n", encoding="utf-8")
    mutant = Mutant("", (), (Patch("a.py", "1", "3"), Patch("a.py", "2", "4")))
    assert patched(mutant, tmp_path) == {tmp_path / "a.py": "x = 3\ny = 4\n"}


def test_fewer_than_24_of_25_are_too_few_and_an_error_is_no_catch():
    caught, survived, error = Verdict("a", by="b"), Verdict("c"), Verdict("d", error="no model")
    assert exit_code([caught] * 24 + [survived]) == 0
    assert exit_code([caught] * 23 + [survived] * 2) == 1
    assert exit_code([caught] * 30 + [error]) == 2
    assert table_of([caught, survived, error]).endswith("1 of 3 defects were caught, 1 could not be tried")


def test_a_defect_is_caught_by_the_script_that_failed_and_survives_when_none_did():
    (script, *_) = find_scripts(MUTANTS[0].scripts, load_vocabulary())
    caught = verdict_of(MUTANTS[0], Result(script, ["- utter_thanks", "+ utter_goodbye"]), 3)
    assert caught.by == script.place
    assert caught.why == "- utter_thanks; + utter_goodbye"
    assert caught.caught
    assert not verdict_of(MUTANTS[0], None, 3).caught


class DeadHelpdesk(Laboratory):
    """A laboratory whose gateway does not start with the defect."""

    def play(self, scripts: Sequence[Script]) -> Result | None:
        raise StackError(f"gateway ended with 1: {(self._root / 'a.py').read_text(encoding='utf-8')}")


def test_a_defect_that_cannot_be_played_is_an_error_and_is_taken_out_all_the_same(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1", encoding="utf-8")
    mutant = Mutant("a", MUTANTS[0].scripts, (Patch("a.py", "1", "2"),))
    verdict = DeadHelpdesk(1, tmp_path).try_out(mutant, quick=True)
    assert verdict.error == "gateway ended with 1: x = 2"
    assert not verdict.caught
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = 1"


def test_only_processes_that_hold_the_defect_are_started_again():
    assert holders_of(Path("bot/actions/tickets.py")) == {"actions"}
    assert holders_of(Path("bot/gateway/desk/model.py")) == {"gateway"}
    assert holders_of(Path("bot/redact.py")) == holders_of(Path("bot/backend/client.py")) == set(OURS)


@pytest.mark.parametrize("part", OWN)
def test_no_other_process_imports_what_is_one_s_own(part: str):
    module = re.compile(rf"^\s*(?:from|import) {part.replace('/', '.')}\b", re.MULTILINE)
    others = [each for each in (ROOT / "bot").rglob("*.py") if not each.is_relative_to(ROOT / part)]
    served = [each for each in others if each.relative_to(ROOT / "bot").parts[0] not in ("qa", "ops", "__main__.py")]
    assert not [each for each in served if module.search(each.read_text(encoding="utf-8"))]


def test_defects_are_chosen_by_a_part_of_their_name():
    assert [each.name for each in chosen(MUTANTS, ["news is told"])] == ["news is told twice"]
    assert chosen(MUTANTS, []) == MUTANTS
    with pytest.raises(MutantError, match="no defect"):
        chosen(MUTANTS, ["no such defect"])
