"""`python -m bot qa rasa`: Rasa's own checks, so that they fail when they should.

By itself `rasa test core` ends with 0 on failing stories, on a file without stories, and on stories that it leaves out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.ops.processes import RASA_ENVIRONMENT
from bot.qa.bench import RASA, CannotRunError, find_model
from bot.settings import ROOT

STORIES = ROOT / "tests" / "test_stories.yml"
# Where the two lists of one run must agree.
REPORT, FAILED = "story_report.json", "failed_test_stories.yml"
PARTS = ("data", "stories")


class FailedError(Exception):
    """A check did not pass; the message says which and why."""


def main(argv: Sequence[str] | None = None) -> int:
    """0 when all is well, 1 when a check failed, 2 when none could be made."""
    parser = argparse.ArgumentParser(prog="python -m bot qa rasa", description="Rasa's own checks of data and stories.")
    parser.add_argument("--only", choices=PARTS, help="one of the two")
    parser.add_argument("--stories", type=Path, default=STORIES, metavar="FILE", help="default: tests/test_stories.yml")
    parser.add_argument("--model", type=Path, help="another trained model than that of the present dialog")
    found = parser.parse_args(argv)
    try:
        if found.only != "data":  # what is quick comes first
            wanted = stories_in(found.stories)
        if found.only != "stories":
            check_data()
        if found.only != "data":
            check_stories(found.stories, found.model or find_model(), wanted)
    except FailedError as error:
        print(f"qa rasa: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except CannotRunError as error:
        print(f"qa rasa: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def check_data() -> None:
    """Domain, NLU data, rules and stories fit together, without a warning and without stories that contradict."""
    _say("the data …")
    done = _rasa("data", "validate", "--fail-on-warnings")
    if done.returncode:
        raise FailedError(f"the data is not valid:\n{_end_of(done)}")


def stories_in(file: Path) -> list[str]:
    """The names of the test stories; FailedError when there is none, or two have one name."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise FailedError(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    stories = (content.get("stories") if isinstance(content, dict) else None) or []
    names = [str(each.get("story")) for each in stories if isinstance(each, dict)]
    if not names:
        raise FailedError(f"{file} holds no story")
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise FailedError(f"{file} has two stories with the name {', '.join(twice)}")
    return names


def check_stories(file: Path, model: Path, wanted: Sequence[str]) -> None:
    """The model goes the way of every story; actions do not run, so no action server is needed."""
    _say(f"{len(wanted)} stories with {model.name} …")
    with tempfile.TemporaryDirectory(prefix="daozhang-rasa-") as folder:
        done = _rasa(
            "test", "core", "--model", str(model), "--stories", str(file),
            "--no-plot", "--out", folder,
        )  # fmt: skip
        report, failed = Path(folder) / REPORT, Path(folder) / FAILED
        told = failed.read_text(encoding="utf-8") if failed.exists() else ""
        counted = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    # `--fail-on-prediction-errors` would stop at the first wrong story and not say which: the report counts instead.
    if done.returncode:
        raise FailedError(f"stories failed:\n{told or _end_of(done)}")
    if problem := problem_in(counted, len(wanted)):
        raise FailedError(f"{problem}\n{told or _end_of(done)}")
    _say(f"{len(wanted)} stories passed")


def problem_in(report: dict[str, Any], wanted: int) -> str:
    """What Rasa's report says against a run that ended well; "" when nothing."""
    found = report.get("conversation_accuracy") or {}
    total, correct = found.get("total", 0), found.get("correct", 0)
    if total != wanted:
        return f"Rasa played {total} of {wanted} stories"
    return "" if correct == total else f"{total - correct} of {total} stories failed"


def _rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    if not RASA.exists():
        raise CannotRunError("there is no .venv-rasa; `make run` makes it")
    environment = {**os.environ, **RASA_ENVIRONMENT}
    argv = [str(RASA), *arguments]
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def _end_of(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
