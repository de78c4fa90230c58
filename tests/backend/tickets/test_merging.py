"""Duplicates become one case, nothing of them is lost, and no stranger learns more by it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.tickets.merging import absorbed_facts, check_merge
from bot.backend.tickets.model import Decision, Priority, Waiting
from bot.errors import ActionRefusedError
from tests.backend.conftest import Clock
from tests.backend.tickets.desk import act, case, look, prove, report, say, send
from tests.backend.tickets.making import NOW, ORDER_NO, make_ticket
from tests.backend.tickets.test_history import check_complete, due, published, rows_of

HOUR = timedelta(hours=1)


def test_the_survivor_takes_over_what_presses():
    survivor = make_ticket(repeats=1, waiting_since=None, next_promise_at=NOW + 5 * HOUR, amount=None)
    other = make_ticket(
        ticket_no="TK2", repeats=2, broken_promises=1, priority=Priority.URGENT, waiting_since=NOW - HOUR,
        next_promise_at=NOW + HOUR, stalling=True, amount=Decimal("30.00"),
    )  # fmt: skip
    facts = absorbed_facts(survivor, other)
    assert (facts["repeats"], facts["broken_promises"], facts["priority"]) == (4, 1, "urgent")
    assert (facts["waiting_since"], facts["next_promise_at"]) == (NOW - HOUR, NOW + HOUR)
    assert (facts["stalling"], facts["amount"]) == (True, Decimal("30.00"))


def test_while_the_customer_has_the_next_word_no_promise_is_taken_over():
    survivor = make_ticket(waiting_for=Waiting.CUSTOMER)
    assert "next_promise_at" not in absorbed_facts(survivor, make_ticket(next_promise_at=NOW))


def test_a_ticket_is_not_merged_into_itself_and_a_proven_one_not_into_an_unproven_one():
    with pytest.raises(ActionRefusedError) as caught:
        check_merge(make_ticket(), make_ticket())
    assert caught.value.details["reason"] == "same_ticket"
    with pytest.raises(ActionRefusedError) as caught:
        check_merge(make_ticket(ticket_no="TK2"), make_ticket(order_no=None))
    assert caught.value.details["reason"] == "other_way_round"
    check_merge(make_ticket(ticket_no="TK2", order_no=None), make_ticket())


@pytest.fixture
async def pair(backend_client: TestClient, clock: Clock) -> tuple[str, str]:
    """Alice's ticket for her proven order, and one that she opened an hour before without a number."""
    _, other = await report(backend_client, "m0", order_no=None, content="first try")
    clock.now += HOUR
    _, survivor = await report(backend_client, "m1", await prove(backend_client))
    return survivor["ticket_no"], other["ticket_no"]


async def merge(client: TestClient, other: str, into: str, key: str | None = None):
    return await act(client, other, "merge", key, into=into, reason="the same case")


