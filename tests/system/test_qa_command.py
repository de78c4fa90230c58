"""`python -m bot qa run` ends in order: nothing of it stays behind, and it does not wait for what is dead."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.qa.bench import CannotRunError, find_model
from bot.settings import ROOT

SECONDS = 240.0
SLOW = (
    """\
name: it takes long
turns:
- clock: +1m
  wait_for: []
"""
    + "- clock: +1m\n  wait_for: []\n" * 60
    + "then: {owner: bot}\n"
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run of a script that takes minutes, with a temporary folder of its own."""
    try:
        find_model()
    except CannotRunError as reason:
        pytest.skip(str(reason))
    (tmp_path / "slow.yml").write_text(SLOW, encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    argv = [sys.executable, "-m", "bot", "qa", "run", str(tmp_path / "slow.yml"), "--reports", str(tmp_path / "out")]
    with subprocess.Popen(
        argv, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as child:  # fmt: skip
        yield child
        child.kill()


def wait_until_it_plays(child: "subprocess.Popen[str]") -> dict[str, int]:
    """The processes of the helpdesk by name once the script is played."""
    assert child.stdout is not None
    said: list[str] = []
    for line in child.stdout:
        said.append(line)
        if line.startswith("playing"):
            return started_by(child.pid)
    raise AssertionError("".join(said))


def started_by(pid: int) -> dict[str, int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = {Path(f"/proc/{each}/cmdline").read_text().rstrip("\0").split("\0")[-1]: int(each) for each in children}
    return {name if name in ("backend", "actions", "gateway") else "rasa": each for name, each in found.items()}


def wait_for_end(child: "subprocess.Popen[str]") -> tuple[int, str]:
    text, _ = child.communicate(timeout=SECONDS)
    return child.returncode, text


def left_behind(pids: dict[str, int]) -> list[str]:
    return [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_run_that_is_ended_stops_its_helpdesk(run: "subprocess.Popen[str]", tmp_path: Path):
    pids = wait_until_it_plays(run)
    assert set(pids) == {"backend", "actions", "rasa", "gateway"}
    run.send_signal(signal.SIGTERM)
    code, text = wait_for_end(run)
    assert code == 128 + signal.SIGTERM, text
    assert left_behind(pids) == []
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_run_whose_action_server_dies_says_so_and_ends(run: "subprocess.Popen[str]", tmp_path: Path):
    pids = wait_until_it_plays(run)
    time.sleep(1)
    os.kill(pids["actions"], signal.SIGKILL)
    code, text = wait_for_end(run)
    assert code == 2, text
    assert "actions ended with -9" in text
    assert left_behind(pids) == []
    assert not (tmp_path / "out").exists()
