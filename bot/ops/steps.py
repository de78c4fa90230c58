"""One long step at a time: what is being done is on the screen, what it prints is in a log.

Standard library only: this runs before any environment exists.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO


class Problem(Exception):  # noqa: N818
    """Something that the person at the terminal can solve; the message says in one line what to do."""


class StepFailedError(Problem):
    """A command of a step failed."""


TICK = 10.0  # seconds between two signs of life where the screen cannot be overwritten


def run_step(
    title: str, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run a command with a sign of life; its output goes to `log`. Raises StepFailedError; Ctrl-C ends the command."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file, _said(title) as tick:
        file.write(f"\n$ {' '.join(argv)}\n".encode())
        file.flush()
        start = file.tell()
        try:
            child = subprocess.Popen(  # noqa: S603
                argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise StepFailedError(f"{title}: {argv[0]} cannot be started: {error.strerror}") from error
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    code = child.wait(0.5)
                    break
                tick()
        except BaseException:
            _end(child)
            raise
    if code:
        raise StepFailedError(f"{title} failed (exit code {code}): {_reason(log, start)} — all of it is in {log}")


@contextlib.contextmanager
def _said(title: str, out: IO[str] | None = None) -> Iterator["_Ticker"]:
    ticker = _Ticker(title, out or sys.stdout)
    try:
        yield ticker
    except BaseException:
        ticker.finish("stopped")
        raise
    ticker.finish("done")


class _Ticker:
    """Says `title … 12 s`: over and over on one line of a terminal, as lines of a log elsewhere."""

    def __init__(self, title: str, out: IO[str]) -> None:
        self._title, self._out, self._tty = title, out, out.isatty()
        self._start = self._last = time.monotonic()
        self._say("…")

    def __call__(self) -> None:
        now = time.monotonic()
        if self._tty or now - self._last >= TICK:
            self._last = now
            self._say(f"… {now - self._start:.0f} s")

    def finish(self, word: str) -> None:
        self._say(f"… {word}, {time.monotonic() - self._start:.1f} s", last=True)

    def _say(self, text: str, last: bool = False) -> None:
        line = f"· {self._title} {text}"
        self._out.write(f"\r\x1b[K{line}" + ("\n" if last else "") if self._tty else f"{line}\n")
        self._out.flush()


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the command with everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)


def _reason(log: Path, start: int) -> str:
    """The last line of the output that looks like a reason."""
    with log.open("rb") as file:
        file.seek(start)
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "failed" in line.lower()]
    return (telling or lines or ["it said nothing"])[-1][:300]


def raise_on_signals() -> None:
    """Let SIGTERM and SIGHUP stop us the way Ctrl-C does: by KeyboardInterrupt."""

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    # A shell that starts us in the background ignores SIGINT on our behalf; stopping by it must work all the same.
    signal.signal(signal.SIGINT, interrupt)
