"""Every demo order leads to its diagnosis, also after days."""

import json
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.orders.demo import FLAGSHIP, LINES, demo_order, demo_orders
from bot.backend.orders.model import RULES, Diagnosis
from bot.backend.orders.store import orders
from bot.backend.payments.store import claims, payments
from bot.backend.seed import is_written, refresh, seed, write_order
from bot.numbers import find_phone_tail, find_reference
from bot.settings import Settings
from tests.backend.conftest import NOW, make_settings
from tests.backend.orders.asking import diagnose, prove

WITHOUT_ORDER = {Diagnosis.PAID_NO_ORDER, Diagnosis.REFUNDED_NO_ORDER, Diagnosis.ORDER_NOT_FOUND}
LEADING_TO_ORDER = [each for each in demo_orders(NOW) if each.diagnosis not in WITHOUT_ORDER]


@pytest.fixture
def settings(database_url: str, tmp_path) -> Settings:
    return make_settings(tmp_path, backend_database_url=database_url, demo=True)


async def rows(client: TestClient, table) -> list:
    async with client.app[DATABASE].begin() as connection:
        return [tuple(row) for row in await connection.execute(select(table))]


async def test_every_demo_order_reaches_its_diagnosis_at_once_and_after_days(backend_client: TestClient, clock):
    for later in (timedelta(0), timedelta(days=3)):
        clock.now = NOW + later
        await refresh(backend_client.app[DATABASE], clock.now)
        for demo in LEADING_TO_ORDER:
            proof = await prove(backend_client, demo.order_no, demo.phone_tail)
            answer = await diagnose(backend_client, demo.order_no, proof)
            assert answer["diagnosis"] == demo.diagnosis, (demo.order_no, later)
            assert answer["order"]["order_no"] == demo.order_no


async def test_the_orders_that_are_not_there_cannot_be_proved(backend_client: TestClient):
    for demo in demo_orders(NOW):
        if demo.diagnosis in WITHOUT_ORDER:
            body = {"reference": demo.order_no, "factor": {"type": "phone_tail", "value": demo.phone_tail}}
            answer = await backend_client.post("/v1/verify", json={**body, "customer_ref": demo.order_no})
            assert answer.status == 404


async def test_the_list_has_one_order_per_rule_in_turn_of_the_lines(backend_client: TestClient):
    answer = await backend_client.get("/v1/demo/orders")
    listed = (await answer.json())["orders"]
    assert listed[0]["order_no"] == "KM202405120001"
    assert listed[0]["diagnosis"] == FLAGSHIP
    assert sorted(each["rule"] for each in listed) == [rule.number for rule in RULES]
    assert {each["product_line"] for each in listed} == set(LINES)
    every = (await (await backend_client.get("/v1/demo/orders?every_line=true")).json())["orders"]
    assert {(each["rule"], each["product_line"]) for each in every} == {
        (rule.number, line) for rule in RULES for line in LINES
    }
    assert len({each["order_no"] for each in every}) == len(every) == 96


async def test_a_hint_is_what_the_payment_record_says(backend_client: TestClient):
    listed = (await (await backend_client.get("/v1/demo/orders")).json())["orders"]
    recorded = {row[3] for row in await rows(backend_client, payments)}
    by_rule = {each["rule"]: each["hint"] for each in listed}
    assert by_rule["R03"]["transaction_no"] in recorded
    assert by_rule["R13"]["transaction_no"] in recorded
    assert by_rule["R20"]["transaction_no"] not in recorded
    assert by_rule["R05"] is None
    for hint in filter(None, by_rule.values()):
        assert find_reference(hint["transaction_no"]).value == hint["transaction_no"]


async def test_seeding_again_writes_nothing(backend_client: TestClient, clock, settings: Settings):
    before = [await rows(backend_client, table) for table in (orders, payments, claims)]
    again = await seed(backend_client.app[DATABASE], settings.derived_key("ownership"), NOW + timedelta(days=1))
    assert again == 0
    assert [await rows(backend_client, table) for table in (orders, payments, claims)] == before


async def test_moving_the_times_leaves_the_other_orders_and_all_claims(backend_client: TestClient):
    fresh = {each.order_no for each in demo_orders(NOW) if each.scene.fresh}
    before = await rows(backend_client, orders), await rows(backend_client, claims)
    await refresh(backend_client.app[DATABASE], NOW + timedelta(hours=5))
    after = await rows(backend_client, orders), await rows(backend_client, claims)
    assert after[1] == before[1]
    assert {row[0] for row, old in zip(sorted(after[0]), sorted(before[0]), strict=True) if row != old} == fresh


def test_the_digits_of_a_phone_can_be_typed_in_a_sentence():
    for demo in demo_orders(NOW):
        assert find_phone_tail(f"{demo.order_no} {demo.phone_tail}") == demo.phone_tail
        assert not demo.order_no.endswith(demo.phone_tail)


async def test_outside_the_demo_there_is_neither_list_nor_order(tmp_path, sqlite_template, aiohttp_client):
    from bot.backend.app import make_app

    (tmp_path / "backend.db").write_bytes(sqlite_template.read_bytes())
    settings = make_settings(tmp_path)
    app = make_app(settings)
    app[CLOCK] = lambda: NOW
    client = await aiohttp_client(app, headers={"Authorization": f"Bearer {settings.derived_key('backend')}"})
    assert (await client.get("/v1/demo/orders")).status == 404
    assert await rows(client, orders) == []


async def test_no_answer_contains_a_card_code(backend_client: TestClient):
    secrets = [row[0] for row in await rows(backend_client, orders.c.card_secret) if row[0]]
    assert secrets
    heard = [await (await backend_client.get("/v1/demo/orders?every_line=true")).text()]
    for demo in LEADING_TO_ORDER:
        proof = await prove(backend_client, demo.order_no, demo.phone_tail)
        headers = {"X-Owner-Proof": proof}
        heard.append(json.dumps(await diagnose(backend_client, demo.order_no, proof)))
        heard.append(await (await backend_client.get(f"/v1/orders/{demo.order_no}", headers=headers)).text())
        heard.append(
            await (await backend_client.get(f"/v1/accounts/demo-{demo.order_no}/risk", headers=headers)).text()
        )
    for secret in secrets:
        assert not any(secret in each for each in heard)


@pytest.mark.parametrize("diagnosis", [Diagnosis.QUEUE_BACKLOG, Diagnosis.PAID_NO_ORDER])
async def test_an_order_of_which_there_is_anything_is_known(diagnosis: Diagnosis, backend_client: TestClient):
    demo = demo_order(diagnosis, len(LINES), NOW, "http://shop.example")
    async with backend_client.app[DATABASE].begin() as connection:
        assert not await is_written(connection, demo)
        await write_order(connection, demo, "key", NOW)
        assert await is_written(connection, demo)
