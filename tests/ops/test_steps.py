import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops.steps import Said, StepFailedError, raise_on_signals, run_step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_step_says_its_name_and_keeps_the_output_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = tmp_path / "log" / "setup.log"
    run_step("greeting", [sys.executable, "-c", "print('hello')"], log)
    said = capsys.readouterr().out
    assert said.startswith("· greeting …\n· greeting … done, ")
    assert "hello" not in said
    assert "hello" in log.read_text()


def test_a_failed_step_tells_its_reason_in_one_line(tmp_path: Path):
    code = "import sys; print('ERROR: disk is full'); print('bye'); sys.exit(3)"
    with pytest.raises(StepFailedError) as caught:
        run_step("writing", [sys.executable, "-c", code], tmp_path / "a.log")
    assert "writing failed (exit code 3): ERROR: disk is full" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_reason_is_of_this_step_and_not_of_an_older_one(tmp_path: Path):
    log = tmp_path / "a.log"
    log.write_text("ERROR: long ago\n")
    with pytest.raises(StepFailedError, match="it said nothing"):
        run_step("failing", [sys.executable, "-c", "raise SystemExit(1)"], log)


def test_a_missing_program_is_told(tmp_path: Path):
    with pytest.raises(StepFailedError, match="/nonexistent/npm cannot be started"):
        run_step("building", ["/nonexistent/npm"], tmp_path / "a.log")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as our commands hear it, also where whoever started the tests has SIGINT ignored (a shell with `&`)."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    raise_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_interrupted_step_leaves_no_process(interruptible: None, tmp_path: Path):
    pid_file = tmp_path / "pid"
    # A grandchild, as npm and rasa have them.
    code = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid)); child.wait()"
    )

    def interrupt_when_started() -> None:
        while not (pid_file.exists() and pid_file.read_text()):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_when_started, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run_step("sleeping", [sys.executable, "-c", code], tmp_path / "a.log")
    while is_alive(int(pid_file.read_text())):  # a killed process takes a moment to end
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether it runs; a zombie does not, it only waits for whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_terminal_has_one_line_that_is_written_over():
    out = Terminal()
    with Said("training", out) as said:
        said()
    assert out.getvalue().count("\n") == 1
    assert out.getvalue().count("\r\x1b[K· training …") == 3


def test_what_failed_is_not_called_done():
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), Said("training", out):
        raise ValueError("x")
    assert "failed" in out.getvalue()
    assert "done" not in out.getvalue()
