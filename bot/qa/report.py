"""What a run of conversation tests prints (pure)."""

from collections.abc import Sequence

from bot.qa.result import Result


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
