"""One run of scripts from the start of the helpdesk to the reports."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.ops.stack import Stack
from bot.qa.bench import own_helpdesk, run_scripts
from bot.qa.coverage import Coverage, Names, below, coverage_of
from bot.qa.flakes import flakes_of
from bot.qa.model import Script
from bot.qa.report import coverage_lines, fault_lines, flake_lines, summary_of
from bot.qa.report_files import Report, write_reports
from bot.qa.result import Result
from bot.qa.terminal import Terminal


@dataclass(frozen=True)
class Run:
    """What is to be played, and what becomes of the results; `files` are places by kind: junit, json, html."""

    scripts: Sequence[Script]
    model: Path
    names: Names
    at_once: int = 8
    repeat: int = 1
    stop_at_first: bool = False
    need: float | None = None
    shows_coverage: bool = True
    files: Mapping[str, Path] = field(default_factory=dict)


def play(run: Run, terminal: Terminal) -> int:
    """Start a helpdesk, play, report, stop it whatever happens; the exit code."""
    started = time.monotonic()
    terminal.note(f"starting the four processes with {run.model.name} …")
    with own_helpdesk(run.model) as stack:
        results = play_on(stack, run, terminal)
    seconds = time.monotonic() - started
    return conclude(run, results, seconds, terminal)


def play_on(stack: Stack, run: Run, terminal: Terminal) -> list[Result]:
    """Play on a helpdesk that is running."""
    scripts = list(run.scripts) * run.repeat
    terminal.note(f"playing {len(scripts)} scripts, {run.at_once} at a time …")
    terminal.begin(len(scripts))
    playing = run_scripts(stack.settings, scripts, run.at_once, terminal.show, stack, stop_at_first=run.stop_at_first)
    return asyncio.run(playing)


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
