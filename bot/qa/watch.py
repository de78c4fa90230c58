"""Keeps a helpdesk running and plays the chosen scripts again when something changes that they depend on."""

import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.ops.stack import Stack, StackError
from bot.ops.stamps import files_below
from bot.ops.steps import Problem
from bot.ops.train import inputs, train
from bot.qa.bench import CannotRunError, own_helpdesks
from bot.qa.model import ScriptInvalidError
from bot.qa.running import Run, conclude, play_on
from bot.qa.scripts import FOLDER
from bot.qa.terminal import Terminal
from bot.settings import ROOT

POLL_SECONDS = 0.5
# Of Rasa only a new model is loaded, everything else is started again.
OURS = ("backend", "actions", "gateway")
Snapshot = Mapping[str, Mapping[Path, int]]


class Watch:
    """`load` reads the scripts anew; `train_model` is asked for the model of the present dialog."""

    def __init__(
        self,
        load: Callable[[Path], Run],
        terminal: Terminal,
        places: list[Path],
        train_model: Callable[[], Path] = train,
    ) -> None:
        self._load = load
        self._terminal = terminal
        self._places = places
        self._train = train_model
        self._stack: Stack | None = None
        self._held = contextlib.ExitStack()
        self._model: Path | None = None

    def run(self) -> None:
        """Until this process is told to end."""
        with self._held:
            changed = {"dialog"}
            while True:
                seen = self.snapshot()
                self._play(changed)
                self._terminal.note("waiting for a change; Ctrl-C ends …")
                while not (changed := changes(seen, self.snapshot())):
                    time.sleep(POLL_SECONDS)
                self._terminal.note(f"changed: {', '.join(sorted(changed))}")

    def snapshot(self) -> Snapshot:
        """When each file was changed last, by what it means."""
        return {
            "scripts": _times([FOLDER, *self._places]),
            "dialog": _times(inputs()),
            "code": _times(files_below(ROOT / "bot", ".py", without=("__pycache__", "qa"))),
        }

    def _play(self, changed: set[str]) -> None:
        try:
            stack = self._ready(changed)
            started = time.monotonic()
            run = self._load(self._model or Path())
            conclude(run, play_on([stack], run, self._terminal), time.monotonic() - started, self._terminal)
        except (StackError, Problem, CannotRunError) as error:
            self._held.close()  # A helpdesk that is half dead is started anew after the next change.
            self._stack = None
            self._terminal.say(str(error), style="red")
        except ScriptInvalidError as error:
            self._terminal.say(str(error), style="red")

    def _ready(self, changed: set[str]) -> Stack:
        if self._stack is None or "dialog" in changed:
            self._held.close()
            self._stack = None
            self._terminal.note("training if needed, then starting the four processes …")
            self._model = self._train()
            (self._stack,) = self._held.enter_context(own_helpdesks(self._model, 1))
        elif "code" in changed:
            self._terminal.note(f"starting {', '.join(OURS)} again …")
            self._stack.restart(*OURS)
        return self._stack


def changes(before: Snapshot, now: Snapshot) -> set[str]:
    """What has changed between two snapshots: files that are new, gone or written again."""
    return {name for name in before if before[name] != now[name]}


def _times(paths: list[Path]) -> dict[Path, int]:
    files = [each for path in paths for each in (files_below(path) if path.is_dir() else [path])]
    found: dict[Path, int] = {}
    for each in files:
        with contextlib.suppress(FileNotFoundError):  # An editor replaces it just now.
            found[each] = each.stat().st_mtime_ns
    return found
