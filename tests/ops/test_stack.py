"""Noticing that a process has ended, with small programs in the place of ours."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops import stack as module
from bot.ops.processes import Process
from bot.ops.stack import Stack, StackError
from bot.settings import Settings

STAYS, ENDS = "import time; time.sleep(300)", "print('no port'); raise SystemExit(3)"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    def programs(settings: Settings, model_path: Path) -> list[Process]:
        words = {"stays": STAYS, "ends": ENDS}
        return [Process(name, [sys.executable, "-c", each], 0, "", {}) for name, each in words.items()]

    monkeypatch.setattr(module, "make_processes", programs)
    made = Stack(Settings(_env_file=None, var_dir=tmp_path), tmp_path / "model")
    yield made
    made.stop()


def test_a_process_that_has_ended_is_told_with_its_last_words(stack: Stack):
    stack.start(["stays", "ends"])
    stack._children["ends"].wait(30)
    with pytest.raises(StackError, match="ends ended with 3:\nno port"):
        stack.check()


def test_one_that_was_killed_here_is_no_surprise(stack: Stack):
    stack.start(["stays"])
    stack.check()
    stack.kill("stays")
    stack.check()


def test_its_processes_end_with_the_one_that_has_started_them(stack: Stack):
    stack.start(["stays"])
    stack.kill("stays")
    stack.start(["stays"])
    guard, stack._guard = stack._guard, None
    assert guard is not None and guard._child.stdin is not None
    guard._child.stdin.close()  # as whatever ends this process would
    assert stack._children["stays"].wait(30) == -signal.SIGTERM
    guard.close()
