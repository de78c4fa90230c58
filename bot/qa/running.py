"""One run of scripts from the start of the helpdesk to the reports."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.ops.stack import Stack
from bot.qa.bench import own_helpdesks, run_scripts
from bot.qa.coverage import Coverage, Names, below, coverage_of
from bot.qa.flakes import flakes_of
from bot.qa.model import Script
from bot.qa.report import coverage_lines, fault_lines, flake_lines, summary_of
from bot.qa.report_files import Report, write_reports
from bot.qa.result import Result
from bot.qa.terminal import Terminal

# From so many scripts on, a second helpdesk costs less than it saves.
FEWEST_ALONE, FEWEST_OTHERS = 3, 20


@dataclass(frozen=True)
class Run:
    """What is to be played, and what becomes of the results; `files` are places by kind: junit, json, html."""

    scripts: Sequence[Script]
    model: Path
    names: Names
    at_once: int = 10
    repeat: int = 1
    stop_at_first: bool = False
    need: float | None = None
    shows_coverage: bool = True
    files: Mapping[str, Path] = field(default_factory=dict)


def play(run: Run, terminal: Terminal) -> int:
    """Start a helpdesk, play, report, stop it whatever happens; the exit code."""
    started = time.monotonic()
    terminal.note(f"starting the four processes with {run.model.name} …")
    with own_helpdesks(run.model, 2 if wants_two(run) else 1) as stacks:
        results = play_on(stacks, run, terminal)
    seconds = time.monotonic() - started
    return conclude(run, results, seconds, terminal)


def wants_two(run: Run) -> bool:
    """Whether the scripts that are played one by one have a helpdesk of their own, and so a time of their own.

    They wait most of their time, so they cost little beside the others; after them they would make every run longer.
    """
    alone = sum(each.alone for each in run.scripts) * run.repeat
    return not run.stop_at_first and alone >= FEWEST_ALONE and len(run.scripts) * run.repeat - alone >= FEWEST_OTHERS


def play_on(stacks: Sequence[Stack], run: Run, terminal: Terminal) -> list[Result]:
    """Play on helpdesks that are running; a second one takes the scripts that are played one by one."""
    scripts = list(run.scripts) * run.repeat
    terminal.note(f"playing {len(scripts)} scripts, {run.at_once} at a time …")
    terminal.begin(len(scripts))
    shares = [scripts]
    if len(stacks) > 1:
        shares = [[each for each in scripts if each.alone is alone] for alone in (False, True)]

    async def play_shares() -> list[list[Result]]:
        plays = [
            run_scripts(stack.settings, share, run.at_once, terminal.show, stack, stop_at_first=run.stop_at_first)
            for stack, share in zip(stacks, shares, strict=True)
        ]
        return await asyncio.gather(*plays)

    return [each for results in asyncio.run(play_shares()) for each in results]


def conclude(run: Run, results: Sequence[Result], seconds: float, terminal: Terminal) -> int:
    """Say and write what came of it; the exit code."""
    coverage = coverage_of(results, run.names)
    failed = any(not each.passed for each in results)
    flaky = run.repeat > 1 and any(each.is_flake for each in flakes_of(results))
    terminal.say("")
    terminal.say_all(coverage_lines(coverage) if run.shows_coverage else fault_lines(coverage))
    report = Report(tuple(results), coverage, seconds, run.model.name, datetime.now(UTC))
    for place in write_reports(report, run.files):
        terminal.note(f"  {place}")
    if run.repeat > 1:
        terminal.say_all(flake_lines(results))
    lacking = _lacking(coverage, run.need)
    terminal.say_all(lacking)
    terminal.say("\n" + summary_of(results, seconds), style="red" if failed or flaky else "green")
    return int(failed or bool(lacking))


def _lacking(coverage: Coverage, need: float | None) -> list[str]:
    if need is None:
        return []
    parts = [f"{name} are covered by less than {need:g} %" for name in below(coverage, need)]
    return parts + list(coverage.faults)
