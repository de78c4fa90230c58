"""Rasa's own checks with the real Rasa: a story that the dialog does not follow fails."""

from pathlib import Path

import pytest

from bot.qa.bench import CannotRunError, find_model
from bot.qa.rasa_checks import STORIES, main

THANKS = """\
- story: thanks
  steps:
  - user: 谢谢
    intent: thanks
  - action: {}
"""


def stories(folder: Path, *answers: str) -> str:
    path = folder / "test_stories.yml"
    parts = [THANKS.format(each).replace("story: thanks", f"story: thanks {n}") for n, each in enumerate(answers)]
    path.write_text('version: "3.1"\nstories:\n' + "".join(parts), encoding="utf-8")
    return str(path)


def test_a_wrong_story_among_right_ones_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    try:
        find_model()
    except CannotRunError as reason:
        pytest.skip(str(reason))
    wrong = stories(tmp_path, "action_say_thanks", "action_say_goodbye")
    assert main(["--only", "stories", "--stories", wrong]) == 1
    assert "action_say_goodbye" in capsys.readouterr().err
    assert STORIES.read_text(encoding="utf-8").count("- story:") > 11
