"""Ends processes when the one that has started them dies, however it dies.

Also a program of its own, which reads of them from a pipe until that is closed. Standard library only.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

POLL_SECONDS = 0.1


class Guard:
    """Knows which processes, each the first of a session of its own, may not outlive this one."""

    def __init__(self, patience: float = 15.0) -> None:
        """patience: seconds from SIGTERM to SIGKILL."""
        argv = [sys.executable, "-I", "-S", __file__, str(patience)]
        # The other end of the pipe is open as long as this process lives, and nobody inherits it.
        self._child = subprocess.Popen(  # noqa: S603
            argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True, text=True
        )

    def started(self, pid: int) -> None:
        self._tell(f"+{pid}")

    def ended(self, pid: int) -> None:
        self._tell(f"-{pid}")

    def close(self) -> None:
        """End whatever was started and has not ended."""
        self._child.communicate()

    def _tell(self, line: str) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # without the guard it goes on as well
            self._child.stdin.write(f"{line}\n")
            self._child.stdin.flush()


def main(patience: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    left: set[int] = set()
    for line in sys.stdin.read().split():
        (left.add if line.startswith("+") else left.discard)(int(line[1:]))
    deadline = time.monotonic() + patience
    left = {pid for pid in left if _signal(pid, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        left = {pid for pid in left if _signal(pid, 0)}
    for pid in left:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> bool:
    """Whether anybody of that group was there to get it."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # the latter is macOS' word for a group of zombies
        return False
    return True


if __name__ == "__main__":
    main(float(sys.argv[1]))
