"""The report of a run as one page that needs nothing else (pure)."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bot.qa.coverage import NEEDED, Part, percent_of
from bot.qa.result import PlayedTurn, Result

if TYPE_CHECKING:
    from bot.qa.report_files import Report

HERE = Path(__file__).parent


def page_of(report: "Report") -> str:
    """Counts, coverage with what is missing, and every conversation; failures first and open."""
    failed = len(report.failed)
    style = (HERE / "report.css").read_text(encoding="utf-8")
    script = (HERE / "report.js").read_text(encoding="utf-8")
    state = "failed" if failed else "passed"
    shown = sorted(report.results, key=lambda each: each.passed)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{len(shown) - failed} of {len(shown)} conversations passed</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>Conversation tests</h1>
<p class="counts {state}"><strong>{len(shown) - failed}</strong> passed, <strong>{failed}</strong> failed</p>
<p class="quiet">{report.seconds:.0f} s · {escape(report.model)} · \
<time datetime="{report.at.isoformat(timespec="seconds")}">{report.at:%Y-%m-%d %H:%M} UTC</time></p>
</header>
<main>
<section aria-labelledby="coverage">
<h2 id="coverage">Coverage</h2>
{"".join(_part(each) for each in report.coverage.parts)}
{_faults(report.coverage.faults)}
</section>
<section aria-labelledby="conversations">
<h2 id="conversations">Conversations</h2>
<form class="filter" role="search" hidden>
<label><input type="radio" name="state" value="all" checked> all {len(shown)}</label>
<label><input type="radio" name="state" value="failed"> failed {failed}</label>
<label class="search">name, file or sentence <input type="search" name="words"></label>
<output aria-live="polite"></output>
</form>
{"".join(_conversation(each) for each in shown)}
</section>
</main>
<script>
{script}</script>
</body>
</html>
"""


def _part(part: Part) -> str:
    """A line with a bar; inside, the names that are missing and those that none can reach."""
    percent, count = percent_of(part), len(part.reached) + len(part.missing)
    needed = ' <span class="quiet">needed</span>' if part.name in NEEDED else ""
    summary = (
        f'<span class="part">{escape(part.name)}{needed}</span>'
        f'<meter min="0" max="100" low="80" high="95" optimum="100" value="{percent:.1f}">{percent:.1f} %</meter>'
        f'<span class="percent">{percent:.1f} %</span>'
        f'<span class="quiet">{len(part.reached)} of {count}</span>'
    )
    missing = _names("missing", part.missing) if part.missing else "<p>Nothing is missing.</p>"
    reasons: dict[str, list[str]] = {}
    for name, reason in part.excepted.items():
        reasons.setdefault(reason, []).append(name)
    excepted = "".join(_names(f"not counted: {reason}", names) for reason, names in reasons.items())
    return f'<details class="coverage"><summary>{summary}</summary>{missing}{excepted}</details>\n'


def _names(title: str, names: Iterable[str]) -> str:
    items = "".join(f"<li><code>{escape(each)}</code></li>" for each in names)
    return f'<h3>{escape(title)}</h3><ul class="names">{items}</ul>'


def _faults(faults: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(each)}</li>" for each in faults)
    return f'<div class="failure"><h3>wrong in the lists</h3><ul>{items}</ul></div>' if items else ""


def _conversation(result: Result) -> str:
    state, opened = ("passed", "") if result.passed else ("failed", " open")
    script = result.script
    line = script.line if result.passed else result.line
    failure = ""
    if not result.passed:
        lines = "".join(f'<span class="{_kind(each)}">{escape(each)}</span>\n' for each in result.failure)
        failure = (
            f'<div class="failure"><p>line {result.line}: <span class="quiet">- missing, + too much</span></p>'
            f"<pre>{lines}</pre></div>"
        )
    turns = "".join(_turn(each, failed=not result.passed and each.line == result.line) for each in result.turns)
    return (
        f'<details class="conversation {state}"{opened}><summary><span class="mark">{state}</span>'
        f'<span class="name">{escape(script.name)}</span>'
        f'<span class="quiet">{escape(script.file)}:{line} · {result.seconds:.1f} s</span></summary>'
        f'{failure}<ol class="turns" lang="{script.language}">{turns}</ol></details>\n'
    )


def _kind(line: str) -> str:
    return {"- ": "missing", "+ ": "toomuch"}.get(line[:2], "same")


def _turn(turn: PlayedTurn, *, failed: bool) -> str:
    """What the customer did, and the answers."""
    who = {"customer": "customer", "arrival": "note"}.get(turn.who, "note")
    said = turn.said or "the customer opens the chat"
    seconds = f" · {turn.seconds:.1f} s" if turn.seconds else ""
    state = " broken" if failed else ""
    bubbles = [f'<li class="{who}{state}"><p>{_text(said)}</p><small>line {turn.line}{seconds}</small></li>']
    bubbles += [
        f'<li class="bot"><small><code>{escape(name)}</code></small><p>{_text(text)}</p></li>'
        for name, text in zip(turn.names, turn.texts, strict=True)
    ]
    return "".join(bubbles)


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")
