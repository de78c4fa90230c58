"""What makes scripts be played again."""

import os
from pathlib import Path

import pytest

from bot.qa.terminal import Terminal
from bot.qa.watch import Watch, changes


def unused() -> Path:
    raise AssertionError("nothing is trained for a look at the files")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    (tmp_path / "own.yml").write_text("name: a", encoding="utf-8")
    return Watch(lambda model: pytest.fail(str(model)), Terminal(), [tmp_path], unused)


def test_nothing_has_changed_between_two_looks(watch: Watch):
    assert changes(watch.snapshot(), watch.snapshot()) == set()


def test_all_that_scripts_depend_on_is_looked_at(watch: Watch):
    seen = {name: {path.name for path in times} for name, times in watch.snapshot().items()}
    assert {"own.yml", "coverage.yml"} <= seen["scripts"]
    assert {"domain.yml", "config.yml", "rules.yml", "intents.py"} <= seen["dialog"]
    assert {"turn.py", "app.py"} <= seen["code"]
    assert "watch.py" not in seen["code"]


def test_a_written_a_new_and_a_removed_script_are_changes(watch: Watch, tmp_path: Path):
    before = watch.snapshot()
    os.utime(tmp_path / "own.yml", (1, 1))
    written = watch.snapshot()
    assert changes(before, written) == {"scripts"}
    (tmp_path / "new.yml").touch()
    added = watch.snapshot()
    assert changes(written, added) == {"scripts"}
    (tmp_path / "new.yml").unlink()
    assert changes(added, watch.snapshot()) == {"scripts"}
