"""Customers rate a case once; the report sums up."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.tickets.statistics import middle_minutes, satisfaction
from tests.backend.conftest import Clock
from tests.backend.tickets.desk import Answer, act, case, prove, report, send
from tests.backend.tickets.making import NOW
from tests.backend.tickets.test_history import check_complete

DAY = timedelta(hours=24)


async def rate(client: TestClient, ticket_no: str, proof: str | None = None, **body: Any) -> Answer:
    values = {"score": 5, "customer_ref": "alice", **body}
    return await send(client, "POST", f"/v1/tickets/{ticket_no}/rating", values, proof=proof)


@pytest.fixture
async def ticket_no(backend_client: TestClient) -> str:
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    return ticket["ticket_no"]


async def test_a_case_is_rated_once(backend_client: TestClient, ticket_no: str):
    status, first = await rate(backend_client, ticket_no, score=4, comment="quick")
    assert (status, first) == (
        201, {"ticket_no": ticket_no, "score": 4, "comment": "quick", "created_at": NOW.isoformat()},
    )  # fmt: skip
    assert await rate(backend_client, ticket_no, score=1) == (200, first)
    found = await case(backend_client, ticket_no)
    assert (found["rating"]["score"], [each["action"] for each in found["history"]]) == (4, ["open", "rate"])
    await check_complete(backend_client, ticket_no)


async def test_five_ratings_at_once_are_one(backend_client: TestClient, ticket_no: str):
    results = await asyncio.gather(*(rate(backend_client, ticket_no, score=score) for score in range(1, 6)))
    assert sorted(status for status, _ in results) == [200, 200, 200, 200, 201]
    assert len({body["score"] for _, body in results}) == 1


async def test_only_whose_case_it_is_rates_it(backend_client: TestClient, ticket_no: str):
    assert (await rate(backend_client, ticket_no, customer_ref="charlie"))[0] == 404
    assert (await rate(backend_client, ticket_no, customer_ref=None))[0] == 404
    proof = await prove(backend_client, "bob")
    assert (await rate(backend_client, ticket_no, proof, customer_ref=None))[0] == 201


async def test_what_one_owner_wrote_is_not_shown_to_another(backend_client: TestClient, ticket_no: str):
    await rate(backend_client, ticket_no, comment="between us")
    _, seen = await rate(backend_client, ticket_no, await prove(backend_client, "bob"), customer_ref=None)
    assert (seen["score"], seen["comment"]) == (5, "")


@pytest.mark.parametrize("score", [0, 6, "5", 4.5, None, True])
async def test_a_score_is_one_to_five(backend_client: TestClient, ticket_no: str, score: object):
    status, body = await rate(backend_client, ticket_no, score=score)
    assert (status, body["error"]["fields"]) == (422, ["score"])


async def test_a_merged_number_rates_the_survivor(backend_client: TestClient, ticket_no: str):
    _, other = await report(backend_client, "m9", order_no=None)
    await act(backend_client, other["ticket_no"], "merge", into=ticket_no)
    assert (await rate(backend_client, other["ticket_no"], score=2))[0] == 201
    assert (await rate(backend_client, ticket_no, score=5))[1]["score"] == 2


def test_no_ratings_have_no_mean():
    assert satisfaction({}) == {
        "ratings": 0, "mean": None, "content_percent": None, "scores": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0},
    }  # fmt: skip


def test_ratings_are_summed_up():
    found = satisfaction({5: 2, 4: 1, 1: 1})
    assert (found["ratings"], found["mean"], found["content_percent"]) == (4, 3.75, 75)


def test_the_middle_of_times():
    assert middle_minutes([timedelta(minutes=3), timedelta(minutes=9), timedelta(hours=5)]) == 9
    assert middle_minutes([]) is None


async def test_the_report_counts(backend_client: TestClient, ticket_no: str, clock: Clock):
    await report(backend_client, "m9")
    await report(backend_client, "m10", customer_ref="bob", type="OTHER", order_no=None)
    clock.now += timedelta(minutes=30)
    await act(backend_client, ticket_no, "reply", text="在查")
    clock.now += timedelta(minutes=60)
    await act(backend_client, ticket_no, "resolve")
    await rate(backend_client, ticket_no, score=4, comment="谢谢")
    clock.now += DAY
    status, found = await send(backend_client, "GET", "/v1/desk/report?days=7")
    assert status == 200
    expected = {
        "opened": 2, "by_status": {"open": 1, "resolved": 1}, "by_type": {"CALLBACK_MISSING": 1, "OTHER": 1},
        "live": 1, "live_by_priority": {"normal": 1}, "overdue": 1, "broken_promises": 0, "repeats": 1,
        "first_answer_minutes": 30, "solution_minutes": 90,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert (found["satisfaction"]["mean"], found["comments"][0]["comment"]) == (4.0, "谢谢")


@pytest.mark.parametrize("days", ["0", "367", "x", "1.5", "-1", ""])
async def test_the_report_is_about_some_days(backend_client: TestClient, days: str):
    status, body = await send(backend_client, "GET", f"/v1/desk/report?days={days}")
    assert (status, body["error"]["fields"]) == (422, ["days"])
