"""What moves much money waits for a second person."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.orders.model import Delivery, Order
from bot.backend.orders.store import order_of
from bot.backend.tickets.approvals import Approval, ApprovalState, check_approver, needs_second, same_person
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Actor, ActorKind
from bot.errors import ActionRefusedError
from tests.backend.conftest import Clock
from tests.backend.factories import add_order, make_order
from tests.backend.tickets.desk import act, case, decide, look, prove, report, send
from tests.backend.tickets.making import NOW, ORDER_NO
from tests.backend.tickets.test_history import check_complete, due, published

BOB, DORA = Actor(ActorKind.AGENT, "Bob"), Actor(ActorKind.AGENT, "Dora")
ROBOT = Actor(ActorKind.AUTOMATION, "autopilot")
ABOVE = Decimal("200.00")
LATER = (NOW + timedelta(days=3)).isoformat()


def make_approval(**changes) -> Approval:
    values = {
        "approval_no": "AP1", "ticket_no": "TK1", "action": Action.REPUSH, "details": {}, "amount": Decimal("600.00"),
        "state": ApprovalState.PENDING, "asked_by": BOB, "asked_at": NOW, "expires_at": NOW + timedelta(hours=24),
    }  # fmt: skip
    return Approval(**{**values, **changes})


@pytest.mark.parametrize("action", [Action.REPUSH, Action.DELIVERED, Action.REFUND_APPROVED])
def test_only_above_the_amount_a_second_person_is_needed(action: Action):
    assert not needs_second(action, Decimal("200.00"), ABOVE)
    assert needs_second(action, Decimal("200.01"), ABOVE)


def test_an_unknown_amount_may_be_a_large_one():
    assert needs_second(Action.REFUND_APPROVED, None, ABOVE)


@pytest.mark.parametrize("action", [Action.REQUERY, Action.REFUND_REJECTED, Action.MERGE, Action.RESOLVE])
def test_what_costs_nothing_needs_nobody(action: Action):
    assert not needs_second(action, Decimal("9999.00"), ABOVE)


@pytest.mark.parametrize("name", ["Bob", " bob ", "BOB"])
def test_one_person_is_one_however_they_are_written(name: str):
    assert same_person("Bob", name)
    assert not same_person("Bob", "Bobby")


@pytest.mark.parametrize(
    ("changes", "actor", "after", "reason"),
    [
        ({}, BOB, 0, "same_person"),
        ({}, Actor(ActorKind.AGENT, "BOB "), 0, "same_person"),
        ({}, ROBOT, 0, "needs_agent"),
        ({"asked_by": ROBOT}, ROBOT, 0, "needs_agent"),
        ({}, Actor(ActorKind.SYSTEM, "timers"), 0, "needs_agent"),
        ({}, DORA, 24, "approval_expired"),
        ({"state": ApprovalState.APPROVED}, DORA, 0, "approval_decided"),
        ({"state": ApprovalState.REJECTED}, DORA, 0, "approval_decided"),
        ({"state": ApprovalState.CANCELLED}, DORA, 0, "approval_decided"),
    ],
)
def test_who_may_not_decide(changes, actor, after, reason):
    with pytest.raises(ActionRefusedError) as caught:
        check_approver(make_approval(**changes), actor, NOW + timedelta(hours=after))
    assert caught.value.details["reason"] == reason


@pytest.mark.parametrize("asked_by", [BOB, ROBOT])
def test_another_human_may_decide_until_it_expires(asked_by: Actor):
    check_approver(make_approval(asked_by=asked_by), DORA, NOW + timedelta(hours=23, minutes=59))


@pytest.fixture
async def ticket_no(backend_client: TestClient) -> str:
    """A ticket for an order of 600 yuan that failed upstream."""
    record = make_order(ORDER_NO, amount=Decimal("600.00"), order=Order.FAILED, delivery=Delivery.FAILED)
    await add_order(backend_client, ORDER_NO, record=record)
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    return ticket["ticket_no"]


async def delivery_of(client: TestClient) -> str:
    async with client.app[DATABASE].begin() as connection:
        record = await order_of(connection, ORDER_NO)
    return record.delivery


async def test_a_large_order_is_sent_again_only_with_a_second_person(backend_client: TestClient, ticket_no: str):
    status, asked = await act(backend_client, ticket_no, "repush", reason="upstream is back")
    assert (status, asked["state"]) == (202, "approval_needed")
    assert await delivery_of(backend_client) == "FAILED"
    _, waiting = await send(backend_client, "GET", "/v1/desk/approvals")
    assert [(each["approval_no"], each["asked_by"]["name"], each["amount"]) for each in waiting["approvals"]] == [
        (asked["approval_no"], "Bob", "600.00"),
    ]
    status, body = await decide(backend_client, asked["approval_no"], "bob")
    assert (status, body["error"]["reason"]) == (409, "same_person")
    assert await delivery_of(backend_client) == "FAILED"
    status, done = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, done["state"], done["order"]["after"]["delivery"]) == (200, "done", "IN_PROGRESS")
    assert await delivery_of(backend_client) == "IN_PROGRESS"
    found = await case(backend_client, ticket_no)
    assert (found["stage"], found["approvals"][0]["state"], found["approvals"][0]["decided_by"]) == (
        "waiting_upstream", "approved", "Dora",
    )  # fmt: skip
    assert [(each["action"], each["actor"]["name"]) for each in found["history"][1:]] == [
        ("approval_asked", "Bob"), ("repush", "Dora"),
    ]  # fmt: skip
    assert "asked for by Bob" in found["history"][-1]["reason"]
    await check_complete(backend_client, ticket_no)


async def test_a_small_order_needs_nobody_else(backend_client: TestClient, ticket_no: str):
    backend_client.app[SETTINGS].second_approval_above = Decimal("600.00")
    status, done = await act(backend_client, ticket_no, "repush")
    assert (status, done["state"]) == (200, "done")


async def test_five_approvals_at_once_are_one(backend_client: TestClient, ticket_no: str):
    _, asked = await act(backend_client, ticket_no, "repush")
    names = ["Dora", "Emil", "Finn", "Gina", "Hugo"]
    results = await asyncio.gather(*(decide(backend_client, asked["approval_no"], name) for name in names))
    assert sorted(status for status, _ in results) == [200, 409, 409, 409, 409]
    assert len((await case(backend_client, ticket_no))["operations"]) == 1


async def test_the_same_word_again_gets_the_same_answer(backend_client: TestClient, ticket_no: str):
    _, asked = await act(backend_client, ticket_no, "repush", "k1")
    assert (await act(backend_client, ticket_no, "repush", "k1"))[1] == asked
    first = await decide(backend_client, asked["approval_no"], "Dora", key="k2")
    assert await decide(backend_client, asked["approval_no"], "Dora", key="k2") == first


async def test_the_same_does_not_wait_twice(backend_client: TestClient, ticket_no: str):
    _, asked = await act(backend_client, ticket_no, "repush")
    status, body = await act(backend_client, ticket_no, "repush", who="Dora")
    assert (status, body["error"]["reason"], body["error"]["approval_no"]) == (
        409, "approval_pending", asked["approval_no"],
    )  # fmt: skip


async def test_what_nobody_approves_expires_and_can_be_asked_again(
    backend_client: TestClient, ticket_no: str, clock: Clock
):
    _, asked = await act(backend_client, ticket_no, "repush")
    clock.now += timedelta(hours=24)
    status, body = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, body["error"]["reason"]) == (409, "approval_expired")
    assert (await case(backend_client, ticket_no))["approvals"][0]["state"] == "expired"
    assert (await send(backend_client, "GET", "/v1/desk/approvals"))[1]["approvals"] == []
    assert (await act(backend_client, ticket_no, "repush"))[0] == 202
    assert await delivery_of(backend_client) == "FAILED"


async def test_a_no_is_kept_and_does_nothing(backend_client: TestClient, ticket_no: str):
    _, asked = await act(backend_client, ticket_no, "repush")
    status, done = await decide(backend_client, asked["approval_no"], "Dora", "rejected", reason="still down")
    assert (status, done["state"]) == (200, "rejected")
    assert (await decide(backend_client, asked["approval_no"], "Emil"))[0] == 409
    found = await case(backend_client, ticket_no)
    assert (found["history"][-1]["action"], found["operations"]) == ("approval_denied", [])
    assert "still down" in found["history"][-1]["reason"]
    assert await delivery_of(backend_client) == "FAILED"


async def test_what_the_case_no_longer_allows_is_not_approved(backend_client: TestClient, ticket_no: str):
    _, asked = await act(backend_client, ticket_no, "repush")
    await act(backend_client, ticket_no, "resolve")
    status, body = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, body["error"]["reason"]) == (409, "finished")
    assert (await case(backend_client, ticket_no))["approvals"][0]["state"] == "pending"


async def test_a_missing_approval(backend_client: TestClient):
    assert (await decide(backend_client, "AP1", "Dora"))[0] == 404


async def refund(client: TestClient, ticket_no: str, **body):
    return await act(client, ticket_no, "refund", **{"decision": "approved", "expected_at": LATER, **body})


async def test_a_refund_is_decided_by_two_and_told_with_its_date(backend_client: TestClient, ticket_no: str):
    status, asked = await refund(backend_client, ticket_no)
    assert status == 202
    assert (await case(backend_client, ticket_no))["refund"] is None
    status, done = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, done["stage"], done["next_promise_at"]) == (200, "waiting_upstream", LATER)
    (event,) = await published(backend_client)
    assert (event["type"], event["data"]) == (
        "refund.decided", {"decision": "approved", "expected_at": LATER, "reason": None, "amount": "600.00"},
    )  # fmt: skip
    _, seen = await look(backend_client, ticket_no, "alice")
    assert seen["refund"] == {"decision": "approved", "amount": "600.00", "expected_at": LATER, "reason": None}
    assert seen["next_promise_at"] == LATER
    assert (await due(backend_client, ticket_no))["promise"] == NOW + timedelta(days=3)
    await check_complete(backend_client, ticket_no)


async def test_nobody_agrees_to_a_refund_whose_time_is_over(backend_client: TestClient, ticket_no: str, clock: Clock):
    expected_at = (NOW + timedelta(hours=2)).isoformat()
    _, asked = await refund(backend_client, ticket_no, expected_at=expected_at)
    assert asked["expires_at"] == expected_at
    clock.now += timedelta(hours=2)
    status, body = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, body["error"]["reason"]) == (409, "approval_expired")
    assert (await case(backend_client, ticket_no))["refund"] is None
    # It can be asked again at once, with a time that can be kept.
    _, asked = await refund(backend_client, ticket_no)
    assert (await decide(backend_client, asked["approval_no"], "Dora"))[0] == 200


async def test_a_part_below_the_amount_needs_nobody_else(backend_client: TestClient, ticket_no: str):
    status, _ = await refund(backend_client, ticket_no, amount="200.00")
    assert status == 200
    assert (await case(backend_client, ticket_no))["refund"]["amount"] == "200.00"


async def test_a_refusal_tells_the_reason(backend_client: TestClient, ticket_no: str):
    status, done = await refund(backend_client, ticket_no, decision="rejected", reason="上游已到账", expected_at=None)
    assert (status, done["stage"]) == (200, "in_progress")
    (event,) = await published(backend_client)
    assert event["data"] == {"decision": "rejected", "expected_at": None, "reason": "上游已到账", "amount": "600.00"}


@pytest.mark.parametrize("reason", ["款项将原路退回", "会原 路 返 还", "back by the original payment method"])
async def test_no_decision_promises_the_original_way(backend_client: TestClient, ticket_no: str, reason: str):
    status, body = await refund(backend_client, ticket_no, reason=reason)
    assert (status, body["error"]["fields"]) == (422, ["reason"])
    assert await published(backend_client) == []


async def test_no_refund_is_expected_in_the_past_or_larger_than_the_payment(backend_client: TestClient, ticket_no: str):
    assert (await refund(backend_client, ticket_no, expected_at=NOW.isoformat()))[1]["error"]["fields"] == [
        "expected_at"
    ]
    for amount, reason in (("600.01", "more_than_paid"), ("0.00", "no_money")):
        status, body = await refund(backend_client, ticket_no, amount=amount)
        assert (status, body["error"]["reason"]) == (409, reason)
