"""What a report counts: conversations, waits for a human and what the backend says of the cases. Pure rules."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.gateway.reports.history import Case, History, Kind, Move, day_of

CAUSES = ("C1", "C2", "C3", "C4", "C0", "C?")


@dataclass(frozen=True)
class Span:
    """A wait or a solution: the day it counts for and how long it took."""

    day: date
    seconds: int


def report_of(history: History) -> dict[str, Any]:
    """The whole report. Spans are in seconds; what only the backend knows is null without it."""
    return {
        "volume": _volume(history),
        "first_response": spans_summary(list(waits(history)), history.range.days) | {"unanswered": unanswered(history)},
        "resolution": spans_summary(list(solutions(history)), history.range.days),
        "containment": containment(history),
        "reasons": _counted((each.reason or "other" for each in handoffs(history)), "reason"),
        "causes": None if history.cases is None else _causes(history.cases),
        "sla": None if history.cases is None else sla(history.cases),
        "csat": None if history.cases is None else csat(scores_of(history)),
        "by_channel": _by_channel(history),
        "by_product": None if history.cases is None else _by_product(history),
    }


def handoffs(history: History) -> list[Move]:
    """Those of the range: a customer began to wait for a human."""
    return [each for each in history.moves if each.kind is Kind.HANDOFF and history.range.holds(each.at)]


def waits(history: History) -> Iterator[Span]:
    """From each handoff of the range to the first words of a human, unless the wait ended without any."""
    for began, answered in _waits_of(history):
        if answered:
            yield Span(day_of(began), _seconds(began, answered))


def unanswered(history: History) -> int:
    """Waits of the range that ended without the words of a human, or still go on."""
    return sum(answered is None for _, answered in _waits_of(history))


def _waits_of(history: History) -> Iterator[tuple[datetime, datetime | None]]:
    """When each wait of the range began and when a human spoke."""
    for moves in _by_conversation(history.moves).values():
        for handoff, answered in _waits_in(moves):
            if history.range.holds(handoff.at):
                yield handoff.at, answered


def _waits_in(moves: Sequence[Move]) -> Iterator[tuple[Move, datetime | None]]:
    """Who is passed on before anybody wrote to them still waits, so that begins no new wait."""
    waiting: Move | None = None
    for move in moves:
        if waiting and waiting.answered_at and waiting.answered_at <= move.at:
            yield waiting, waiting.answered_at
            waiting = None
        if waiting and move.kind in (Kind.HAND_BACK, Kind.RESOLVE):
            yield waiting, None
            waiting = None
        elif waiting is None and move.kind is Kind.HANDOFF:
            waiting = move
    if waiting:
        yield waiting, waiting.answered_at


def solutions(history: History) -> Iterator[Span]:
    """From when a human was called or stepped in to when the case was resolved in the range."""
    for moves in _by_conversation(history.moves).values():
        began: datetime | None = None
        for move in moves:
            if move.kind in (Kind.HANDOFF, Kind.CLAIM):
                began = began or move.at
            elif move.kind is Kind.RESOLVE:
                if began and history.range.holds(move.at):
                    yield Span(day_of(move.at), _seconds(began, move.at))
                began = None


def _by_conversation(moves: Iterable[Move]) -> Mapping[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for move in sorted(moves, key=lambda each: each.at):
        found[move.conversation_id].append(move)
    return found


def _seconds(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds()))


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many percent do not exceed (nearest rank); None without any."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)] if values else None


def spans_summary(spans: Sequence[Span], days: Sequence[date]) -> dict[str, Any]:
    """Median and ninth decile, over all and for each day."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for span in spans:
        by_day[span.day].append(span.seconds)
    return {
        **_percentiles([each.seconds for each in spans]),
        "by_day": [{"day": day.isoformat(), **_percentiles(by_day[day])} for day in days],
    }


def _percentiles(seconds: Sequence[int]) -> dict[str, Any]:
    return {"p50": percentile(seconds, 50), "p90": percentile(seconds, 90), "count": len(seconds)}


def containment(history: History) -> dict[str, Any]:
    """Which conversations of the range the bot led alone; the share is null without conversations."""
    called = {each.conversation_id for each in history.moves if each.kind in (Kind.HANDOFF, Kind.CLAIM)}
    handed_off = sum(each.conversation_id in called for each in history.talks)
    bot_only = len(history.talks) - handed_off
    return {"bot_only": bot_only, "handed_off": handed_off, "share": share(bot_only, len(history.talks))}


def sla(cases: Sequence[Case]) -> dict[str, Any]:
    """Promises to answer; what is not due yet is neither kept nor broken."""
    found = Counter(each.promise for each in cases)
    kept, broken = found["kept"], found["broken"]
    return {"kept": kept, "broken": broken, "open": found["open"], "share": share(kept, kept + broken)}


def scores_of(history: History) -> list[int]:
    """What customers gave for their cases, and for conversations that no rated case belongs to."""
    cases = [each for each in history.cases or () if each.score is not None]
    rated = {each.conversation_id for each in cases}
    talks = [each.score for each in history.talks if each.conversation_id not in rated]
    return [score for score in (*(each.score for each in cases), *talks) if score is not None]


def csat(scores: Sequence[int]) -> dict[str, Any]:
    """How content customers are."""
    counts = Counter(scores)
    mean = round(sum(scores) / len(scores), 2) if scores else None
    by_score = [{"score": score, "count": counts[score]} for score in range(1, 6)]
    return {"mean": mean, "count": len(scores), "by_score": by_score}


def share(part: int, whole: int) -> float | None:
    """To three places; None of nothing."""
    return round(part / whole, 3) if whole else None


def _volume(history: History) -> list[dict[str, Any]]:
    resolved = [each for each in history.moves if each.kind is Kind.RESOLVE and history.range.holds(each.at)]
    per_day = {
        "conversations": Counter(day_of(each.created_at) for each in history.talks),
        "handoffs": Counter(day_of(each.at) for each in handoffs(history)),
        "resolved": Counter(day_of(each.at) for each in resolved),
    }
    return [
        {"day": day.isoformat(), **{name: counts[day] for name, counts in per_day.items()}}
        for day in history.range.days
    ]


def _counted(words: Iterable[str], name: str) -> list[dict[str, Any]]:
    """The most frequent first."""
    found = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    return [{name: word, "count": count} for word, count in found]


def _causes(cases: Sequence[Case]) -> list[dict[str, Any]]:
    counts = Counter(each.cause for each in cases)
    return [{"cause": cause, "count": counts[cause]} for cause in CAUSES]


def _by_channel(history: History) -> list[dict[str, Any]]:
    names = {each.channel for each in history.talks} | {each.channel for each in handoffs(history)}
    names |= {each.channel for each in history.cases or () if each.channel}
    return [{"channel": name, **_line(history.only(name, None))} for name in sorted(names)]


def _by_product(history: History) -> list[dict[str, Any]]:
    """What the backend does not know the product of is no line here."""
    names = {each.product for each in history.cases or () if each.product}
    return [{"product": name, **_line(history.only(None, name))} for name in sorted(names)]


def _line(history: History) -> dict[str, Any]:
    cases = history.cases
    first = [each.seconds for each in waits(history)]
    return {
        "conversations": len(history.talks),
        "handoffs": len(handoffs(history)),
        "containment": containment(history)["share"],
        "first_response_p50": percentile(first, 50),
        "resolution_p50": percentile([each.seconds for each in solutions(history)], 50),
        "cases": None if cases is None else len(cases),
        "sla": None if cases is None else sla(cases)["share"],
        "csat": None if cases is None else csat(scores_of(history))["mean"],
    }
