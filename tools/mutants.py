"""Do the conversation tests find defects? `python -m tools.mutants [NAME …]`

Puts each defect of mutants.yml into a copy of the project, alone, and plays scripts there: the ones it names, and all
others if those pass. It is caught when a script fails. 0 when at least 24 of 25 are caught, 1 when fewer are, 2 when
something could not be tried. The copy is made here; tools/laboratory.py tries the defects in there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.ops.train import model_path
from bot.qa.ending import end_in_order
from bot.settings import ROOT

LIST = Path(__file__).with_suffix(".yml")
SHARE = 24 / 25
SHARED = (".venv", ".venv-rasa", ".tools")  # environments, which no defect touches


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
    """One defect; `scripts` are those that should find it, `spoils` says that it leaves something behind."""

    name: str
    scripts: tuple[str, ...]
    patches: tuple[Patch, ...]
    spoils: bool = False


@dataclass(frozen=True)
class Verdict:
    """What became of a defect; `by` is the script that failed, `why` how, `error` why nothing could be played."""

    name: str
    by: str = ""
    why: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        return bool(self.by)


def load_mutants(path: Path = LIST) -> list[Mutant]:
    """Those of the list."""
    return [
        Mutant(
            each["name"],
            tuple(each["scripts"]),
            tuple(Patch(**patch) for patch in each["patches"]),
            each.get("spoils", False),
        )
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
    """Everything that git knows or would know, with the trained model; the environments are links."""
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
    if (model := model_path(ROOT)).exists():
        (folder / "models").mkdir(exist_ok=True)
        shutil.copy2(model, folder / "models")
    if (ROOT / ".rasa").is_dir():
        shutil.copytree(ROOT / ".rasa", folder / ".rasa", dirs_exist_ok=True)


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


def run_in_copy(arguments: Sequence[str]) -> int:
    """Try them in a copy that is removed afterwards; the exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAOZHANG_")}
    # Compiled files are known by the second and the size of their source, which a defect may share.
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    with tempfile.TemporaryDirectory(prefix="daozhang-mutants-") as folder:
        copy_project(Path(folder))
        argv = [str(Path(folder) / ".venv/bin/python"), "-m", "tools.laboratory", *arguments]
        with subprocess.Popen(argv, cwd=folder, env=environment) as process:  # noqa: S603
            try:
                return process.wait()
            except BaseException:
                process.terminate()  # it stops its helpdesk
                raise


def parser() -> argparse.ArgumentParser:
    """The command line, here and in the copy."""
    made = argparse.ArgumentParser(
        prog="python -m tools.mutants", description="Do the conversation tests find defects?"
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="only defects with this text in their name")
    made.add_argument("--quick", action="store_true", help="play only the scripts that a defect names")
    made.add_argument("--at-once", type=int, default=4, metavar="N", help="conversations at a time (default 4)")
    made.add_argument("--list", action="store_true", help="only show the defects")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if argv is None else list(argv)
    found = parser().parse_args(arguments)
    try:
        mutants = chosen(load_mutants(), found.names)
    except MutantError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    if found.list:
        print("\n".join(f"{each.name}  ({', '.join(each.scripts)})" for each in mutants))
        return 0
    end_in_order()
    return run_in_copy(arguments)


if __name__ == "__main__":
    sys.exit(main())
