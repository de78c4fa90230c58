"""Hand-made histories and what a report must say of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.reports.history import Case, History, Kind, Move, Range, Talk, day_of
from bot.gateway.reports.model import (
    containment,
    csat,
    percentile,
    report_of,
    scores_of,
    sla,
    solutions,
    unanswered,
    waits,
)

DAY = date(2026, 11, 24)
# Eight in the morning in China.
EIGHT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def move(kind: Kind, minutes: float, conversation_id: str = "a", answered: float | None = None, **more: Any) -> Move:
    answered_at = None if answered is None else at(answered)
    return Move(conversation_id, more.pop("channel", "web"), at(minutes), kind, answered_at=answered_at, **more)


def talk(conversation_id: str, minutes: float = 0, channel: str = "web") -> Talk:
    return Talk(conversation_id, channel, at(minutes))


def case(conversation_id: str | None = "a", **more: Any) -> Case:
    return Case(conversation_id, **{"channel": "web", "product": None, "cause": "C1", "promise": "kept", **more})


def history(
    moves: list[Move] | None = None, talks: list[Talk] | None = None, cases: list[Case] | None = None,
    first: date = DAY, last: date = DAY,
) -> History:  # fmt: skip
    return History(range=Range(first, last), talks=talks or [], moves=moves or [], cases=cases)


def minutes_of(spans: Any) -> list[float]:
    return [each.seconds / 60 for each in spans]


def test_a_day_is_a_chinese_day():
    assert Range(DAY, DAY).since == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert Range(DAY, DAY).until == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)) == DAY
    assert day_of(datetime(2026, 11, 24, 16, tzinfo=UTC)) == date(2026, 11, 25)


def test_midnight_in_china_parts_two_days():
    last_second, next_day = at(16 * 60 - 1 / 60), at(16 * 60)
    found = report_of(history(
        [Move("a", "web", last_second, Kind.HANDOFF), Move("b", "web", next_day, Kind.HANDOFF)],
        [Talk("a", "web", last_second), Talk("b", "web", next_day)],
        last=DAY + timedelta(days=1),
    ))  # fmt: skip
    assert found["volume"] == [
        {"day": "2026-11-24", "conversations": 1, "handoffs": 1, "resolved": 0},
        {"day": "2026-11-25", "conversations": 1, "handoffs": 1, "resolved": 0},
    ]


def test_a_wait_ends_with_the_first_words_of_a_human():
    calm = history([move(Kind.HANDOFF, 0, answered=3), move(Kind.CLAIM, 1), move(Kind.RESOLVE, 30)])
    assert minutes_of(waits(calm)) == [3]
    assert unanswered(calm) == 0


def test_a_wait_that_was_handed_back_has_no_answer():
    found = history([
        move(Kind.HANDOFF, 0, answered=50), move(Kind.HAND_BACK, 5),
        move(Kind.HANDOFF, 40, answered=50), move(Kind.RESOLVE, 60),
    ])  # fmt: skip
    assert minutes_of(waits(found)) == [10]
    assert unanswered(found) == 1


def test_who_is_passed_on_without_a_word_still_waits():
    found = history([move(Kind.HANDOFF, 0, answered=20), move(Kind.CLAIM, 2), move(Kind.HANDOFF, 12, answered=20)])
    assert minutes_of(waits(found)) == [20]


def test_who_is_passed_on_after_an_answer_waits_anew():
    found = history([move(Kind.HANDOFF, 0, answered=2), move(Kind.CLAIM, 1), move(Kind.HANDOFF, 12, answered=20)])
    assert minutes_of(waits(found)) == [2, 8]


def test_waits_of_before_the_range_do_not_count_in_it():
    found = history([move(Kind.HANDOFF, -10 * 60, answered=5), move(Kind.RESOLVE, 30)])
    assert minutes_of(waits(found)) == []
    assert report_of(found)["reasons"] == []
    assert minutes_of(solutions(found)) == [630]


def test_what_is_resolved_after_the_range_is_not_of_it():
    found = history([move(Kind.HANDOFF, 0, answered=5), move(Kind.RESOLVE, 17 * 60)])
    assert minutes_of(waits(found)) == [5]
    assert minutes_of(solutions(found)) == []


def test_a_solution_counts_from_the_first_human_since_the_last():
    found = history([
        move(Kind.CLAIM, 0), move(Kind.HAND_BACK, 5), move(Kind.HANDOFF, 10), move(Kind.RESOLVE, 25),
        move(Kind.HANDOFF, 100), move(Kind.RESOLVE, 130),
    ])  # fmt: skip
    assert minutes_of(solutions(found)) == [25, 30]


def test_what_the_bot_resolved_is_no_solution_of_a_human():
    assert minutes_of(solutions(history([move(Kind.RESOLVE, 25)]))) == []


def test_the_bot_contains_what_no_human_touched():
    found = history([move(Kind.HANDOFF, 0, "a"), move(Kind.CLAIM, 0, "b")], [talk(each) for each in "abcd"])
    assert containment(found) == {"bot_only": 2, "handed_off": 2, "share": 0.5}


def test_nothing_has_no_shares():
    assert containment(history())["share"] is None
    assert sla([case(promise="open")]) == {"kept": 0, "broken": 0, "open": 1, "share": None}
    assert (csat([])["mean"], csat([])["count"]) == (None, 0)


def test_an_empty_range_has_every_day_and_no_number():
    found = report_of(history(last=DAY + timedelta(days=1), cases=[]))
    assert [each["day"] for each in found["volume"]] == ["2026-11-24", "2026-11-25"]
    assert found["first_response"] == {
        "p50": None, "p90": None, "count": 0, "unanswered": 0,
        "by_day": [{"day": f"2026-11-{day}", "p50": None, "p90": None, "count": 0} for day in (24, 25)],
    }  # fmt: skip
    assert (found["by_channel"], found["by_product"], found["reasons"]) == ([], [], [])


def test_promises_and_scores():
    cases = [case(promise=each) for each in ("kept", "kept", "broken", "open")]
    assert sla(cases) == {"kept": 2, "broken": 1, "open": 1, "share": 0.667}
    found = csat([5, 4, 1])
    assert (found["mean"], found["count"]) == (3.33, 3)
    assert [each["count"] for each in found["by_score"]] == [1, 0, 0, 1, 1]


def test_a_customer_who_rated_case_and_conversation_counts_once():
    talks = [Talk("a", "web", at(0), score=1), Talk("b", "web", at(0), score=4), Talk("c", "web", at(0))]
    assert scores_of(history(talks=talks, cases=[case("a", score=5), case("b")])) == [5, 4]


def test_reasons_and_causes_are_counted():
    moves = [move(Kind.HANDOFF, number, str(number), reason=why) for number, why in enumerate(["angry", None, "angry"])]
    found = report_of(history(moves, cases=[case(cause="C3"), case(cause="C3"), case(cause="C?")]))
    assert found["reasons"] == [{"reason": "angry", "count": 2}, {"reason": "other", "count": 1}]
    counts = {each["cause"]: each["count"] for each in found["causes"]}
    assert counts == {"C1": 0, "C2": 0, "C3": 2, "C4": 0, "C0": 0, "C?": 1}


def test_a_cut_by_channel_leaves_the_other_out_everywhere():
    whole = history(
        [move(Kind.HANDOFF, 0, "a", answered=1), move(Kind.HANDOFF, 0, "b", answered=9, channel="telegram")],
        [talk("a"), talk("b", channel="telegram")],
        [case("a", score=5), case("b", channel="telegram", score=1)],
    )
    found = report_of(whole.only("telegram", None))
    assert (found["first_response"]["p50"], found["csat"]["mean"]) == (540, 1.0)
    assert [each["channel"] for each in report_of(whole)["by_channel"]] == ["telegram", "web"]
    assert [each["conversations"] for each in report_of(whole)["by_channel"]] == [1, 1]


def test_a_cut_by_product_keeps_the_conversations_of_its_cases():
    whole = history(
        [move(Kind.HANDOFF, 0, "a", answered=1), move(Kind.HANDOFF, 0, "b", answered=9)],
        [talk("a"), talk("b"), talk("c")],
        [case("a", product="game_card"), case("b", product="membership"), case(None, product="membership")],
    )
    found = report_of(whole.only(None, "game_card"))
    assert (found["volume"][0]["conversations"], found["sla"]["kept"], found["first_response"]["p50"]) == (1, 1, 60)
    lines = {each["product"]: (each["conversations"], each["cases"]) for each in report_of(whole)["by_product"]}
    assert lines == {"game_card": (1, 1), "membership": (1, 2)}


def test_without_the_backend_its_parts_are_unknown_not_zero():
    found = report_of(history(talks=[talk("a")]))
    assert [found[name] for name in ("causes", "sla", "csat", "by_product")] == [None] * 4
    assert found["by_channel"][0]["sla"] is None
    assert found["volume"][0]["conversations"] == 1


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, None), ([7], 90, 7), ([1, 2], 50, 1), ([3, 1, 2], 50, 2), (list(range(1, 11)), 90, 9)],
)
def test_the_nearest_rank(values: list[int], percent: int, expected: int | None):
    assert percentile(values, percent) == expected


KINDS = st.sampled_from(list(Kind))
MOVES = st.lists(st.tuples(KINDS, st.integers(-3000, 3000), st.sampled_from("ab"), st.integers(0, 600)), max_size=30)


@given(MOVES)
def test_no_wait_is_counted_twice_or_lost(raw: list[tuple[Kind, int, str, int]]):
    moves = [move(kind, minutes, who, answered=minutes + more) for kind, minutes, who, more in raw]
    found = history(moves, [talk("a"), talk("b")])
    report = report_of(found)
    handoffs = sum(each["handoffs"] for each in report["volume"])
    answered = report["first_response"]["count"]
    assert answered + report["first_response"]["unanswered"] <= handoffs == sum(it["count"] for it in report["reasons"])
    assert report["resolution"]["count"] <= sum(each["resolved"] for each in report["volume"])
    assert sum(each["count"] for each in report["first_response"]["by_day"]) == answered
    assert all(each.seconds >= 0 for each in (*waits(found), *solutions(found)))
