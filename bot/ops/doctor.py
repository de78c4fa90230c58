"""`python -m bot doctor`: look at everything, say what to do; 1 if something has failed."""

from collections.abc import Iterator, Sequence

from bot.ops.checks import (
    Finding,
    check_disk,
    check_environments,
    check_events,
    check_model,
    check_ports_and_processes,
    check_settings,
    check_tools,
    check_web,
)
from bot.ops.databases import check_databases
from bot.ops.problems import load_settings
from bot.ops.steps import Problem


def main(argv: Sequence[str]) -> int:
    """Print one line per finding; returns the exit code."""
    found = []
    for finding in findings():
        print(finding, flush=True)  # noqa: T201
        found.append(finding.level)
    failed, warned = found.count("fail"), found.count("warn")
    print(f"\n{failed} failed, {warned} to look at, {len(found) - failed - warned} ok")  # noqa: T201
    return 1 if failed else 0


def findings() -> Iterator[Finding]:
    """Everything, in the order in which a person would put it right."""
    yield from check_tools()
    yield from check_environments()
    try:
        settings = load_settings()
    except Problem as problem:
        yield Finding("fail", "settings", str(problem), "see .env.example")
        return
    yield from check_settings(settings)
    yield from check_disk(settings)
    yield from check_web()
    yield from check_model()
    yield from check_databases(settings)
    yield from check_ports_and_processes(settings)
    yield from check_events(settings)
