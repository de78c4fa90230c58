"""Rasa's own checks fail when they should; here without Rasa."""

from pathlib import Path

import pytest

from bot.qa.rasa_checks import STORIES, FailedError, main, problem_in, stories_in


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", 'version: "3.1"\n', "stories: []\n", "stories:\n", "[", "rules:\n- rule: x\n  steps: []\n"],
)
def test_a_file_without_stories_fails(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "test_stories.yml"
    path.write_text(text, encoding="utf-8")
    assert main(["--only", "stories", "--stories", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_a_file_that_is_not_there_fails(tmp_path: Path):
    assert main(["--only", "stories", "--stories", str(tmp_path / "none.yml")]) == 1


def test_two_stories_of_one_name_fail(tmp_path: Path):
    path = tmp_path / "test_stories.yml"
    path.write_text("stories:\n- story: a\n- story: a\n", encoding="utf-8")
    with pytest.raises(FailedError, match="name a"):
        stories_in(path)


def test_what_rasa_leaves_out_is_no_pass():
    def report(total: int, correct: int) -> dict:
        return {"conversation_accuracy": {"total": total, "correct": correct}}

    assert problem_in(report(3, 3), 3) == ""
    assert problem_in(report(2, 2), 3) == "Rasa played 2 of 3 stories"
    assert problem_in(report(3, 2), 3) == "1 of 3 stories failed"
    assert problem_in({}, 3) == "Rasa played 0 of 3 stories"


def test_our_own_stories_are_there():
    assert len(stories_in(STORIES)) >= 11
