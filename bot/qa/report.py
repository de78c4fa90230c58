"""What a run of conversation tests says in words (pure)."""

from collections.abc import Sequence

from bot.qa.coverage import Coverage, percent_of
from bot.qa.flakes import flakes_of
from bot.qa.result import Result

MOST_NAMES = 12


def line_of(result: Result) -> str:
    """The one line that each script gets as soon as it is over."""
    mark = "ok    " if result.passed else "FAILED"
    return f"{mark} {result.script.place} ({result.seconds:.1f} s)"


def failure_of(result: Result) -> str:
    """Where it failed, expected against actual, and the conversation so far."""
    return "\n".join(
        (
            f"{result.script.file}:{result.line}: {result.script.name}",
            *(f"    {each}" for each in ("  as expected, - missing, + too much:", *result.failure)),
            "  the conversation:",
            *(f"    {each}" for each in result.transcript),
        )
    )


def summary_of(results: Sequence[Result], seconds: float) -> str:
    """The failures in full and the count; `seconds` is how long the whole run took."""
    failed = [each for each in results if not each.passed]
    parts = [failure_of(each) for each in failed]
    parts.append(f"{len(results) - len(failed)} passed, {len(failed)} failed in {seconds:.0f} s")
    return "\n\n".join(parts)


def coverage_lines(coverage: Coverage) -> list[str]:
    """One line for each part, the first missing names, and what is wrong with the lists."""
    lines = ["coverage of these scripts:"]
    for part in coverage.parts:
        reached, count = len(part.reached), len(part.reached) + len(part.missing)
        excepted = f", {len(part.excepted)} excepted" if part.excepted else ""
        lines.append(f"  {part.name:<20} {percent_of(part):5.1f} %  {reached} of {count}{excepted}")
        if part.missing:
            rest = len(part.missing) - MOST_NAMES
            more = f" and {rest} more" if rest > 0 else ""
            lines.append(f"    missing: {', '.join(part.missing[:MOST_NAMES])}{more}")
    return lines + fault_lines(coverage)


def fault_lines(coverage: Coverage) -> list[str]:
    """What is wrong with the lists of what can be covered."""
    return [f"  WRONG: {each}" for each in coverage.faults]


def flake_lines(results: Sequence[Result]) -> list[str]:
    """How often each script passed that did not do so every time, and the rate in all."""
    found = flakes_of(results)
    lines = [
        f"{'flake ' if each.is_flake else 'broken'} {each.place}: passed {each.passed} of {each.played}"
        for each in found
        if each.passed < each.played
    ]
    flaky = sum(each.is_flake for each in found)
    return [*lines, f"flake rate {flaky / len(found):.1%}: {flaky} of {len(found)} scripts, {len(results)} plays"]
