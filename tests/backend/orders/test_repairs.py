"""What can be done about a stuck order: the rules, and the source over our own tables."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.orders.model import Delivery, DeliveryType, Input, Order, ProductLine
from bot.backend.orders.repairs import (
    Obstacle,
    Repair,
    RepairOrder,
    corrected,
    delivered,
    due_now,
    repushed,
    requeried,
)
from bot.backend.orders.sources import SOURCES, ReadOnlySource, SourceUnavailableError
from bot.backend.orders.store import order_of
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.store import save_payments
from bot.backend.payments.summary import PaymentEvidence
from bot.errors import ActionRefusedError, NotFoundError, NotSupportedError
from tests.backend.conftest import NOW
from tests.backend.factories import ORDER_NO, add_order, make_order

PAID_AT = NOW - timedelta(minutes=20)


def make_paid(state: PaymentState = PaymentState.PAID, amount: str = "30.00") -> PaymentEvidence:
    record = PaymentRecord(amount=Decimal(amount), state=state, paid_at=PAID_AT)
    return PaymentEvidence(state.value, "GATEWAY", record=record)


def unpaid(**changes):
    usual = {"order": Order.PENDING_PAYMENT, "delivery": Delivery.NONE, "paid_at": None, "notified": False}
    return make_order(**{**usual, **changes})


def refusal(function, record, paid) -> str:
    with pytest.raises(ActionRefusedError) as caught:
        function(record, paid)
    return caught.value.details["reason"]


@pytest.mark.parametrize("state", [Order.PENDING_PAYMENT, Order.EXPIRED])
def test_a_confirmed_payment_is_booked(state: Order):
    after = requeried(unpaid(order=state), make_paid())
    assert (after.order, after.delivery, after.notified, after.paid_at) == ("PAID", "QUEUED", True, PAID_AT)


def test_what_is_done_by_hand_waits_for_a_hand():
    assert requeried(unpaid(delivery_type=DeliveryType.MANUAL), make_paid()).delivery == "MANUAL_PENDING"


@pytest.mark.parametrize("state", [each for each in PaymentState if each is not PaymentState.PAID])
def test_another_answer_of_the_channel_books_nothing(state: PaymentState):
    assert requeried(unpaid(), make_paid(state)) == unpaid()


def test_another_amount_books_nothing():
    assert requeried(unpaid(), make_paid(amount="29.99")) == unpaid()
    assert requeried(unpaid(), PaymentEvidence()) == unpaid()


def test_an_order_that_is_further_is_left_alone():
    assert requeried(make_order(), make_paid()) == make_order()


@pytest.mark.parametrize("delivery", [Delivery.QUEUED, Delivery.NONE, Delivery.FAILED, Delivery.OUT_OF_STOCK])
@pytest.mark.parametrize("state", [Order.PAID, Order.PROCESSING, Order.FAILED, Order.ABNORMAL])
def test_a_stuck_order_is_sent_again(state: Order, delivery: Delivery):
    after = repushed(make_order(order=state, delivery=delivery), make_paid())
    assert (after.order, after.delivery) == ("PROCESSING", "IN_PROGRESS")


@pytest.mark.parametrize("delivery", [Delivery.IN_PROGRESS, Delivery.PARTIAL])
def test_what_is_on_its_way_is_not_sent_twice(delivery: Delivery):
    assert refusal(repushed, make_order(delivery=delivery), make_paid()) == Obstacle.ALREADY_SENT


@pytest.mark.parametrize("wrong", [Input.BAD_FORMAT, Input.MISMATCH, Input.WRONG_TYPE])
def test_nothing_is_sent_to_a_wrong_account(wrong: Input):
    order = make_order(order=Order.FAILED, delivery=Delivery.FAILED, input=wrong)
    assert refusal(repushed, order, make_paid()) == Obstacle.WRONG_INPUT


@pytest.mark.parametrize("function", [repushed, delivered])
@pytest.mark.parametrize(
    ("record", "paid", "reason"),
    [
        (unpaid(), make_paid(PaymentState.UNPAID), "not_paid"),
        (unpaid(order=Order.EXPIRED), make_paid(), "not_paid"),
        (make_order(order=Order.REFUNDED), make_paid(PaymentState.REFUNDED), "refunded"),
        (make_order(order=Order.REFUNDING), make_paid(), "refunded"),
        (make_order(order=Order.FAILED), make_paid(PaymentState.REFUNDED), "refunded"),
        (make_order(order=Order.REVIEW), make_paid(), "under_review"),
        (make_order(order=Order.COMPLETED, delivery=Delivery.DELIVERED), make_paid(), "already_delivered"),
        (make_order(order=Order.UNKNOWN), make_paid(), "not_paid"),
    ],
)
def test_what_the_shop_does_not_owe_is_refused(function, record, paid, reason):
    assert refusal(function, record, paid) == reason


WRONG = {"order": Order.PAID, "delivery": Delivery.QUEUED, "input": Input.BAD_FORMAT}


@pytest.mark.parametrize("wrong", [Input.BAD_FORMAT, Input.MISMATCH, Input.UNKNOWN, Input.OK])
@pytest.mark.parametrize("delivery", [Delivery.QUEUED, Delivery.FAILED, Delivery.OUT_OF_STOCK, Delivery.NONE])
def test_details_are_put_right_before_it_is_sent(wrong: Input, delivery: Delivery):
    before = make_order(**{**WRONG, "input": wrong, "delivery": delivery})
    after = corrected(before, make_paid(), " 2000300404 ")
    assert (after.target, after.input, after.order, after.delivery) == ("2000300404", "OK", "PAID", delivery)
    assert repushed(after, make_paid()).delivery == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("changes", "target", "reason"),
    [
        ({"delivery": Delivery.IN_PROGRESS}, "2000300404", "already_sent"),
        ({"delivery": Delivery.PARTIAL}, "2000300404", "already_sent"),
        ({"delivery": Delivery.DELIVERED}, "2000300404", "already_sent"),
        ({"order": Order.COMPLETED, "delivery": Delivery.DELIVERED}, "2000300404", "already_delivered"),
        ({"order": Order.REFUNDING}, "2000300404", "refunded"),
        ({"order": Order.REVIEW}, "2000300404", "under_review"),
        ({"order": Order.PENDING_PAYMENT}, "2000300404", "not_paid"),
        ({"delivery_type": DeliveryType.CARD}, "2000300404", "no_input"),
        ({"input": Input.WRONG_TYPE}, "2000300404", "wrong_input"),
        ({"product_line": ProductLine.PHONE_CREDIT}, "2000300404", "bad_format"),
        ({}, "x", "bad_format"),
    ],
)
def test_details_are_left_as_they_are_when_that_could_do_harm(changes, target, reason):
    def with_target(record, paid):
        return corrected(record, paid, target)

    assert refusal(with_target, make_order(**{**WRONG, **changes}), make_paid()) == reason


@pytest.mark.parametrize("repair", Repair)
@pytest.mark.parametrize(("order", "delivery"), list(product(Order, Delivery)))
def test_whatever_the_states_a_repair_does_something_or_says_why_not(repair, order, delivery):
    record = make_order(order=order, delivery=delivery)
    try:
        after = due_now(repair, record, make_paid(), record.target)
    except ActionRefusedError as error:
        assert error.details["reason"] in set(Obstacle)
    else:
        assert (
            replace(
                after,
                order=order,
                delivery=delivery,
                input=record.input,
                notified=record.notified,
                paid_at=record.paid_at,
            )
            == record
        )


async def repair(client: TestClient, what: Repair, key: str = "k1", source: str = "embedded", order_no: str = ORDER_NO):
    return await client.app[SOURCES][source].repair(RepairOrder(repair=what, order_no=order_no, key=key, now=NOW))


async def stored(client: TestClient) -> tuple[str, str]:
    async with client.app[DATABASE].begin() as connection:
        record = await order_of(connection, ORDER_NO)
    return record.order, record.delivery


async def test_the_payment_of_an_own_order_is_asked_for_and_booked(backend_client: TestClient):
    await add_order(backend_client, record=unpaid(), card_secret="AAAA")
    async with backend_client.app[DATABASE].begin() as connection:
        paid = PaymentRecord(order_no=ORDER_NO, amount=Decimal("30.00"), paid_at=PAID_AT)
        await save_payments(connection, ORDER_NO, [paid])
    done = await repair(backend_client, Repair.REQUERY)
    assert done.to_json() == {
        "before": {"order": "PENDING_PAYMENT", "delivery": "NONE"}, "after": {"order": "PAID", "delivery": "QUEUED"},
        "payment": "PAID", "changed": True,
    }  # fmt: skip
    assert await stored(backend_client) == ("PAID", "QUEUED")
    assert await repair(backend_client, Repair.REQUERY) == done


async def test_ten_repushes_with_one_key_are_one_and_another_key_is_refused(backend_client: TestClient):
    await add_order(backend_client, record=make_order(order=Order.FAILED, delivery=Delivery.FAILED))
    done = await asyncio.gather(*(repair(backend_client, Repair.REPUSH) for _ in range(10)))
    assert all(each == done[0] for each in done)
    assert await stored(backend_client) == ("PROCESSING", "IN_PROGRESS")
    with pytest.raises(ActionRefusedError):
        await repair(backend_client, Repair.REPUSH, "k2")


async def test_a_repair_of_a_missing_order_finds_nothing(backend_client: TestClient):
    with pytest.raises(NotFoundError):
        await repair(backend_client, Repair.DELIVERED, order_no="KM000000000000")


async def test_a_source_that_is_down_says_so_and_one_that_only_reads_too(backend_client: TestClient):
    with pytest.raises(SourceUnavailableError):
        await repair(backend_client, Repair.REPUSH, source="outage")
    with pytest.raises(NotSupportedError) as caught:
        await ReadOnlySource().repair(RepairOrder(repair=Repair.REPUSH, order_no=ORDER_NO, key="k", now=NOW))
    assert "repush" in str(caught.value)
