"""One long step at a time: what is being done is on the screen, what it prints is in a log.

Standard library only: this runs before any environment exists.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self


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
    with log.open("ab") as file, Said(title) as said:
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
                said()
        except BaseException:
            _end(child)
            raise
    if code:
        raise StepFailedError(f"{title} failed (exit code {code}): {_reason(log, start)} — all of it is in {log}")


class Said:
    """Says `title … 12 s` while something goes on: over and over on one line of a terminal, as lines elsewhere.

    Call it often; it speaks only when there is something to say.
    """

    def __init__(self, title: str, out: IO[str] | None = None) -> None:
        self._title, self._out = title, out or sys.stdout
        self._tty, self._note = self._out.isatty(), ""
        self._start = self._last = time.monotonic()

    def __enter__(self) -> Self:
        self._say("…")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        word = "done" if kind is None else "stopped" if kind is KeyboardInterrupt else "failed"
        self._say(f"… {word}, {self._seconds():.1f} s", last=True)

    def add(self, note: str) -> None:
        """What is being waited for now."""
        self._note = note

    def __call__(self) -> None:
        now = time.monotonic()
        if self._tty or now - self._last >= TICK:
            self._last = now
            waiting = f", waiting for {self._note}" if self._note else ""
            self._say(f"… {self._seconds():.0f} s{waiting}")

    def _seconds(self) -> float:
        return time.monotonic() - self._start

    def _say(self, text: str, last: bool = False) -> None:
        line = f"· {self._title} {text}"
        with contextlib.suppress(BrokenPipeError):  # who listened is gone; that is no reason not to go on
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
