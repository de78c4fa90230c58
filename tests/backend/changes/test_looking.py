"""When an order moves on, its ticket follows and its customers hear of it, each once."""

import asyncio
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from bot.backend.app import make_app
from bot.backend.changes.looking import look_again
from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.orders.model import Delivery, Order
from bot.backend.orders.store import orders
from bot.backend.ownership.store import order_owners
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.store import save_payments
from bot.backend.timers.runner import LEASE, fire_timers
from bot.backend.timers.store import claim_timers
from bot.settings import Settings
from tests.backend.changes.shop import outcome
from tests.backend.changes.town import forward, heard, history, published, reported, settle
from tests.backend.conftest import NOW
from tests.backend.events.receiver import Receiver
from tests.backend.factories import ORDER_NO, add_order, make_order
from tests.backend.orders.asking import diagnose
from tests.backend.tickets.desk import act, look, prove, report, say

UNPAID = {"order": Order.PENDING_PAYMENT, "delivery": Delivery.NONE, "paid_at": None, "notified": False}


async def set_paid(client: TestClient, order_no: str = ORDER_NO) -> None:
    """The channel has the money."""
    paid = PaymentRecord(order_no=order_no, amount=Decimal("30.00"), state=PaymentState.PAID, paid_at=NOW)
    async with client.app[DATABASE].begin() as connection:
        await save_payments(connection, order_no, [paid])


async def set_states(client: TestClient, order: Order, delivery: Delivery, order_no: str = ORDER_NO) -> None:
    """The shop's row changes, and nobody tells us."""
    values = {"order_state": order.value, "delivery_state": delivery.value}
    async with client.app[DATABASE].begin() as connection:
        await connection.execute(update(orders).where(orders.c.order_no == order_no).values(values))


async def test_paid_then_delivered(client: TestClient, receiver: Receiver):
    await add_order(client, record=make_order(**UNPAID))
    await set_paid(client)
    ticket_no = await reported(client)
    assert heard(receiver) == []
    await outcome(client, "w1", "payment.updated", "PAID")
    await settle(client)
    assert heard(receiver) == ["order.payment_confirmed"]
    await outcome(client, "w2", "order.updated", "PROCESSING")
    await settle(client)
    await outcome(client, "w3", "delivery.updated", "DELIVERED")
    await settle(client)
    assert heard(receiver) == ["order.payment_confirmed", "order.delivered"]
    last = list(receiver.told.values())[-1]
    assert (last["order_no"], last["ticket_no"], last["conversation_id"]) == (ORDER_NO, ticket_no, "c-alice")
    assert last["data"] == {"product": "游戏点卡 30 元直充", "amount": "30.00", "currency": "CNY"}
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "resolved"
    assert await history(client, ticket_no) == [("open", "alice"), ("requery", "system"), ("delivered", "system")]


async def test_what_has_not_changed_is_no_news(client: TestClient, receiver: Receiver):
    await reported(client)
    for number in range(3):
        await outcome(client, f"w{number}", "delivery.updated", "IN_PROGRESS", number)
        await settle(client)
        forward(client, minutes=5)
    await settle(client)
    assert receiver.told == {}


async def test_a_report_on_a_finished_order_is_no_news(client: TestClient, receiver: Receiver):
    await add_order(client, record=make_order(order=Order.COMPLETED, delivery=Delivery.DELIVERED))
    ticket_no = await reported(client, type="UPSTREAM_PROOF")
    forward(client, hours=2)
    await settle(client)
    assert receiver.told == {}
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "open"


@pytest.mark.parametrize("minute", [1, 5, 10, 70])
async def test_a_change_that_nobody_tells_is_found_by_looking(client: TestClient, receiver: Receiver, minute: int):
    ticket_no = await reported(client)
    for at in range(1, 71):
        forward(client, minutes=1)
        if at == minute:
            await set_states(client, Order.COMPLETED, Delivery.DELIVERED)
        await settle(client)
        if at == minute - 1:
            assert heard(receiver) == []
    assert heard(receiver) == ["order.delivered"]
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "resolved"


@pytest.mark.parametrize("by", ["agent", "customer"])
async def test_the_order_of_a_reopened_case_is_looked_at_again(client: TestClient, receiver: Receiver, by: str):
    ticket_no = await reported(client)
    await act(client, ticket_no, "resolve")
    forward(client, days=1)
    await settle(client)
    if by == "agent":
        await act(client, ticket_no, "reopen")
    else:
        await say(client, ticket_no, text="还是没到账")
    await settle(client)
    forward(client, minutes=30)
    await set_states(client, Order.COMPLETED, Delivery.DELIVERED)
    forward(client, minutes=31)
    await settle(client)
    assert "order.delivered" in heard(receiver)
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "resolved"


async def test_everybody_with_a_proof_is_told_and_nobody_else(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client)
    assert await reported(client, "bob") == ticket_no
    await diagnose(client, ORDER_NO, await prove(client, "dora", ORDER_NO))
    assert (await report(client, "charlie", None, customer_ref="charlie", order_no=ORDER_NO))[0] == 201
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    told = {each["customer_ref"]: each["ticket_no"] for each in receiver.told.values()}
    assert told == {"alice": ticket_no, "bob": ticket_no, "dora": None}


