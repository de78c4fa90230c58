"""`python -m bot qa …`: conversation tests on a helpdesk of their own."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.ops.stack import StackError
from bot.ops.train import train
from bot.qa.bench import CannotRunError, find_model
from bot.qa.compare import compare
from bot.qa.coverage_names import load_names
from bot.qa.ending import end_in_order
from bot.qa.model import ScriptInvalidError
from bot.qa.running import Run, play
from bot.qa.schema import reference_text, schema_text
from bot.qa.scripts import find_scripts, load_vocabulary
from bot.qa.terminal import Terminal
from bot.qa.watch import Watch
from bot.settings import ROOT

FOLDER = ROOT / "var" / "qa"

# Commands with a module of their own.
TOOLS = {
    "record": ("bot.qa.record", "make a script from a real conversation"),
    "chat": ("bot.qa.chat", "talk to the bot here and see what it thinks"),
    "rasa": ("bot.qa.rasa_checks", "Rasa's own checks of data and stories"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every script passed, 1 when one failed or too little was covered, 2 when nothing could be played."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in TOOLS:
        return int(importlib.import_module(TOOLS[given[0]][0]).main(given[1:]))
    found = parser().parse_args(given)
    end_in_order()
    try:
        return {"run": _run, "compare": _compare, "schema": _schema}[found.command](found)
    except (ScriptInvalidError, CannotRunError, StackError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m bot qa", description="Conversation tests.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="play scripts on the four real processes")
    _add_common(run)
    run.add_argument("--model", type=_model, help="another trained model than that of the present dialog")
    run.add_argument("--stop-at-first", action="store_true", help="end at the first failure")
    run.add_argument("--repeat", type=_count, default=1, metavar="N", help="play each N times; a flake fails")
    run.add_argument("--need", type=float, metavar="PERCENT", help="fail below this coverage")
    for name in ("junit", "json", "html"):
        run.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"the {name} report goes here")
    run.add_argument("--reports", type=Path, default=FOLDER, metavar="FOLDER", help="reports go here (var/qa)")
    run.add_argument("--no-reports", action="store_true", help="only the reports that are named")
    run.add_argument("--watch", action="store_true", help="play again whenever something changes")
    compare_them = commands.add_parser("compare", help="play the same scripts on two models: 1 when they differ")
    compare_them.add_argument("first", type=_model, metavar="MODEL_A")
    compare_them.add_argument("second", type=_model, metavar="MODEL_B")
    _add_common(compare_them)
    schema = commands.add_parser("schema", help="print the JSON Schema of scripts, for editors")
    schema.add_argument("--reference", action="store_true", help="print the tables of the document instead")
    for name, (_, summary) in TOOLS.items():
        commands.add_parser(name, help=summary, add_help=False)
    return made


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("places", nargs="*", metavar="path[::name]", help="default: all of tests/conversations")
    command.add_argument("--at-once", type=_count, default=10, metavar="N", help="conversations at a time (default 10)")
    command.add_argument("--quiet", action="store_true", help="only failures and the end")


def _run(found: argparse.Namespace) -> int:
    files = {} if found.no_reports else {
        "junit": found.reports / "junit.xml",
        "json": found.reports / "report.json",
        "html": found.reports / "report.html",
    }  # fmt: skip
    files |= {name: getattr(found, name) for name in ("junit", "json", "html") if getattr(found, name)}

    def load(model: Path) -> Run:
        return Run(
            scripts=find_scripts(found.places, load_vocabulary()),
            model=model,
            at_once=found.at_once,
            names=load_names(),
            repeat=found.repeat,
            stop_at_first=found.stop_at_first,
            need=found.need,
            # Of some scripts it says little; the reports have it all the same.
            shows_coverage=not found.places or found.need is not None,
            files=files,
        )

    terminal = Terminal(quiet=found.quiet)
    if found.watch:
        places = [Path(each.partition("::")[0]) for each in found.places]
        Watch(load, terminal, places, (lambda: found.model) if found.model else train).run()
    return play(load(found.model or find_model()), terminal)


def _compare(found: argparse.Namespace) -> int:
    scripts = find_scripts(found.places, load_vocabulary())
    run = Run(scripts=scripts, model=found.first, at_once=found.at_once, names=load_names())
    return compare(run, (found.first, found.second), Terminal(quiet=found.quiet))


def _schema(found: argparse.Namespace) -> int:
    sys.stdout.write(reference_text() if found.reference else schema_text(load_vocabulary()))
    return 0


def _model(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no model {text}")
    return path


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
