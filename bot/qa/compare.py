"""The same scripts on two models: what was understood, said and passed differently."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from bot.qa.bench import own_helpdesks
from bot.qa.result import Result
from bot.qa.running import Run, play_on
from bot.qa.terminal import Terminal


@dataclass(frozen=True)
class Difference:
    """One thing that the two models did differently; `at` is the message or line, `what` intent, answer or result."""

    place: str
    at: str
    what: str
    first: str
    second: str


def compare(run: Run, models: tuple[Path, Path], terminal: Terminal) -> int:
    """Play on one after the other and show the differences: 0 when there are none, else 1."""
    played: list[list[Result]] = []
    for model in models:
        terminal.note(f"starting the four processes with {model.name} …")
        with own_helpdesks(model, 1) as stacks:
            played.append(play_on(stacks, replace(run, model=model), terminal))
    found = differences(*played)
    terminal.say("")
    for model, results in zip(models, played, strict=True):
        terminal.say(f"{model.name}: {sum(each.passed for each in results)} of {len(results)} passed")
    rows = [(each.place, each.at, each.what, each.first, each.second) for each in found]
    if rows:
        terminal.table(("script", "at", "what", *(each.name for each in models)), rows)
    terminal.say(f"{len(found)} differences" if found else "no difference")
    return int(bool(found))


def differences(first: Sequence[Result], second: Sequence[Result]) -> list[Difference]:
    """All of them (pure). A script that failed was played up to there only; what comes after is not compared."""
    by_place = {each.script.place: each for each in second}
    found: list[Difference] = []
    for one in first:
        other = by_place.get(one.script.place)
        if other:
            found += _of_script(one, other)
    return found


def _of_script(one: Result, other: Result) -> list[Difference]:
    place = one.script.place
    found: list[Difference] = []
    if one.passed != other.passed:
        found.append(Difference(place, "-", "result", _outcome(one), _outcome(other)))
    for before, now in zip(_understood(one), _understood(other), strict=False):
        if before[1] != now[1]:
            found.append(Difference(place, before[0], "intent", before[1], now[1]))
    for turn, its in zip(one.turns, other.turns, strict=False):
        for said, instead in zip_longest(turn.names, its.names, fillvalue="-"):
            if said != instead:
                found.append(Difference(place, f"line {turn.line}", "answer", said, instead))
    return found


def _outcome(result: Result) -> str:
    return "passed" if result.passed else f"failed at line {result.line}"


def _understood(result: Result) -> list[tuple[str, str]]:
    """Each message that Rasa got, and what it took it for."""
    return [
        (str(event.get("text") or ""), str(((event.get("parse_data") or {}).get("intent") or {}).get("name")))
        for tracker in result.trackers
        for event in tracker.get("events") or ()
        if event.get("event") == "user"
    ]
