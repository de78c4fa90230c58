"""Tries defects in the copy of the project that `python -m tools.mutants` has made and that this runs in."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from bot.ops.stack import Stack, StackError
from bot.ops.steps import Problem
from bot.ops.train import model_path, train
from bot.qa.bench import CannotRunError, own_helpdesks, run_scripts
from bot.qa.ending import end_in_order
from bot.qa.model import Script, ScriptInvalidError
from bot.qa.result import Result
from bot.qa.scripts import find_scripts, load_vocabulary
from bot.settings import ROOT
from tools.mutants import (
    Mutant,
    MutantError,
    Verdict,
    chosen,
    exit_code,
    load_mutants,
    outcome_of,
    parser,
    patched,
    scripts_of,
    table_of,
)  # fmt: skip

SECONDS = 1800
# Rasa holds no code of ours but rasa_ext, which its model is known by.
OURS = ("backend", "actions", "gateway")
# What only one process imports.
OWN = {"bot/actions": "actions", "bot/gateway": "gateway"}
NOT_PLAYED = (MutantError, StackError, Problem, CannotRunError, ScriptInvalidError, TimeoutError)


class Laboratory(contextlib.ExitStack):
    """Defects come and go; the helpdesk stays, and only what may hold the defect is started again."""

    def __init__(self, at_once: int, root: Path = ROOT) -> None:
        super().__init__()
        self._at_once = at_once
        self._root = root
        self._clean_model = model_path()
        self._model: Path | None = None
        self._stack: Stack | None = None
        self._outdated: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def try_out(self, mutant: Mutant, quick: bool) -> Verdict:
        """Play with the defect and take it back; never raises for what is wrong with it."""
        started = time.monotonic()
        before: dict[Path, str] = {}
        try:
            places = [mutant.scripts] if quick else [mutant.scripts, ()]
            plays = [find_scripts(each, load_vocabulary()) for each in places]
            for path, text in patched(mutant, self._root).items():
                before[path] = path.read_text(encoding="utf-8")
                self._write(path, text)
            failed = next(filter(None, map(self.play, plays)), None)
            return verdict_of(mutant, failed, time.monotonic() - started)
        except NOT_PLAYED as error:
            self._forget()
            return Verdict(mutant.name, error=str(error) or type(error).__name__, seconds=time.monotonic() - started)
        finally:
            for path, text in before.items():
                self._write(path, text)
            if mutant.spoils:
                self._forget()

    def play(self, scripts: Sequence[Script]) -> Result | None:
        """The first that fails, None when all pass. One of NOT_PLAYED when they could not be played."""
        stack = self._ready()
        played = run_scripts(stack.settings, scripts, self._at_once, lambda _: None, stack, stop_at_first=True)
        results = asyncio.run(asyncio.wait_for(played, SECONDS))
        if any(each.alone for each in scripts):
            self._forget()  # its time has moved
        return next((each for each in results if not each.passed), None)

    def _ready(self) -> Stack:
        """A helpdesk with the code and the dialog as they are now."""
        if self._clean_model.exists():
            os.utime(self._clean_model)  # only the newest few are kept
        model = train()
        if self._stack is None or model != self._model:
            self._forget()
            (self._stack,) = self.enter_context(own_helpdesks(model, 1))
            self._model = model
        else:
            self._stack.restart(*self._outdated)
        self._outdated.clear()
        return self._stack

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self._outdated |= holders_of(path.relative_to(self._root))

    def _forget(self) -> None:
        self.close()
        self._stack = None


def holders_of(file: Path) -> set[str]:
    """The processes that hold the code of this file and have to start again when it changes."""
    own = {name for part, name in OWN.items() if file.is_relative_to(part)}
    return own or set(OURS)


def verdict_of(mutant: Mutant, failed: Result | None, seconds: float) -> Verdict:
    """Caught by the script that failed, or survived."""
    if failed is None:
        return Verdict(mutant.name, seconds=seconds)
    return Verdict(mutant.name, failed.script.place, "; ".join(failed.failure), seconds=seconds)


def run(mutants: Sequence[Mutant], at_once: int, quick: bool) -> list[Verdict]:
    """Try them, one after the other. MutantError when scripts fail without any defect."""
    with Laboratory(at_once) as laboratory:
        print("without a defect …", flush=True)
        places = tuple(scripts_of(mutants)) if quick else ()
        if failed := laboratory.play(find_scripts(places, load_vocabulary())):
            raise MutantError(f"{failed.script.place} fails without any defect: {'; '.join(failed.failure)}")
        verdicts = []
        for each in mutants:
            verdicts.append(laboratory.try_out(each, quick))
            print(f"{each.name}: {outcome_of(verdicts[-1])}  ({verdicts[-1].seconds:.0f} s)", flush=True)
            if verdicts[-1].caught:
                print(f"    {verdicts[-1].why}", flush=True)
    return verdicts


def main(argv: Sequence[str] | None = None) -> int:
    found = parser().parse_args(argv)
    end_in_order()
    try:
        verdicts = run(chosen(load_mutants(), found.names), found.at_once, found.quick)
    except NOT_PLAYED as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print("\n" + table_of(verdicts))
    return exit_code(verdicts)


if __name__ == "__main__":
    sys.exit(main())
