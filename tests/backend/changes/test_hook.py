"""What a shop tells is checked, put in order, applied once, and never guessed at."""

import asyncio
import itertools
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.orders.model import Delivery, Order
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.store import save_payments
from bot.backend.timers.store import timers
from bot.settings import Settings
from bot.webhooks import signed_headers
from tests.backend.changes.shop import make_change, order, outcome, payments, tell, written
from tests.backend.conftest import NOW, make_settings
from tests.backend.factories import ORDER_NO, add_order, make_order


async def test_a_change_is_applied_and_the_order_looked_at(client: TestClient):
    assert await tell(client, make_change()) == (200, {"outcome": "applied"})
    found = await order(client)
    assert (found.order, found.delivery) == (Order.COMPLETED, Delivery.DELIVERED)
    async with client.app[DATABASE].begin() as connection:
        (timer,) = await connection.execute(select(timers))
    assert (timer.kind, timer.subject, timer.due_at) == ("order", ORDER_NO, NOW)


async def test_the_same_webhook_again_has_the_same_outcome_and_no_effect(client: TestClient):
    assert await outcome(client, "w1", "order.updated", "ABNORMAL") == "applied"
    assert await outcome(client, "w2", "order.updated", "PROCESSING", 1) == "applied"
    assert await outcome(client, "w1", "order.updated", "ABNORMAL") == "applied"
    assert (await order(client)).order is Order.PROCESSING
    assert await written(client) == [("w1", "applied"), ("w2", "applied")]


async def test_the_same_webhook_many_times_at_once_is_applied_once(client: TestClient):
    found = await asyncio.gather(*(tell(client, make_change()) for _ in range(10)))
    assert found == [(200, {"outcome": "applied"})] * 10
    assert await written(client) == [("w1", "applied")]


CHANGES = [("order.updated", "PAID", 1), ("delivery.updated", "IN_PROGRESS", 2), ("order.updated", "COMPLETED", 3)]


@pytest.mark.parametrize("turns", list(itertools.permutations(CHANGES)))
async def test_the_newest_change_holds_in_whatever_order_they_come(client: TestClient, clock, turns):
    clock.now += timedelta(minutes=10)
    for number, (kind, state, minute) in enumerate(turns):
        await outcome(client, f"w{number}", kind, state, minute)
    assert (await order(client)).order is Order.COMPLETED
    late = [outcome for (_, outcome), turn in zip(await written(client), turns, strict=True) if turn[1] == "COMPLETED"]
    assert late == ["applied"]


async def test_of_one_second_the_end_holds_in_whatever_order_they_come(client: TestClient, clock):
    clock.now += timedelta(minutes=10)
    assert await outcome(client, "w1", "order.updated", "COMPLETED") == "applied"
    assert await outcome(client, "w2", "delivery.updated", "IN_PROGRESS") == "stale"
    assert await outcome(client, "w3", "order.updated", "PAID") == "stale"
    found = await order(client)
    assert (found.order, found.delivery) == (Order.COMPLETED, Delivery.DELIVERED)
    assert await outcome(client, "w4", "order.updated", "PROCESSING", 1) == "applied"
    assert (await order(client)).order is Order.PROCESSING


async def test_an_older_change_is_noted_and_not_applied(client: TestClient):
    assert await outcome(client, "w1", "delivery.updated", "DELIVERED") == "applied"
    assert await outcome(client, "w2", "order.updated", "PROCESSING", -1) == "stale"
    assert (await order(client)).order is Order.COMPLETED


async def test_payment_and_goods_are_put_in_order_apart(client: TestClient):
    assert await outcome(client, "w1", "delivery.updated", "DELIVERED") == "applied"
    assert await outcome(client, "w2", "payment.updated", "PAID", -1) == "applied"


async def test_a_shop_whose_clock_is_ahead_does_not_lock_itself_out(client: TestClient, clock):
    assert await outcome(client, "w1", "order.updated", "ABNORMAL", 60 * 24 * 365) == "applied"
    clock.now += timedelta(minutes=1)
    assert await outcome(client, "w2", "order.updated", "PROCESSING", 1) == "applied"


@pytest.mark.parametrize(
    ("kind", "state"),
    [("order.updated", "UNKNOWN_ERROR"), ("delivery.updated", "已发货"), ("payment.updated", "TRADE_SUCCESS"),
     ("order.updated", "UNKNOWN"), ("order.archived", "COMPLETED")],
)  # fmt: skip
async def test_an_unknown_state_is_noted_and_changes_nothing(client: TestClient, kind: str, state: str):
    before = await order(client)
    assert await outcome(client, "w1", kind, state) == "unknown_state"
    assert await order(client) == before
    assert await payments(client) == []


async def test_an_unknown_order_is_noted(client: TestClient):
    assert await outcome(client, "w1", "order.updated", "COMPLETED", order_no="KM999") == "unknown_order"


async def test_an_order_number_may_be_written_in_another_way(client: TestClient):
    spelled = f"{ORDER_NO[:4].lower()} {ORDER_NO[4:]}"
    assert await outcome(client, "w1", "order.updated", "COMPLETED", order_no=spelled) == "applied"


