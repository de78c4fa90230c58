"""`python -m bot qa run [path[::name] …]`: play conversation tests on a helpdesk of their own."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.ops.stack import StackError
from bot.qa.bench import CannotRunError, bench_settings, find_model, run_scripts, start_stack
from bot.qa.model import Script, ScriptInvalidError
from bot.qa.report import line_of, summary_of
from bot.qa.result import Result
from bot.qa.scripts import find_scripts, load_vocabulary


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every script passed, 1 when one failed, 2 when nothing could be played."""
    parser = argparse.ArgumentParser(prog="python -m bot qa", description="Conversation tests.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="play scripts on the four real processes")
    run.add_argument("places", nargs="*", metavar="path[::name]", help="default: all of tests/conversations")
    run.add_argument("--at-once", type=int, default=4, metavar="N", help="conversations at a time (default 4)")
    run.add_argument("--model", type=Path, help="another trained model than that of the present dialog")
    found = parser.parse_args(argv)
    try:
        scripts = find_scripts(found.places, load_vocabulary())
        return run_all(scripts, found.model or find_model(), max(1, found.at_once))
    except (ScriptInvalidError, CannotRunError, StackError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2


def run_all(scripts: Sequence[Script], model: Path, at_once: int) -> int:
    """Start the helpdesk, play, print and stop it whatever happens."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daozhang-qa-") as folder:
        settings = bench_settings(Path(folder))
        _say(f"starting the four processes with {model.name} …")
        stack = start_stack(settings, model)
        try:
            _say(f"playing {len(scripts)} scripts, {at_once} at a time …")
            results = asyncio.run(run_scripts(settings, scripts, at_once, _show))
        finally:
            stack.stop()
    _say("\n" + summary_of(results, time.monotonic() - started))
    return 0 if all(each.passed for each in results) else 1


def _show(result: Result) -> None:
    _say(line_of(result))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
