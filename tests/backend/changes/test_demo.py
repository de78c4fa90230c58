"""`POST /v1/demo/events` plays the shop."""

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.orders.demo import LINES, demo_order
from bot.backend.orders.model import Diagnosis, Order
from bot.backend.seed import refresh
from bot.settings import Settings
from tests.backend.changes.shop import order, payments
from tests.backend.changes.town import settle
from tests.backend.conftest import NOW, make_settings
from tests.backend.events.receiver import Receiver
from tests.backend.orders.asking import diagnose, prove

FLAGSHIP, PROCESSING = (demo_order(each, 0, NOW) for each in (Diagnosis.CALLBACK_MISSING, Diagnosis.PAYMENT_PROCESSING))


@pytest.fixture
def settings(database_url: str, tmp_path: Path, gateway_port: int) -> Settings:
    return make_settings(
        tmp_path, backend_database_url=database_url, gateway_url=f"http://127.0.0.1:{gateway_port}", demo=True
    )


async def play(client: TestClient, order_no: str, type: str, state: str, **more) -> str:
    answer = await client.post("/v1/demo/events", json={"type": type, "order_no": order_no, "state": state, **more})
    assert answer.status == 200, await answer.text()
    return (await answer.json())["outcome"]


async def test_the_flagship_comes_to_a_good_end(backend_client: TestClient, receiver: Receiver):
    proof = await prove(backend_client, FLAGSHIP.order_no, FLAGSHIP.phone_tail)
    assert (await diagnose(backend_client, FLAGSHIP.order_no, proof))["diagnosis"] == "CALLBACK_MISSING"
    assert await play(backend_client, FLAGSHIP.order_no, "payment.updated", "PAID") == "applied"
    await settle(backend_client)
    assert (await diagnose(backend_client, FLAGSHIP.order_no, proof))["diagnosis"] == "STATE_LAG"
    assert await play(backend_client, FLAGSHIP.order_no, "delivery.updated", "DELIVERED") == "applied"
    await settle(backend_client)
    assert [each["type"] for each in receiver.told.values()] == ["order.payment_confirmed", "order.delivered"]
    assert (await diagnose(backend_client, FLAGSHIP.order_no, proof))["diagnosis"] == "DELIVERED_NOT_SEEN"


async def test_the_demo_does_not_take_back_what_the_shop_said(backend_client: TestClient):
    assert await play(backend_client, PROCESSING.order_no, "payment.updated", "PAID") == "applied"
    await refresh(backend_client.app[DATABASE], NOW + timedelta(minutes=5))
    assert [each.state for each in await payments(backend_client, PROCESSING.order_no)] == ["PAID"]


async def test_a_time_of_its_own_puts_it_in_order(backend_client: TestClient):
    earlier = (NOW - timedelta(hours=1)).isoformat()
    assert await play(backend_client, FLAGSHIP.order_no, "order.updated", "PROCESSING") == "applied"
    assert await play(backend_client, FLAGSHIP.order_no, "order.updated", "EXPIRED", occurred_at=earlier) == "stale"
    assert (await order(backend_client, FLAGSHIP.order_no)).order is Order.PROCESSING


@pytest.mark.parametrize("line", LINES)
def test_every_demo_order_has_a_supplier(line):
    turn = LINES.index(line)
    record = demo_order(Diagnosis.UPSTREAM_STUCK, turn, NOW).record
    assert record and record.supplier
