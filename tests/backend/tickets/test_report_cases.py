"""The rows of which the desk makes its reports."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.client import BackendClient
from bot.backend.database import DATABASE
from bot.backend.tickets.model import TicketType
from bot.backend.tickets.report_cases import CAUSES, cases_between
from tests.backend.conftest import NOW, Clock
from tests.backend.tickets.desk import act, prove, report, save_order, send

DAY = timedelta(days=1)


async def rows(client: TestClient, since: Any = NOW, until: Any = NOW + DAY) -> list[dict[str, Any]]:
    path = f"/v1/desk/report/cases?since={quote(since.isoformat())}&until={quote(until.isoformat())}"
    status, body = await send(client, "GET", path)
    assert (status, body["next_cursor"]) == (200, None)
    return body["cases"]


def test_every_type_has_a_cause():
    assert {CAUSES[each] for each in TicketType} == {"C0", "C1", "C2", "C3", "C4", "C?"}
    assert (CAUSES[TicketType.CALLBACK_MISSING], CAUSES[TicketType.ACCOUNT_REVIEW]) == ("C1", "C2")
    assert (CAUSES[TicketType.QUEUE_BACKLOG], CAUSES[TicketType.WRONG_TARGET]) == ("C3", "C4")


def test_what_has_no_type_of_its_own_has_no_cause():
    assert CAUSES[TicketType.OTHER] == "C?"


async def test_a_case_says_product_cause_promise_and_score(backend_client: TestClient, clock: Clock):
    await save_order(backend_client)
    proof = await prove(backend_client)
    _, ticket = await report(backend_client, proof=proof)
    clock.now += timedelta(hours=1)
    await act(backend_client, ticket["ticket_no"], "reply", text="在查")
    await act(backend_client, ticket["ticket_no"], "resolve")
    path = f"/v1/tickets/{ticket['ticket_no']}/rating"
    await send(backend_client, "POST", path, {"score": 4, "customer_ref": "alice"})
    assert await rows(backend_client) == [
        {
            "conversation_id": "c1", "opened_at": NOW.isoformat(), "product": "game_card", "type": "CALLBACK_MISSING",
            "cause": "C1", "promise": "kept", "score": 4,
        }
    ]  # fmt: skip


async def test_a_promise_is_open_then_broken_and_stays_so(backend_client: TestClient, clock: Clock):
    await report(backend_client, type="OTHER", order_no=None)
    assert [(each["promise"], each["product"]) for each in await rows(backend_client)] == [("open", None)]
    clock.now += timedelta(hours=25)
    assert [each["promise"] for each in await rows(backend_client)] == ["broken"]


async def test_a_merged_case_does_not_count(backend_client: TestClient):
    _, first = await report(backend_client, proof=await prove(backend_client))
    _, other = await report(backend_client, "m9", order_no=None)
    await act(backend_client, other["ticket_no"], "merge", into=first["ticket_no"])
    assert len(await rows(backend_client)) == 1


async def test_the_end_of_the_range_is_outside(backend_client: TestClient):
    await report(backend_client, proof=await prove(backend_client))
    assert await rows(backend_client, NOW - DAY, NOW) == []
    assert len(await rows(backend_client, NOW, NOW + timedelta(microseconds=1))) == 1


async def test_pages_follow_each_other(backend_client: TestClient):
    for number in range(5):
        await report(backend_client, f"m{number}:ticket", order_no=None, customer_ref=f"c{number}")
    seen, after, pages = [], 0, 0
    async with backend_client.app[DATABASE].begin() as connection:
        while after is not None:
            page, after = await cases_between(connection, NOW, NOW + DAY, after, NOW, limit=2)
            seen += page
            pages += 1
    assert (len(seen), pages) == (5, 3)


async def test_the_client_reads_all_of_it(backend_client: TestClient):
    await report(backend_client, proof=await prove(backend_client))
    token = backend_client.session.headers["Authorization"].removeprefix("Bearer ")
    client = BackendClient(backend_client.session, str(backend_client.make_url("")), token)
    assert len(await client.report_cases(NOW, NOW + DAY)) == 1


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("until=2026-11-24T00:00:00Z", "since"),
        ("since=2026-11-24T00:00:00&until=2026-11-24T00:00:00Z", "since"),
        ("since=2026-11-24T00:00:00Z&until=soon", "until"),
        ("since=2026-11-24T00:00:00Z&until=2026-11-25T00:00:00Z&cursor=x", "cursor"),
    ],
)
async def test_what_is_no_range_is_refused(backend_client: TestClient, query: str, wrong: str):
    status, body = await send(backend_client, "GET", f"/v1/desk/report/cases?{query}")
    assert (status, body["error"]["fields"]) == (422, [wrong])
