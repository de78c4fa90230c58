"""The four processes as children of this one, for tests; `python -m bot run` uses supervisor instead."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.ops.health import answers
from bot.ops.orphans import Guard
from bot.ops.processes import Process, make_processes
from bot.settings import ROOT, Settings


class StackError(Exception):
    """A process ended too early or did not get ready; the message holds the end of its log."""


class Stack:
    """Starts, kills and stops real processes; nothing is restarted unless the test says so.

    They end with this process, however it ends.
    All methods block; call the slow ones (`wait_ready`, `restart`, `stop`) from async code with `asyncio.to_thread`.
    """

    def __init__(self, settings: Settings, model_path: Path) -> None:
        self.settings = settings
        self.log_dir = settings.var_dir.resolve() / "log"
        self._model_path = model_path
        self._processes: dict[str, Process] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._killed: set[str] = set()
        self._guard: Guard | None = None

    def start(self, names: Sequence[str] = ()) -> None:
        """Start the processes with these names (default: all four) without waiting for them."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        self._processes = {each.name: each for each in make_processes(self.settings, self._model_path)}
        self._guard = self._guard or Guard()
        for name in names or self._processes:
            self._start(name)

    def wait_ready(self, timeout: float = 180.0, names: Sequence[str] = ()) -> None:
        """Wait until the started ones (or those named) answer; StackError after `timeout` s or if one has ended."""
        deadline = time.monotonic() + timeout
        for name in names or list(self._children):
            while not answers(self._processes[name].health_url):
                code = self._children[name].poll()
                if code is not None:
                    raise StackError(f"{name} ended with {code}:\n{self.log_tail(name)}")
                if time.monotonic() > deadline:
                    raise StackError(f"{name} is not ready after {timeout:.0f} s:\n{self.log_tail(name)}")
                time.sleep(0.1)

    def check(self) -> None:
        """StackError when one of the started processes has ended and was not killed from here."""
        for name, child in list(self._children.items()):
            if (code := child.poll()) is not None and name not in self._killed:
                raise StackError(f"{name} ended with {code}:\n{self.log_tail(name)}")

    def pid(self, name: str) -> int:
        """The process id of the newest start."""
        return self._children[name].pid

    def is_running(self, name: str) -> bool:
        """Whether the newest start has not ended; a stopped process (SIGSTOP) is running."""
        return self._children[name].poll() is None

    def kill(self, *names: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the signal to all of them; after SIGKILL and SIGTERM also wait until they are gone."""
        for name in names:
            self._killed.add(name)
            self._children[name].send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            for name in names:
                self._children[name].wait(30)
                self._forget(self._children[name])

    def restart(self, *names: str, timeout: float = 180.0, environment: Mapping[str, str] | None = None) -> None:
        """Start them anew (after a `kill`, or killing what still runs) and wait until they answer.

        environment: settings (`DAOZHANG_…`) that differ from those of the stack until the next restart.
        """
        for name in names:
            if self.is_running(name):
                self.kill(name)
            self._start(name, environment)
        self.wait_ready(timeout, names)

    def stop(self) -> None:
        """Stop all, the newest first; whoever has not ended 15 s after SIGTERM is killed."""
        children = list(reversed(self._children.values()))
        for child in children:
            self._signal_group(child, signal.SIGTERM)
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(15)
            self._signal_group(child, signal.SIGKILL)
            child.wait()
            self._forget(child)
        self._children.clear()
        if self._guard:
            self._guard.close()
            self._guard = None

    def log_tail(self, name: str, lines: int = 30) -> str:
        """The last lines of a process's log."""
        path = self.log_dir / f"{name}.log"
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _start(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        process = self._processes[name]
        with (self.log_dir / f"{name}.log").open("ab") as log:
            # A session of its own keeps Ctrl-C at the terminal away from it: `stop` ends it in order.
            self._children[name] = subprocess.Popen(  # noqa: S603
                process.argv,
                cwd=ROOT,
                env={**os.environ, **process.environment, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if self._guard:
            self._guard.started(self._children[name].pid)
        self._killed.discard(name)

    def _forget(self, child: "subprocess.Popen[bytes]") -> None:
        """Its number may be another process's from now on."""
        if self._guard:
            self._guard.ended(child.pid)

    @staticmethod
    def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
