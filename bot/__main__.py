"""`python -m bot COMMAND`: the processes of the helpdesk and the tools around them."""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

# Each command's module is imported only when it is asked for: `doctor` must work where another part is broken.
SERVERS = {
    "backend": "bot.backend.app",
    "actions": "bot.actions.server",
    "gateway": "bot.gateway.app",
}
TOOLS = {
    "run": ("bot.ops.run", "set up what is missing and run everything"),
    "train": ("bot.ops.train", "train the dialog model if its inputs changed"),
    "doctor": ("bot.ops.doctor", "check this installation and say what to do"),
    "accounts": ("bot.gateway.accounts.command", "who may work at the desk, and what they looked at"),
    "evidence": ("bot.backend.evidence.command", "read pictures of payments, delete old ones"),
    "events": ("bot.backend.events.command", "list what the gateway has not taken yet, try it again"),
    "incidents": ("bot.backend.incidents.command", "list, open and close incidents"),
    "tickets": ("bot.backend.tickets.command", "see the tickets of the running backend and work on them"),
    "bench": ("bot.qa.desk_bench", "measure the desk in a small and in a large shop"),
    "qa": ("bot.qa.main", "play the conversation tests"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show Chinese must not stop us
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(prog="python -m bot", description="到账 DaoZhang, a support helpdesk.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, summary) in TOOLS.items():
        commands.add_parser(name, help=summary, add_help=False)
    for name in SERVERS:
        commands.add_parser(name, help=f"run the {name} process alone, in the foreground")
    found, rest = parser.parse_known_args(argv)
    if found.command in TOOLS:
        return _run_tool(TOOLS[found.command][0], rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")

    from bot.ops.problems import load_settings
    from bot.ops.steps import Problem

    try:
        settings = load_settings()
    except Problem as problem:
        print(f"daozhang: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    importlib.import_module(SERVERS[found.command]).main(settings)
    return 0


def _run_tool(module: str, rest: Sequence[str]) -> int:
    """A command's exit code; bad settings are told in one line."""
    try:
        return int(importlib.import_module(module).main(rest) or 0)
    except ValueError as error:
        from bot.ops.problems import problem_from

        print(f"daozhang: {problem_from(error)}", file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
