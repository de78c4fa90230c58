"""Do the conversation tests find defects? `python -m tools.mutants [NAME …]`

Puts each defect of mutants.yml into a copy of the project, alone, and plays scripts there: the ones it names, and all
others if those pass. It is caught when a script fails. 0 when at least 24 of 25 are caught, 1 when fewer are, 2 when
something could not be tried.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.ops.train import model_path
from bot.settings import ROOT

LIST = Path(__file__).with_suffix(".yml")
SHARE = 24 / 25
SHARED = (".venv", ".venv-rasa", ".tools")  # environments, which no defect touches
FAILED = re.compile(r"^FAILED +(.+?)(?: \([\d.]+ s\))?$", re.MULTILINE)
SECONDS = 1800


class MutantError(Exception):
    """A defect that could not be tried; the message says why."""


@dataclass(frozen=True)
class Patch:
    """`search` stands once in `file` (from the root of the project)."""

    file: str
    search: str
    replace: str


@dataclass(frozen=True)
class Mutant:
    """One defect; `scripts` are those that should find it."""

    name: str
    scripts: tuple[str, ...]
    patches: tuple[Patch, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of a defect; `by` is the script that failed, `error` why nothing could be played."""

    name: str
    by: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        return bool(self.by)


def load_mutants(path: Path = LIST) -> list[Mutant]:
    """Those of the list."""
    return [
        Mutant(each["name"], tuple(each["scripts"]), tuple(Patch(**patch) for patch in each["patches"]))
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def patched(mutant: Mutant, root: Path) -> dict[Path, str]:
    """The files of the defect as they become. MutantError when a patch fits nowhere, or in several places."""
    texts: dict[Path, str] = {}
    for patch in mutant.patches:
        path = root / patch.file
        text = texts.get(path) or path.read_text(encoding="utf-8")
        if (count := text.count(patch.search)) != 1:
            raise MutantError(f"{patch.file} holds {count} times: {patch.search.splitlines()[0]}")
        texts[path] = text.replace(patch.search, patch.replace)
    return texts


def copy_project(folder: Path) -> None:
    """Everything that git knows or would know, with the trained models; the environments are links."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (source := ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    for name in SHARED:
        if (ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to((ROOT / name).resolve())
    for name in ("models", ".rasa"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)


class Laboratory:
    """A copy of the project in which defects come and go."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self._folder = folder
        self._at_once = at_once
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DAOZHANG_")},
            # Compiled files are known by the second and the size of their source, which a defect may share.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._stops = "--stop-at-first" in self._call("qa", "run", "--help").stdout

    def try_out(self, mutant: Mutant, quick: bool) -> Verdict:
        """Play with the defect and take it back; never raises for what is wrong with it."""
        started = time.monotonic()
        before: dict[Path, str] = {}
        try:
            for path, text in patched(mutant, self._folder).items():
                before[path] = path.read_text(encoding="utf-8")
                path.write_text(text, encoding="utf-8")
            self._train()
            by = self.play(mutant.scripts) or ("" if quick else self.play(()))
            return Verdict(mutant.name, by, seconds=time.monotonic() - started)
        except (MutantError, subprocess.TimeoutExpired) as error:
            return Verdict(mutant.name, error=str(error), seconds=time.monotonic() - started)
        finally:
            for path, text in before.items():
                path.write_text(text, encoding="utf-8")

    def play(self, scripts: Sequence[str]) -> str:
        """The first script that fails, "" when all pass. MutantError when they could not be played."""
        options = ["--at-once", str(self._at_once), *(["--stop-at-first"] if self._stops else [])]
        done = self._call("qa", "run", *options, *scripts)
        failed = FAILED.search(done.stdout)
        if done.returncode == 0:
            return ""
        # A crash of the command itself ends with 1, too.
        if done.returncode == 1 and failed:
            return failed[1]
        raise MutantError(f"exit code {done.returncode}: {_tail(done.stderr or done.stdout)}")

    def _train(self) -> None:
        """A model for the dialog as it is now; Rasa trains anew only what changed."""
        if model_path(self._folder).exists():
            return
        kept = ROOT / "models" / model_path(self._folder).name
        if kept.exists():  # the command keeps a few models only
            shutil.copy2(kept, model_path(self._folder))
            return
        done = self._call("train")
        if done.returncode:
            raise MutantError(f"no model: {_tail(done.stderr or done.stdout)}")

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [str(self._folder / ".venv/bin/python"), "-m", "bot", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(argv, cwd=self._folder, env=self._environment, text=True, **pipes) as process:  # noqa: S603
            try:
                out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)  # so that it stops its helpdesk
                out, err = process.communicate()
                raise
            return subprocess.CompletedProcess(argv, process.returncode, out, err)


def _tail(text: str) -> str:
    return " / ".join(text.strip().splitlines()[-3:]) or "nothing was said"


def table_of(verdicts: Sequence[Verdict]) -> str:
    """One line for each defect, and the count."""
    width = max(len(each.name) for each in verdicts)
    lines = [f"{each.name:<{width}}  {outcome_of(each)}  ({each.seconds:.0f} s)" for each in verdicts]
    errors = sum(bool(each.error) for each in verdicts)
    caught = f"{sum(each.caught for each in verdicts)} of {len(verdicts)} defects were caught"
    return "\n".join([*lines, "", caught + (f", {errors} could not be tried" if errors else "")])


def outcome_of(verdict: Verdict) -> str:
    if verdict.error:
        return f"ERROR     {verdict.error}"
    return f"caught by {verdict.by}" if verdict.caught else "SURVIVED"


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """Whether enough were caught."""
    if any(each.error for each in verdicts):
        return 2
    return 0 if sum(each.caught for each in verdicts) >= SHARE * len(verdicts) else 1


def chosen(mutants: Sequence[Mutant], wanted: Sequence[str]) -> list[Mutant]:
    """Those whose name holds one of these texts; all when none is given. MutantError when a text fits none."""
    for text in wanted:
        if not any(text in each.name for each in mutants):
            raise MutantError(f"no defect has {text!r} in its name")
    return [each for each in mutants if not wanted or any(text in each.name for text in wanted)]


def scripts_of(mutants: Sequence[Mutant]) -> Iterator[str]:
    """Every place that is named, once."""
    yield from dict.fromkeys(place for each in mutants for place in each.scripts)


def run(mutants: Sequence[Mutant], at_once: int, quick: bool) -> list[Verdict]:
    """Try them in a copy that is removed afterwards. MutantError when scripts fail without any defect."""
    with tempfile.TemporaryDirectory(prefix="daozhang-mutants-") as folder:
        copy_project(Path(folder))
        laboratory = Laboratory(Path(folder), at_once)
        print("without a defect …", flush=True)
        if failed := laboratory.play(tuple(scripts_of(mutants)) if quick else ()):
            raise MutantError(f"{failed} fails without any defect")
        verdicts = []
        for each in mutants:
            verdicts.append(laboratory.try_out(each, quick))
            print(f"{each.name}: {outcome_of(verdicts[-1])}", flush=True)
    return verdicts


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutants", description="Do the conversation tests find defects?"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only defects with this text in their name")
    parser.add_argument("--quick", action="store_true", help="play only the scripts that a defect names")
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="conversations at a time (default 4)")
    parser.add_argument("--list", action="store_true", help="only show the defects")
    found = parser.parse_args(argv)
    try:
        mutants = chosen(load_mutants(), found.names)
        if found.list:
            print("\n".join(f"{each.name}  ({', '.join(each.scripts)})" for each in mutants))
            return 0
        verdicts = run(mutants, found.at_once, found.quick)
    except MutantError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print("\n" + table_of(verdicts))
    return exit_code(verdicts)


if __name__ == "__main__":
    sys.exit(main())