async def test_an_order_of_another_system_is_asked_for_there(client: TestClient):
    await add_order(client, "KM77", source="outage")
    assert await outcome(client, "w1", "order.updated", "COMPLETED", order_no="KM77") == "asked"
    assert (await order(client, "KM77")).order is Order.PROCESSING


async def test_a_payment_is_changed_and_known_to_the_shop(client: TestClient):
    record = make_order(order=Order.PENDING_PAYMENT, delivery=Delivery.NONE, paid_at=None, notified=False)
    await add_order(client, record=record)
    waiting = PaymentRecord(order_no=ORDER_NO, amount=Decimal("30.00"), state=PaymentState.PROCESSING)
    async with client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER_NO, [waiting])
    assert await outcome(client, "w1", "payment.updated", "PAID", -2, transaction_no="4200001") == "applied"
    (paid,) = await payments(client)
    assert (paid.state, paid.transaction_no) == (PaymentState.PAID, "4200001")
    assert paid.paid_at == NOW - timedelta(minutes=2)
    assert (await order(client)).notified is True


async def test_a_payment_that_we_did_not_know_is_added(client: TestClient):
    assert await outcome(client, "w1", "payment.updated", "PAID", transaction_no="4200001") == "applied"
    assert await outcome(client, "w2", "payment.updated", "PAID", 0, transaction_no="4200002") == "applied"
    assert [each.transaction_no for each in await payments(client)] == ["4200001", "4200002"]
    assert {each.amount for each in await payments(client)} == {Decimal("30.00")}


async def test_a_payment_of_another_order_is_not_taken(client: TestClient):
    await add_order(client, "KM77")
    number = {"transaction_no": "4200001"}
    assert await outcome(client, "w1", "payment.updated", "PAID", order_no="KM77", **number) == "applied"
    assert await outcome(client, "w2", "payment.updated", "PAID", **number) == "conflict"
    assert await payments(client) == []


async def test_a_payment_number_may_be_written_in_another_way(client: TestClient):
    assert await outcome(client, "w1", "payment.updated", "PAID", transaction_no="txn-4200 001") == "applied"
    assert await outcome(client, "w2", "payment.updated", "REFUNDED", 1, transaction_no="TXN4200001") == "applied"
    (payment,) = await payments(client)
    assert (payment.transaction_no, payment.state) == ("TXN4200001", PaymentState.REFUNDED)
    await add_order(client, "KM77")
    taken = {"order_no": "KM77", "transaction_no": "Txn4200001"}
    assert await outcome(client, "w3", "payment.updated", "PAID", **taken) == "conflict"


async def test_a_refunded_order_stays_refunded_whatever_becomes_of_the_goods(client: TestClient):
    assert await outcome(client, "w1", "order.updated", "REFUNDED", refund_to="balance") == "applied"
    assert await outcome(client, "w2", "delivery.updated", "FAILED", 1) == "applied"
    found = await order(client)
    assert (found.order, found.delivery) == (Order.REFUNDED, Delivery.FAILED)
    assert found.refund and found.refund.at == NOW


async def test_a_refund_has_its_amount_and_way(client: TestClient):
    more = {"refund_amount": "12.50", "refund_to": "balance"}
    assert await outcome(client, "w1", "order.updated", "REFUNDED", **more) == "applied"
    refund = (await order(client)).refund
    assert refund and (refund.amount, refund.to, refund.at) == (Decimal("12.50"), "balance", NOW)
    assert await outcome(client, "w2", "payment.updated", "REFUNDED") == "applied"
    (payment,) = await payments(client)
    assert (payment.refunded_amount, payment.refunded_at) == (Decimal("30.00"), NOW)


async def test_only_the_shop_may_tell(client: TestClient, settings: Settings):
    status, answer = await tell(client, make_change(), secret="another")
    assert (status, answer["error"]["code"]) == (401, "not_authorized")
    body = b'{"type": "order.updated"}'
    changed = await client.post("/v1/hooks/shop", data=body + b" ", headers=signed_headers(
        settings.shop_webhook_secret.get_secret_value(), "w1", body))  # fmt: skip
    assert changed.status == 401
    assert await written(client) == []


async def test_a_time_outside_of_the_calendar_is_refused(client: TestClient):
    status, answer = await tell(client, make_change() | {"occurred_at": "0001-01-01T00:00:00+14:00"})
    assert (status, answer["error"]["fields"]) == (422, ["occurred_at"])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"type": "order.updated"}', 422), (b"\xff", 401)],
)
async def test_what_is_no_change_is_refused(client: TestClient, body: bytes, status: int):
    if status == 401:  # cannot even be signed
        headers = {"webhook-id": "w1", "webhook-timestamp": "1", "webhook-signature": "v1,"}
        assert (await client.post("/v1/hooks/shop", data=body, headers=headers)).status == status
    else:
        assert (await tell(client, body))[0] == status


async def test_without_a_secret_there_is_no_such_address(database_url: str, tmp_path: Path, aiohttp_client):
    settings = make_settings(tmp_path, backend_database_url=database_url)
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    client = await aiohttp_client(make_app(settings, workers=False), headers=headers)
    assert (await tell(client, make_change()))[0] == 404
    assert (await client.post("/v1/demo/events", json=make_change())).status == 404
