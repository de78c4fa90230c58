"""What agents see without a proof, over HTTP and on both databases; looking changes nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestClient

from bot.backend.changes.store import watch
from bot.backend.database import DATABASE, metadata
from bot.backend.evidence.reading.model import Kind, Reading
from bot.backend.evidence.readings import READINGS
from bot.backend.evidence.store import evidence
from bot.backend.facts.model import order_for, source_of, version_of
from bot.backend.http import CLOCK
from bot.backend.incidents.model import Scope
from bot.backend.incidents.work import open_one
from bot.backend.orders.model import DeliveryType, Order, Source
from bot.backend.orders.records import AccountRisk
from bot.backend.payments.store import save_payments
from bot.errors import InvalidError, NotFoundError, OrderNotFoundError
from tests.backend.evidence.reading import Pictures, number_of_picture, sha256_of
from tests.backend.evidence.test_checking import PICTURE, check, client_of, own
from tests.backend.evidence.test_verdicts import make_reading
from tests.backend.factories import add_order, make_order
from tests.backend.payments.making import NOW, ORDER_NO, OTHER_ORDER_NO, WECHAT_NO, make_record


async def everything(client: TestClient) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with client.app[DATABASE].begin() as connection:
        return {
            name: sorted(map(repr, (await connection.execute(sa.select(table))).all()))
            for name, table in metadata.tables.items()
        }


async def read(pictures: Pictures, reading: Reading, picture: bytes = PICTURE, who: str = "alice") -> str:
    """A picture that was sent and read; its id."""
    pictures.says(picture, reading)
    evidence_id = await pictures.send(picture, who)
    assert await pictures.client.app[READINGS].reading_of(sha256_of(picture), 20)
    return evidence_id


async def test_an_order_is_shown_without_a_proof_and_by_any_spelling(backend_client: TestClient):
    await add_order(backend_client, ORDER_NO, risk=AccountRisk(ref=f"account-{ORDER_NO}", real_name=True))
    async with backend_client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER_NO, [make_record()])
    found = await client_of(backend_client).desk_order(f"{ORDER_NO[:2].lower()} {ORDER_NO[2:]}")
    assert (found["order_no"], found["product"], found["reachable"]) == (ORDER_NO, "游戏点卡 30 元直充", True)
    assert found["target_masked"] == "100****01"
    assert found["payment"]["transaction_no_masked"] == f"{WECHAT_NO[:4]}****{WECHAT_NO[-4:]}"
    assert found["risk"]["real_name"] is True
    assert found["diagnosis"]["diagnosis"] == "IN_WINDOW"
    assert found["diagnosis"]["cause"] and found["diagnosis"]["reasons"]
    assert found["diagnosis"]["source"] == "PLATFORM"
    assert WECHAT_NO not in str(found) and "1000200101" not in str(found)


async def test_no_card_secret_and_no_way_to_it_is_ever_in_the_facts(backend_client: TestClient):
    record = make_order(
        delivery_type=DeliveryType.CARD, target="", order=Order.COMPLETED, pickup_url="https://shop.example/card/1"
    )
    await add_order(backend_client, record.order_no, record=record, card_secret="ABCD-EFGH-2345", query_password="pw77")
    found = await client_of(backend_client).desk_order(record.order_no)
    assert found["diagnosis"]["diagnosis"] == "DELIVERED_NOT_SEEN"
    assert not [secret for secret in ("ABCD", "2345", "pw77", "card/1", "pickup") if secret in str(found)]


async def test_an_order_that_is_nowhere_is_not_found(backend_client: TestClient):
    for number in (ORDER_NO, "..", "x/y", "%"):
        with pytest.raises(OrderNotFoundError):
            await client_of(backend_client).desk_order(number)


async def test_a_shop_that_does_not_answer_is_told_as_that(backend_client: TestClient):
    await add_order(backend_client, ORDER_NO, source="outage")
    found = await client_of(backend_client).desk_order(ORDER_NO)
    assert (found["reachable"], found["product"], found["risk"]) == (False, None, None)
    assert found["diagnosis"]["diagnosis"] == "ORDER_UNKNOWN"


async def test_the_incident_of_a_case_is_shown(backend_client: TestClient):
    old = make_order(ORDER_NO, paid_at=NOW - timedelta(hours=3), created_at=NOW - timedelta(hours=3))
    await add_order(backend_client, ORDER_NO, record=old)
    client = client_of(backend_client)
    assert (await client.desk_order(ORDER_NO))["incident"] is None
    async with backend_client.app[DATABASE].begin() as connection:
        now = backend_client.app[CLOCK]()
        incident = await open_one(connection, Scope.PRODUCT, old.product, now - timedelta(hours=1), now)
    assert (await client.desk_order(ORDER_NO))["incident"]["incident_no"] == incident.incident_no
    assert [each["incident_no"] for each in await client.incidents()] == [incident.incident_no]


async def test_the_version_changes_with_the_facts_and_only_with_them(backend_client: TestClient):
    await add_order(backend_client, ORDER_NO)
    client, clock = client_of(backend_client), backend_client.app[CLOCK]
    first = (await client.desk_order(ORDER_NO))["version"]
    clock.now += timedelta(minutes=2)
    assert (await client.desk_order(ORDER_NO))["version"] == first
    async with backend_client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER_NO, [make_record()])
    paid = (await client.desk_order(ORDER_NO))["version"]
    clock.now += timedelta(hours=3)
    late = await client.desk_order(ORDER_NO)
    assert len({first, paid, late["version"]}) == 3
    assert late["late"] is True


async def test_the_orders_that_a_customer_has_proved_the_last_asked_first(backend_client: TestClient):
    async with backend_client.app[DATABASE].begin() as connection:
        for minutes, (order_no, who) in enumerate([(ORDER_NO, "alice"), ("KM9", "bob"), (OTHER_ORDER_NO, "alice")]):
            await watch(connection, order_no, who, NOW + timedelta(minutes=minutes))
    client = client_of(backend_client)
    assert [each["order_no"] for each in await client.desk_orders("alice")] == [OTHER_ORDER_NO, ORDER_NO]
    assert await client.desk_orders("carol") == []
    with pytest.raises(InvalidError):
        await client.desk_orders("")


async def test_a_picture_is_worth_the_same_as_for_its_customer_and_its_numbers_are_masked(pictures: Pictures):
    proof = await own(pictures.client, "alice", ORDER_NO, make_record())
    told = await check(pictures, make_reading(payee="某某数码"), proof=proof)
    (found,) = await client_of(pictures.client).desk_evidence([told["evidence_id"]], [ORDER_NO])
    assert (found["state"], found["kind"], found["verdict"]) == ("read", "WECHAT_BILL", told["verdict"])
    assert (found["judged_for"], found["duplicate"], found["conflicts"]) == (ORDER_NO, None, [])
    assert found["reading"]["amount"] == "30.00"
    assert found["reading"]["transaction_no_masked"] == f"{WECHAT_NO[:4]}****{WECHAT_NO[-4:]}"
    assert WECHAT_NO not in str(found)


async def test_looking_at_facts_changes_nothing(pictures: Pictures):
    """Also a picture that nobody has checked yet is not used up: its customer is the first who uses it."""
    await own(pictures.client, "alice", ORDER_NO, make_record())
    mine = await read(pictures, make_reading())
    before = await everything(pictures.client)
    client = client_of(pictures.client)
    (found,) = await client.desk_evidence([mine], [ORDER_NO])
    assert found["verdict"] == "MATCHED"
    await client.desk_order(ORDER_NO)
    await client.desk_orders("alice")
    assert await everything(pictures.client) == before


async def test_a_picture_that_another_customer_used_is_told_as_that(pictures: Pictures):
    await own(pictures.client, "alice", ORDER_NO)
    proof = await own(pictures.client, "bob", OTHER_ORDER_NO)
    await check(pictures, make_reading(merchant_no=OTHER_ORDER_NO), proof=proof, order_no=OTHER_ORDER_NO, who="bob")
    mine = await pictures.send(PICTURE, "alice")
    (found,) = await client_of(pictures.client).desk_evidence([mine], [ORDER_NO])
    assert (found["verdict"], found["duplicate"]) == ("DUPLICATE", "same_picture")


async def test_a_picture_is_judged_for_the_order_that_it_names(pictures: Pictures):
    for order_no in (ORDER_NO, OTHER_ORDER_NO):
        await own(pictures.client, "alice", order_no)
    mine = await read(pictures, make_reading(merchant_no=ORDER_NO))
    client = client_of(pictures.client)
    for orders, expected in (([OTHER_ORDER_NO, ORDER_NO], ORDER_NO), ([OTHER_ORDER_NO], OTHER_ORDER_NO), ([], None)):
        (found,) = await client.desk_evidence([mine], orders)
        assert found["judged_for"] == expected


async def test_what_is_no_bill_not_read_deleted_or_unknown_is_told_as_that(pictures: Pictures):
    page = await read(pictures, Reading(kind=Kind.ORDER_PAGE), number_of_picture(1))
    gone = await read(pictures, make_reading(), number_of_picture(2))
    pictures.says(number_of_picture(3), None)  # the reader dies of it
    unread = await pictures.send(number_of_picture(3))
    async with pictures.client.app[DATABASE].begin() as connection:
        purge = sa.update(evidence).where(evidence.c.evidence_id == gone).values(purged_at=NOW)
        await connection.execute(purge)
    found = await client_of(pictures.client).desk_evidence([page, gone, unread, "0" * 32, page], [])
    assert [(each["state"], each["kind"], each["verdict"]) for each in found[:2]] == [
        ("read", "ORDER_PAGE", None),
        ("deleted", None, None),
    ]
    assert (len(found), found[2]["evidence_id"], found[2]["kind"]) == (3, unread, None)


async def test_no_id_no_look(backend_client: TestClient):
    client = client_of(backend_client)
    for ids, orders in (([], []), (["x"], []), (["0" * 32], ["a b"]), (["0" * 32] * 51, [])):
        with pytest.raises(InvalidError):
            await client.desk_evidence(ids, orders)
    with pytest.raises(NotFoundError):
        await client.evidence("0" * 32)


async def test_nobody_else_gets_facts(backend_client: TestClient):
    for path in (f"/v1/desk/orders/{ORDER_NO}", "/v1/desk/orders?customer_ref=a", "/v1/desk/evidence"):
        async with backend_client.get(path, headers={"Authorization": "Bearer x"}) as response:
            assert response.status == 401


def test_a_diagnosis_rests_on_the_customers_word_as_soon_as_one_fact_does():
    sources = {"payment": Source.USER_CLAIM, "order": Source.PLATFORM, "delivery": Source.GATEWAY}
    assert source_of(("order", "payment"), sources) is Source.USER_CLAIM
    assert source_of(("order", "delivery"), sources) is Source.PLATFORM
    assert source_of(("late",), sources) is Source.PLATFORM


def test_which_order_a_picture_is_for():
    assert order_for({None, "b"}, ["a", "b"]) == "b"
    assert order_for({None}, ["a", "b"]) == "a"
    assert order_for({"x"}, []) is None


def test_a_version_depends_on_values_alone():
    assert version_of({"a": Decimal("1.00"), "b": None}) == version_of({"b": None, "a": Decimal("1.00")})
    assert version_of({"a": Decimal("1.00")}) != version_of({"a": Decimal("1.10")})
