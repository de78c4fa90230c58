"""The defects that the conversation tests must find: each still fits the project, and what counts as found."""

import ast
from pathlib import Path

import pytest
import yaml

from bot.qa.scripts import find_scripts, load_vocabulary
from bot.settings import ROOT
from tools.mutants import (
    FAILED,
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


def test_the_script_that_failed_is_found_in_what_a_run_prints():
    printed = "ok     a.yml::x (1.0 s)\nFAILED tests/conversations/a.yml::付款 (一) 没到账 (3.2 s)\n"
    assert FAILED.search(printed)[1] == "tests/conversations/a.yml::付款 (一) 没到账"
    assert FAILED.search("0 passed, 0 failed in 3 s") is None


def test_defects_are_chosen_by_a_part_of_their_name():
    assert [each.name for each in chosen(MUTANTS, ["news is told"])] == ["news is told twice"]
    assert chosen(MUTANTS, []) == MUTANTS
    with pytest.raises(MutantError, match="no defect"):
        chosen(MUTANTS, ["no such defect"])