async def test_who_asked_long_ago_is_not_told(client: TestClient, receiver: Receiver):
    await diagnose(client, ORDER_NO, await prove(client, "dora", ORDER_NO))
    forward(client, days=8)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    assert receiver.told == {}


async def test_who_only_asked_is_looked_after_too(client: TestClient, receiver: Receiver):
    await diagnose(client, ORDER_NO, await prove(client, "dora", ORDER_NO))
    await set_states(client, Order.COMPLETED, Delivery.DELIVERED)
    await settle(client)
    assert heard(receiver, "dora") == []
    forward(client, minutes=1)
    await settle(client)
    assert heard(receiver, "dora") == ["order.delivered"]


async def test_a_failure_and_a_refund_are_told_and_the_refund_resolves(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client, type="UPSTREAM_STUCK")
    for webhook_id, state in (("w1", "ABNORMAL"), ("w2", "REFUNDING"), ("w3", "REFUNDED")):
        await outcome(client, webhook_id, "order.updated", state, refund_amount="20.00")
        await settle(client)
    assert heard(receiver) == ["order.failed", "order.refunding", "order.refunded"]
    assert list(receiver.told.values())[-1]["data"] == {"amount": "20.00", "currency": "CNY"}
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "resolved"
    assert (await history(client, ticket_no))[-1] == ("refunded", "system")


async def test_a_delivery_does_not_settle_a_second_payment(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client, type="DUPLICATE_PAYMENT")
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    assert heard(receiver) == ["order.delivered"]
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "open"


async def test_what_comes_back_is_news_again(client: TestClient, receiver: Receiver):
    await reported(client, type="OTHER")
    for number, state in enumerate(("ABNORMAL", "PROCESSING", "ABNORMAL", "PROCESSING", "COMPLETED")):
        await outcome(client, f"w{number}", "order.updated", state)
        await settle(client)
    assert heard(receiver) == ["order.failed", "order.failed", "order.delivered"]


async def test_a_source_that_is_down_is_no_news_and_found_again_later(client: TestClient, receiver: Receiver):
    await reported(client)
    engine = client.app[DATABASE]
    async with engine.begin() as connection:
        await connection.execute(update(order_owners).values(source="outage"))
    await set_states(client, Order.COMPLETED, Delivery.DELIVERED)
    forward(client, minutes=1)
    await settle(client)
    assert receiver.told == {}
    async with engine.begin() as connection:
        await connection.execute(update(order_owners).values(source="embedded"))
    forward(client, minutes=4)
    await settle(client)
    assert heard(receiver) == ["order.delivered"]


async def test_many_looks_at_once_tell_once(client: TestClient):
    await reported(client)
    await set_states(client, Order.COMPLETED, Delivery.DELIVERED)
    await asyncio.gather(*(look_again(client.app, ORDER_NO) for _ in range(8)))
    assert await published(client) == [("order.delivered", "alice")]


async def test_killed_after_the_change_before_the_reaction(
    client: TestClient, receiver: Receiver, settings: Settings, clock
):
    """The webhook was taken and the timer claimed; then the process died. Another copy goes on after the lease."""
    ticket_no = await reported(client)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    async with client.app[DATABASE].begin() as connection:
        assert len(await claim_timers(connection, clock.now, LEASE, 10)) == 1
    app = make_app(settings, workers=False)
    app[CLOCK] = clock
    async with TestClient(TestServer(app)) as copy:
        assert await fire_timers(copy.app) == 0
        clock.now += LEASE
        await settle(copy)
    assert heard(receiver) == ["order.delivered"]
    assert (await look(client, ticket_no, "alice"))[1]["status"] == "resolved"


async def test_killed_after_the_reaction_before_the_mark(client: TestClient, receiver: Receiver, clock):
    """Everything was done but the timer not marked: it fires again, and nobody hears of it twice."""
    await reported(client)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    async with client.app[DATABASE].begin() as connection:
        await claim_timers(connection, clock.now, LEASE, 10)
    await look_again(client.app, ORDER_NO)
    clock.now += LEASE
    await settle(client)
    assert heard(receiver) == ["order.delivered"]


async def test_what_an_agent_does_at_the_shop_is_told(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client, type="UPSTREAM_STUCK")
    status, answer = await act(client, ticket_no, "delivered", reason="seen at the supplier")
    assert (status, answer["order"]["changed"]) == (200, True)
    await settle(client)
    assert heard(receiver) == ["order.delivered"]
    assert list(receiver.told.values())[-1]["ticket_no"] == ticket_no


async def test_what_changes_right_after_the_report_is_told(client: TestClient, receiver: Receiver):
    """The order was not looked at yet when the agent acted."""
    proof = await prove(client, "alice", ORDER_NO)
    _, ticket = await report(client, proof=proof, order_no=ORDER_NO, type="UPSTREAM_STUCK")
    await act(client, ticket["ticket_no"], "delivered", reason="seen at the supplier")
    await settle(client)
    assert heard(receiver) == ["order.delivered"]


async def test_who_reported_an_order_that_was_finished_long_ago_is_not_told(client: TestClient, receiver: Receiver):
    ticket_no = await reported(client)
    await act(client, ticket_no, "close", reason="no answer")
    await settle(client)
    heard_before = heard(receiver)
    forward(client, days=8)
    await outcome(client, "w1", "delivery.updated", "DELIVERED")
    await settle(client)
    assert heard(receiver) == heard_before
