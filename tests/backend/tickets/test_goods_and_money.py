"""Where the goods go is put right by people, and nobody gets the goods and the money."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.orders.model import Delivery, Input, Order
from bot.backend.orders.records import OrderRecord
from bot.backend.orders.sources import SOURCES
from bot.backend.orders.sources.outage import OutageSource
from bot.backend.orders.store import order_of
from tests.backend.orders.asking import diagnose
from tests.backend.tickets.desk import act, case, decide, prove
from tests.backend.tickets.making import NOW, ORDER_NO
from tests.backend.tickets.test_history import check_complete, published
from tests.backend.tickets.test_operations import done_at_the_shop, open_case, use_moody

WRONG = {"order": Order.PAID, "delivery": Delivery.QUEUED, "input": Input.BAD_FORMAT, "target": "1000200101"}


async def order_now(client: TestClient) -> OrderRecord:
    async with client.app[DATABASE].begin() as connection:
        found = await order_of(connection, ORDER_NO)
    assert found
    return found


async def test_wrong_details_are_corrected_once_and_then_it_is_pushed(backend_client: TestClient):
    ticket_no = await open_case(backend_client, **WRONG)
    assert (await act(backend_client, ticket_no, "repush"))[1]["error"]["reason"] == "wrong_input"
    calls = (
        act(backend_client, ticket_no, "correct_input", "k1", target="2000300404", reason="by phone") for _ in "ab"
    )
    (status, done), again = await asyncio.gather(*calls)
    assert (status, done) == again
    assert (status, done["order"]) == (200, {
        "before": {"order": "PAID", "delivery": "QUEUED", "input": "BAD_FORMAT", "target": "100****01"},
        "after": {"order": "PAID", "delivery": "QUEUED", "input": "OK", "target": "200****04"},
        "payment": None, "changed": True,
    })  # fmt: skip
    record = await order_now(backend_client)
    assert (record.target, record.input, await done_at_the_shop(backend_client)) == ("2000300404", Input.OK, 1)
    found = await case(backend_client, ticket_no)
    entry = found["history"][-1]
    assert (entry["action"], entry["actor"]) == ("correct_input", {"kind": "agent", "name": "Bob"})
    assert entry["reason"] == (
        "by phone; order PAID → PAID, delivery QUEUED → QUEUED, input BAD_FORMAT → OK, target 100****01 → 200****04"
    )
    assert "2000300404" not in str(found) and found["stage"] == "queued"
    await check_complete(backend_client, ticket_no)
    assert (await act(backend_client, ticket_no, "repush"))[0] == 200
    assert await published(backend_client) != []


async def test_details_are_not_corrected_by_a_program_nor_to_nonsense_nor_too_late(backend_client: TestClient):
    ticket_no = await open_case(backend_client, **WRONG)
    robot = {"kind": "automation", "name": "autopilot"}
    for body, reason in (({"target": "2000300404", "actor": robot}, "needs_agent"), ({"target": "x"}, "bad_format")):
        status, answer = await act(backend_client, ticket_no, "correct_input", **body)
        assert (status, answer["error"]["reason"]) == (409, reason)
    for body in ({}, {"target": ""}, {"target": " "}, {"target": "1" * 121}):
        status, answer = await act(backend_client, ticket_no, "correct_input", **body)
        assert (status, answer["error"]["fields"]) == (422, ["target"])
    await act(backend_client, ticket_no, "correct_input", target="2000300404")
    await act(backend_client, ticket_no, "repush")
    status, answer = await act(backend_client, ticket_no, "correct_input", target="1000200101")
    assert (status, answer["error"]["reason"]) == (409, "already_sent")
    assert (await order_now(backend_client)).target == "2000300404"


async def test_where_much_money_goes_is_for_two_people(backend_client: TestClient):
    ticket_no = await open_case(backend_client, amount=Decimal("648.00"), **WRONG)
    status, asked = await act(backend_client, ticket_no, "correct_input", target="2000300404")
    assert (status, (await order_now(backend_client)).target) == (202, "1000200101")
    (waiting,) = (await case(backend_client, ticket_no))["approvals"]
    assert waiting["details"]["target"] == "2000300404"
    assert (await decide(backend_client, asked["approval_no"], "Dora"))[0] == 200
    assert (await order_now(backend_client)).target == "2000300404"


async def refund(client: TestClient, ticket_no: str, decision: str = "approved", **body: Any) -> None:
    given = {"expected_at": (NOW + timedelta(days=3)).isoformat(), "reason": "已核实", **body}
    assert (await act(client, ticket_no, "refund", decision=decision, **given))[0] == 200


async def shown(client: TestClient) -> tuple[str, str]:
    """What the customer is told of the order: its state and the diagnosis."""
    answer = await diagnose(client, ORDER_NO, await prove(client))
    return answer["order"]["states"]["order"]["value"], answer["diagnosis"]


async def test_an_approved_refund_shows_and_nobody_gets_goods_and_money(backend_client: TestClient):
    ticket_no = await open_case(backend_client)
    assert await shown(backend_client) == ("FAILED", "UPSTREAM_FAILED")
    await refund(backend_client, ticket_no)
    answer = await diagnose(backend_client, ORDER_NO, await prove(backend_client))
    assert (answer["order"]["states"]["order"]["value"], answer["diagnosis"]) == ("REFUNDING", "REFUNDING")
    assert (answer["next"], answer["order"]["open_ticket_no"]) == ("wait", ticket_no)
    for action, body in (("repush", {}), ("delivered", {}), ("correct_input", {"target": "2000300404"})):
        status, refused = await act(backend_client, ticket_no, action, **body)
        assert (status, refused["error"]["reason"]) == (409, "refund_approved")
    assert (await order_now(backend_client)).order is Order.FAILED
    # No second message about the same thing.
    assert [each["type"] for each in await published(backend_client)] == ["refund.decided"]
    await refund(backend_client, ticket_no, "rejected")
    assert await shown(backend_client) == ("FAILED", "UPSTREAM_FAILED")
    assert (await act(backend_client, ticket_no, "repush"))[0] == 200


async def test_a_part_of_the_money_or_a_second_payment_leaves_the_goods_owed(backend_client: TestClient):
    ticket_no = await open_case(backend_client)
    await refund(backend_client, ticket_no, amount="10.00")
    assert await shown(backend_client) == ("FAILED", "UPSTREAM_FAILED")
    assert (await act(backend_client, ticket_no, "repush"))[0] == 200


async def test_no_refund_is_approved_while_the_shop_may_still_be_asked_for_the_goods(backend_client: TestClient):
    ticket_no = await open_case(backend_client, source="moody")
    backend_client.app[SOURCES]["moody"] = OutageSource()
    assert (await act(backend_client, ticket_no, "repush", "k1"))[0] == 503
    money = {"decision": "approved", "expected_at": (NOW + timedelta(days=3)).isoformat()}
    status, refused = await act(backend_client, ticket_no, "refund", **money)
    assert (status, refused["error"]["reason"]) == (409, "operation_running")
    await refund(backend_client, ticket_no, amount="10.00")
    await refund(backend_client, ticket_no, "rejected")
    use_moody(backend_client)
    assert (await act(backend_client, ticket_no, "repush", "k1"))[0] == 200
    assert await done_at_the_shop(backend_client) == 1
    await refund(backend_client, ticket_no)  # from here on it is for people to decide


async def test_the_second_person_cannot_approve_it_either(backend_client: TestClient):
    ticket_no = await open_case(backend_client, source="moody", amount=Decimal("648.00"))
    backend_client.app[SOURCES]["moody"] = OutageSource()
    money = {"decision": "approved", "expected_at": (NOW + timedelta(days=3)).isoformat()}
    _, asked = await act(backend_client, ticket_no, "refund", **money)
    _, goods = await act(backend_client, ticket_no, "repush")
    assert (await decide(backend_client, goods["approval_no"], "Dora"))[0] == 503
    status, refused = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, refused["error"]["reason"]) == (409, "operation_running")
    assert (await case(backend_client, ticket_no))["refund"] is None


async def test_who_asked_before_the_refund_cannot_have_it_approved_after(backend_client: TestClient):
    ticket_no = await open_case(backend_client, amount=Decimal("648.00"))
    _, asked = await act(backend_client, ticket_no, "repush")
    _, money = await act(
        backend_client, ticket_no, "refund", decision="approved", expected_at=(NOW + timedelta(days=3)).isoformat()
    )
    assert (await decide(backend_client, money["approval_no"], "Dora"))[0] == 200
    status, refused = await decide(backend_client, asked["approval_no"], "Dora")
    assert (status, refused["error"]["reason"]) == (409, "refund_approved")
    assert await done_at_the_shop(backend_client) == 0
