"""Agents find cases, page by page, without seeing one twice or missing one."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.payments.store import save_payments
from tests.backend.conftest import Clock
from tests.backend.payments.making import make_record
from tests.backend.tickets.desk import act, prove, report, save_order, send
from tests.backend.tickets.making import NOW, ORDER_NO


async def find(client: TestClient, query: str = "") -> list[str]:
    status, body = await send(client, "GET", f"/v1/desk/tickets?{query}")
    assert status == 200, body
    return [each["ticket_no"] for each in body["tickets"]]


async def pages(client: TestClient, query: str, limit: int) -> list[list[str]]:
    found, cursor = [], ""
    while True:
        _, body = await send(client, "GET", f"/v1/desk/tickets?limit={limit}&{query}&cursor={cursor}")
        found.append([each["ticket_no"] for each in body["tickets"]])
        cursor = body["next_cursor"]
        if not cursor:
            return found


async def open_one(client: TestClient, number: int, **changes: Any) -> str:
    values = {"order_no": f"KM20261124{number:04d}", "customer_ref": f"customer{number}", **changes}
    _, ticket = await report(client, f"m{number}", **values)
    return ticket["ticket_no"]


@pytest.fixture
async def four(backend_client: TestClient, clock: Clock) -> list[str]:
    """Four tickets, each a minute after the other: normal, urgent, low, normal."""
    numbers = []
    for number, (priority, kind) in enumerate(
        [("normal", "CALLBACK_MISSING"), ("urgent", "FIX_INPUT"), ("low", "OTHER"), ("normal", "STATE_LAG")], start=1
    ):
        numbers.append(await open_one(backend_client, number, priority=priority, type=kind))
        clock.now += timedelta(minutes=1)
    return numbers


async def test_the_most_urgent_comes_first_then_the_earlier_promise(backend_client: TestClient, four: list[str]):
    assert await find(backend_client) == [four[1], four[0], four[3], four[2]]


async def test_or_the_newest_change(backend_client: TestClient, four: list[str]):
    await act(backend_client, four[0], "note", text="x")
    assert await find(backend_client, "sort=recent") == [four[0], four[3], four[2], four[1]]


@pytest.mark.parametrize("sort", ["urgency", "recent"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_pages_show_each_case_once(backend_client: TestClient, four: list[str], sort: str, limit: int):
    await act(backend_client, four[3], "resolve")
    found = await pages(backend_client, f"sort={sort}", limit)
    assert [number for page in found for number in page] == await find(backend_client, f"sort={sort}")
    assert all(len(page) == limit for page in found[:-1])


async def test_a_case_that_comes_in_between_does_not_shift_the_pages(backend_client: TestClient, four: list[str]):
    _, first = await send(backend_client, "GET", "/v1/desk/tickets?limit=2")
    await open_one(backend_client, 9, priority="urgent")
    _, second = await send(backend_client, "GET", f"/v1/desk/tickets?limit=2&cursor={first['next_cursor']}")
    assert [each["ticket_no"] for each in second["tickets"]] == [four[3], four[2]]


async def test_by_what_a_case_is(backend_client: TestClient, four: list[str]):
    await act(backend_client, four[2], "resolve")
    await act(backend_client, four[3], "assign", assignee="Dora")
    assert await find(backend_client, "status=open") == [four[1], four[0]]
    assert await find(backend_client, "status=pending&status=resolved") == [four[3], four[2]]
    assert await find(backend_client, "type=FIX_INPUT&type=OTHER") == [four[1], four[2]]
    assert await find(backend_client, "assignee=Dora") == [four[3]]
    assert await find(backend_client, "unassigned=true&status=open") == [four[1], four[0]]
    assert await find(backend_client, "customer_ref=customer1") == [four[0]]
    assert await find(backend_client, "order_no=km 20261124 0002") == [four[1]]
    assert await find(backend_client, "status=open&type=OTHER") == []


async def test_by_the_number_of_the_payment(backend_client: TestClient, four: list[str]):
    await save_order(backend_client)
    _, proven = await report(backend_client, "m9", await prove(backend_client))
    async with backend_client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER_NO, [make_record(order_no=ORDER_NO, transaction_no="4200001234")])
    assert await find(backend_client, "transaction_no=4200 001234") == [proven["ticket_no"]]
    by_claim = await open_one(backend_client, 8, order_no="4200009999")
    assert await find(backend_client, "transaction_no=4200009999") == [by_claim]


async def test_by_words_of_the_report_of_messages_and_of_notes(backend_client: TestClient, four: list[str]):
    odd = await open_one(backend_client, 7, content="充了 100% 没到 a_b")
    await act(backend_client, four[2], "note", text="Checked with Supplier Seven")
    assert await find(backend_client, "text=100%25") == [odd]
    assert await find(backend_client, "text=a_b") == [odd]
    assert await find(backend_client, "text=supplier seven") == [four[2]]
    assert await find(backend_client, f"text={four[1]}") == [four[1]]
    assert await find(backend_client, "text=nothing like it") == []


async def test_overdue_is_said(backend_client: TestClient, four: list[str], clock: Clock):
    clock.now = NOW + timedelta(hours=24, minutes=1)
    _, body = await send(backend_client, "GET", "/v1/desk/tickets")
    assert {each["ticket_no"]: each["overdue"] for each in body["tickets"]} == {
        four[0]: True, four[1]: True, four[2]: False, four[3]: False,
    }  # fmt: skip


def cursor_of(*values: object) -> str:
    """A cursor that somebody made up."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"), ("type=lost", "type"), ("sort=name", "sort"), ("limit=0", "limit"),
        ("limit=101", "limit"), ("limit=x", "limit"), ("unassigned=maybe", "unassigned"), ("more=1", "more"),
        ("cursor=xx", "cursor"), ("cursor=W10", "cursor"), ("cursor=WzEsImEiLDJd", "cursor"),
        ("cursor=WyJhIiwiYiIsMl0", "cursor"), (f"text={'x' * 201}", "text"), (f"limit={'0' * 8}1{'9' * 20}", "limit"),
        (f"cursor={cursor_of(1, '0001-01-01T00:00:00+14:00', 1)}", "cursor"),
        (f"cursor={cursor_of(1, '2026-11-24T00:00:00+00:00', 2**40)}", "cursor"),
    ],
)  # fmt: skip
async def test_a_wrong_question_is_named(backend_client: TestClient, query: str, field: str):
    status, body = await send(backend_client, "GET", f"/v1/desk/tickets?{query}")
    assert (status, body["error"]["fields"]) == (422, [field])
