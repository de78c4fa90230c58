"""The command line: what cannot be played is told at once, by exit code 2."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.qa import bench, main
from bot.qa.coverage import Coverage, Names, Part
from bot.qa.ending import ENDINGS
from bot.qa.report import coverage_lines
from bot.qa.running import Run, conclude
from bot.qa.terminal import Terminal
from bot.recording.naming import Sentences
from tests.qa.dialogs import result

NAMES = Names(frozenset({"greet"}), frozenset(), (), (), {}, frozenset({"utter_x"}), {}, Sentences({}), {})


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The command sets handlers that are not for the tests after it."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_no_script_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main.main(["run", str(tmp_path)]) == 2
    assert "no script here" in capsys.readouterr().err


def test_an_unknown_key_is_an_error_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.yml").write_text("name: a\nturn: []\nthen: {owner: bot}\n", encoding="utf-8")
    assert main.main(["run", str(tmp_path)]) == 2
    assert "a.yml:2: a script has no key 'turn'" in capsys.readouterr().err


def test_no_model_is_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(bench, "RASA", bench.ROOT / "README.md")
    monkeypatch.setattr(bench, "model_path", lambda: Path("/nowhere/model.tar.gz"))
    assert main.main(["run"]) == 2
    assert "no model of the present dialog" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--model", "/nowhere/model.tar.gz"),
        ("run", "--repeat", "0"),
        ("run", "--no-such-option"),
        ("compare", "/nowhere/a.tar.gz", "/nowhere/b.tar.gz"),
        (),
    ],
)
def test_wrong_words_on_the_command_line_are_errors(words: tuple[str, ...]):
    with pytest.raises(SystemExit) as caught:
        main.main(words)
    assert caught.value.code == 2


def conclusion(*failures: tuple[str, ...], repeat: int = 1, need: float | None = None) -> int:
    run = Run([], Path("model"), NAMES, repeat=repeat, need=need)
    return conclude(run, [result(failure=each) for each in failures], 1.0, Terminal())


def test_the_exit_code_says_whether_all_passed(capsys: pytest.CaptureFixture[str]):
    assert conclusion(()) == 0
    assert conclusion((), ("- utter_here",)) == 1
    assert "1 passed, 1 failed" in capsys.readouterr().out


def test_a_flake_fails_a_repeated_run(capsys: pytest.CaptureFixture[str]):
    assert conclusion((), ("- utter_here",), repeat=2) == 1
    assert "flake rate 100.0%" in capsys.readouterr().out
    assert conclusion((), (), repeat=2) == 0


def test_too_little_coverage_fails_only_where_it_is_needed(capsys: pytest.CaptureFixture[str]):
    assert conclusion((), need=95) == 1
    assert "responses are covered by less than 95 %" in capsys.readouterr().out
    assert conclusion((), need=0) == 0


def test_the_first_missing_names_are_printed_and_how_many_more_there_are():
    names = tuple(f"utter_{number:02}" for number in range(15))
    lines = coverage_lines(Coverage((Part("responses", ("utter_x",), names, {"utter_y": "why"}),), ("odd",)))
    assert lines[1] == "  responses              6.2 %  1 of 16, 1 excepted"
    assert lines[2].endswith("utter_11 and 3 more")
    assert lines[3] == "  WRONG: odd"