async def test_the_number_of_a_duplicate_leads_to_the_survivor(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    await act(backend_client, other, "note", text="from the phone")
    status, done = await merge(backend_client, other, survivor)
    assert (status, done["ticket_no"], done["stage"]) == (200, survivor, "queued")
    found = await case(backend_client, other)
    assert (found["ticket_no"], found["merged"], found["repeats"]) == (survivor, [other], 1)
    assert found["waiting_since"] == NOW.isoformat()
    assert [(each["ticket_no"], each["text"]) for each in found["messages"]] == [
        (other, "first try"), (survivor, "钱付了没到账"), (other, "from the phone"),
    ]  # fmt: skip
    assert {each["ticket_no"] for each in found["history"]} == {survivor, other}
    _, seen = await look(backend_client, other, "alice")
    assert (seen["ticket_no"], [each["text"] for each in seen["history"]]) == (survivor, ["first try", "钱付了没到账"])
    for number in pair:
        await check_complete(backend_client, number)
    assert await due(backend_client, other) == {}
    assert await published(backend_client) == []


async def test_what_is_done_under_the_old_number_is_done_to_the_survivor(
    backend_client: TestClient, pair: tuple[str, str]
):
    survivor, other = pair
    await merge(backend_client, other, survivor)
    assert (await act(backend_client, other, "reply", text="在查"))[1]["ticket_no"] == survivor
    assert (await say(backend_client, other))[1]["ticket_no"] == survivor
    status, body = await send(backend_client, "PATCH", f"/v1/tickets/{other}", {"status": "open"})
    assert (status, body["error"]["reason"]) == (409, "merged")


async def test_the_list_of_the_customer_has_the_survivor_once(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    await merge(backend_client, other, survivor)
    _, body = await send(backend_client, "GET", "/v1/tickets?customer_ref=alice")
    assert [each["ticket_no"] for each in body["tickets"]] == [survivor]


async def test_a_report_of_what_was_merged_joins_the_survivor(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    await merge(backend_client, other, survivor)
    status, body = await report(backend_client, "m9", order_no=None)
    assert (status, body["error"]["ticket_no"]) == (409, survivor)


async def test_what_was_merged_before_leads_on(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    _, third = await report(backend_client, "m3", order_no="KM202611240003")
    await merge(backend_client, other, third["ticket_no"])
    await merge(backend_client, third["ticket_no"], survivor)
    found = await case(backend_client, other)
    assert (found["ticket_no"], found["merged"]) == (survivor, [other, third["ticket_no"]])
    await check_complete(backend_client, other)
    assert (await rows_of(backend_client, other))[-1]["changes"] == {"merged_into": [third["ticket_no"], survivor]}


async def test_merging_again_is_refused_and_the_same_request_is_not(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    first = await merge(backend_client, other, survivor, "k1")
    assert await merge(backend_client, other, survivor, "k1") == first
    status, body = await merge(backend_client, other, survivor)
    assert (status, body["error"]["reason"]) == (409, "merged")


async def test_two_merges_against_each_other_leave_one_survivor(backend_client: TestClient, clock: Clock):
    first, second = [(await report(backend_client, f"m{n}", order_no=f"KM20261124000{n}"))[1] for n in (1, 2)]
    results = await asyncio.gather(
        merge(backend_client, first["ticket_no"], second["ticket_no"]),
        merge(backend_client, second["ticket_no"], first["ticket_no"]),
    )
    assert sorted(status for status, _ in results) == [200, 409]
    assert len((await send(backend_client, "GET", "/v1/desk/tickets"))[1]["tickets"]) == 1


async def test_nothing_is_merged_into_a_finished_case(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    await act(backend_client, survivor, "resolve")
    status, body = await merge(backend_client, other, survivor)
    assert (status, body["error"]["reason"]) == (409, "finished")
    assert (await case(backend_client, other))["ticket_no"] == other


async def test_a_missing_ticket_cannot_be_merged(backend_client: TestClient, pair: tuple[str, str]):
    assert (await merge(backend_client, pair[1], "TK000000000000"))[0] == 404


async def test_approvals_of_a_duplicate_are_over(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    later = (NOW + timedelta(days=3)).isoformat()
    await act(backend_client, other, "refund", decision="approved", amount="999.00", expected_at=later)
    await merge(backend_client, other, survivor)
    assert [each["state"] for each in (await case(backend_client, survivor))["approvals"]] == ["cancelled"]


async def test_what_was_decided_about_the_money_goes_along(backend_client: TestClient, pair: tuple[str, str]):
    survivor, other = pair
    later = (NOW + timedelta(days=3)).isoformat()
    status, _ = await act(backend_client, other, "refund", decision="approved", amount="30.00", expected_at=later)
    assert status == 200
    await merge(backend_client, other, survivor)
    found = await case(backend_client, survivor)
    assert found["refund"] == {"decision": "approved", "amount": "30.00", "expected_at": later, "reason": None}
    status, refused = await act(backend_client, survivor, "repush")
    assert (status, refused["error"]["reason"]) == (409, "refund_approved")
    await check_complete(backend_client, survivor)


@pytest.mark.parametrize(
    "more", [{"order_no": "KM2"}, {"order_no": None, "customer_ref": "charlie"}, {"order_no": None}]
)
def test_a_decision_about_another_order_or_for_somebody_else_does_not(more: dict):
    refund = {"refund_decision": Decision.APPROVED, "refund_amount": Decimal("30.00")}
    own = {"refund_decision": Decision.REJECTED} if len(more) == 1 and not more["order_no"] else {}
    facts = absorbed_facts(make_ticket(**own), make_ticket(ticket_no="TK2", **refund, **more))
    assert "refund_decision" not in facts


async def test_a_stranger_whose_claim_was_merged_learns_only_how_it_stands(backend_client: TestClient):
    _, owners = await report(backend_client, proof=await prove(backend_client), content="my secret words")
    _, strangers = await report(backend_client, "m9", customer_ref="charlie", content="I claim it")
    await merge(backend_client, strangers["ticket_no"], owners["ticket_no"])
    await act(backend_client, owners["ticket_no"], "reply", text="Alice, it is on its way")
    status, seen = await look(backend_client, strangers["ticket_no"], "charlie")
    assert (status, seen["ticket_no"], seen["stage"]) == (200, strangers["ticket_no"], "in_progress")
    assert [each["text"] for each in seen["history"]] == ["I claim it"]
    assert "secret" not in str(seen) and "on its way" not in str(seen) and owners["ticket_no"] not in str(seen)
    assert [each["customer_ref"] for each in await published(backend_client)] == ["alice"]
    assert (await look(backend_client, owners["ticket_no"], "charlie"))[0] == 404
    _, mine = await look(backend_client, owners["ticket_no"], "alice")
    assert "I claim it" not in str(mine)


def test_the_order_is_one():
    assert make_ticket().order_no == ORDER_NO
