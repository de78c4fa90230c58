"""A broken promise is owned up to; the third step opens exactly when its condition holds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient

from tests.backend.changes.shop import outcome
from tests.backend.changes.town import forward, heard, history, reported, settle
from tests.backend.conftest import NOW
from tests.backend.events.receiver import Receiver
from tests.backend.factories import add_order, make_order
from tests.backend.tickets.desk import change, look, say

DAY = timedelta(hours=24)


def last(receiver: Receiver, type: str) -> dict:
    return [each for each in receiver.told.values() if each["type"] == type][-1]


async def agent_says(client: TestClient, ticket_no: str, key: str = "a1") -> None:
    status, answer = await say(client, ticket_no, key, author="agent", text="正在核实。", customer_ref=None)
    assert status == 201, answer


async def test_a_broken_promise_brings_an_apology_and_is_more_urgent(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client)
    before = (await look(client, ticket_no, "alice"))[1]
    forward(client, hours=23, minutes=59)
    await settle(client)
    assert heard(receiver) == []
    forward(client, minutes=1)
    await settle(client)
    assert heard(receiver) == ["ticket.promise_broken", "ticket.step3_due"]
    assert last(receiver, "ticket.step3_due")["data"]["reply_by"] == (NOW + 2 * DAY).isoformat()
    told = last(receiver, "ticket.promise_broken")["data"]
    assert told["promised_at"] == (NOW + DAY).isoformat()
    assert told["reply_by"] == (NOW + 2 * DAY).isoformat()
    after = (await look(client, ticket_no, "alice"))[1]
    ranks = ["low", "normal", "high", "urgent"]
    assert ranks.index(after["priority"]) > ranks.index(before["priority"])
    assert after["next_promise_at"] == told["reply_by"]
    assert ("promise_broken", "system") in await history(client, ticket_no)


async def test_each_promise_is_broken_once(client: TestClient, receiver: Receiver):
    await reported(client)
    for _ in range(3):
        forward(client, hours=24)
        for _ in range(3):
            await settle(client)
    assert heard(receiver).count("ticket.promise_broken") == 3
    assert heard(receiver).count("ticket.step3_due") == 1


async def test_an_answer_in_time_keeps_it(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client)
    forward(client, hours=23)
    await agent_says(client, ticket_no)
    forward(client, hours=2)
    await settle(client)
    assert "ticket.promise_broken" not in heard(receiver)
    assert "ticket.step3_due" not in heard(receiver)
    forward(client, hours=22)
    await settle(client)
    assert heard(receiver)[-1] == "ticket.promise_broken"
    assert "ticket.step3_due" not in heard(receiver)


async def test_a_second_report_does_not_reset_the_wait(client: TestClient, receiver: Receiver):
    await reported(client)
    forward(client, hours=20)
    await reported(client, "bob")
    forward(client, hours=4)
    await settle(client)
    assert heard(receiver, "bob") == heard(receiver) == ["ticket.promise_broken", "ticket.step3_due"]


async def test_a_finished_ticket_has_no_promise_to_break(client: TestClient, receiver: Receiver):
    await reported(client)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    forward(client, hours=30)
    await settle(client)
    assert heard(receiver) == ["order.delivered"]


@pytest.mark.parametrize(("amount", "stalling", "legal"), [("500.01", True, True), ("500.01", False, False),
                                                           ("500.00", True, False)])  # fmt: skip
async def test_money_at_the_platform_opens_the_third_step_at_once(
    client: TestClient, receiver: Receiver, amount: str, stalling: bool, legal: bool
):  # fmt: skip
    await add_order(client, record=make_order(amount=Decimal(amount)))
    ticket_no = await reported(client)
    await agent_says(client, ticket_no)
    if stalling:
        await change(client, ticket_no, stalling=True)
    forward(client, hours=1)
    await settle(client)
    assert "ticket.step3_due" not in heard(receiver)
    await change(client, ticket_no, funds_at_platform=True)
    await settle(client)
    assert last(receiver, "ticket.step3_due")["data"] == {
        "complaint": True, "platform": True, "legal": legal, "why": "funds_at_platform",
        "reply_by": (NOW + DAY).isoformat(),
    }  # fmt: skip
    await change(client, ticket_no, stalling=True)
    forward(client, hours=30)
    await settle(client)
    assert heard(receiver).count("ticket.step3_due") == 1
