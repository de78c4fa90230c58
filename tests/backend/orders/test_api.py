"""`/v1/orders` and `/v1/accounts` over HTTP."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.orders.model import Account, Delivery, DeliveryType, Input, Order
from bot.backend.orders.records import AccountRisk, OrderRecord, Refund
from bot.backend.orders.sources import SOURCES, SourceUnavailableError
from bot.backend.payments.model import Claim, PaymentRecord, PaymentState, Verdict
from bot.backend.payments.store import save_claim, save_payments
from tests.backend.conftest import NOW
from tests.backend.factories import ORDER_NO, add_order, make_order
from tests.backend.orders.asking import diagnose, prove

UNPAID = {"order": Order.PENDING_PAYMENT, "delivery": Delivery.NONE, "paid_at": None}
PAID = PaymentRecord(
    order_no=ORDER_NO,
    transaction_no="4200002966202611240000000001",
    merchant_no=ORDER_NO,
    amount=Decimal("30.00"),
    paid_at=NOW - timedelta(minutes=10),
)


async def add_payments(client: TestClient, *records: PaymentRecord) -> None:
    async with client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER_NO, records)


async def add_claim(client: TestClient, verdict: Verdict) -> None:
    async with client.app[DATABASE].begin() as connection:
        await save_claim(connection, "alice", Claim(order_no=ORDER_NO), verdict, NOW)


async def add_and_prove(client: TestClient, **options) -> str:
    """Alice's order; returns the proof."""
    await add_order(client, **options)
    return await prove(client, ORDER_NO, "8000")


def payment(state: PaymentState) -> PaymentRecord:
    return PaymentRecord(order_no=ORDER_NO, amount=Decimal("30.00"), state=state)


async def test_the_owner_sees_the_order_masked(backend_client: TestClient):
    record = make_order(pickup_url="http://shop/1", notified=True, window_minutes=60)
    proof = await add_and_prove(backend_client, record=record)
    await add_payments(backend_client, PAID)
    answer = await backend_client.get(f"/v1/orders/{ORDER_NO}", headers={"X-Owner-Proof": proof})
    assert await answer.json() == {
        "order_no": ORDER_NO,
        "product": "游戏点卡 30 元直充",
        "product_line": "game_card",
        "amount": "30.00",
        "currency": "CNY",
        "created_at": "2026-11-24T04:19:00+00:00",
        "paid_at": "2026-11-24T04:20:00+00:00",
        "target_masked": "100****01",
        "delivery_type": "DIRECT",
        "states": {
            "payment": {"value": "PAID", "source": "GATEWAY"},
            "order": {"value": "PROCESSING", "source": "PLATFORM"},
            "delivery": {"value": "IN_PROGRESS", "source": "PLATFORM"},
            "account": {"value": "UNKNOWN", "source": "PLATFORM"},
            "input": {"value": "UNKNOWN", "source": "PLATFORM"},
        },
        "notified": True,
        "late": False,
        "window_minutes": 60,
        "pickup_url": "http://shop/1",
        "account_ref": f"account-{ORDER_NO}",
        "payment": {
            "channel": "other",
            "transaction_no_masked": "4200****0001",
            "merchant_no_masked": "KM2****001",
            "amount": "30.00",
            "currency": "CNY",
            "state": "PAID",
            "paid_at": "2026-11-24T04:20:00+00:00",
        },
        "refund": None,
        "open_ticket_no": None,
    }


async def test_nobody_else_sees_whether_it_exists(backend_client: TestClient):
    await add_order(backend_client, "KM202405120002")
    proof = await add_and_prove(backend_client)
    answers = []
    for number, token in ((ORDER_NO, ""), (ORDER_NO, "made-up"), ("KM202405120002", proof), ("KM209901010001", proof)):
        for method, path in (("GET", f"/v1/orders/{number}"), ("POST", f"/v1/orders/{number}/diagnosis")):
            answer = await backend_client.request(method, path, json={}, headers={"X-Owner-Proof": token})
            body = await answer.json()
            answers.append((answer.status, body["error"]))
    assert answers == [(404, {"code": "order_not_found", "message": answers[0][1]["message"]})] * 8


async def test_a_payment_number_finds_the_proven_order_only(backend_client: TestClient):
    proof = await add_and_prove(backend_client)
    await add_payments(backend_client, PAID)
    found = await backend_client.get(
        "/v1/orders", params={"payment_no": "4200 0029 6620 2611 2400 0000 0001"}, headers={"X-Owner-Proof": proof}
    )
    assert (await found.json())["order_no"] == ORDER_NO
    for number in ("4200002966202611240000000002", "-"):
        unknown = await backend_client.get(
            "/v1/orders", params={"payment_no": number}, headers={"X-Owner-Proof": proof}
        )
        assert unknown.status == 404
    assert (await backend_client.get("/v1/orders", params={"payment_no": PAID.transaction_no})).status == 404
    assert (await backend_client.get("/v1/orders", headers={"X-Owner-Proof": proof})).status == 422


async def test_a_paid_order_without_notice_is_waited_for_and_then_reported(backend_client: TestClient, clock):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID, notified=False))
    await add_payments(backend_client, PAID)
    clock.now = NOW - timedelta(minutes=5)
    early = await diagnose(backend_client, ORDER_NO, proof)
    assert (early["diagnosis"], early["rule"], early["next"]) == ("CALLBACK_MISSING", "R13", "wait")
    assert (early["report_after"], early["recheck_minutes"]) == ("2026-11-24T04:30:00+00:00", [5, 10])
    clock.now = NOW
    due = await diagnose(backend_client, ORDER_NO, proof)
    assert (due["next"], due["ticket_type"], due["demand"]) == ("report", "CALLBACK_MISSING", "VERIFY_FUNDS")
    assert due["reasons"] == ["payment=PAID", "order=PENDING_PAYMENT", "notified=false"]


@pytest.mark.parametrize(
    ("paid", "diagnosis", "next_step"),
    [(None, "PAYMENT_UNKNOWN", "evidence"), (True, "PAYMENT_CLAIMED", "report"), (False, "UNPAID", "self_check")],
)
async def test_what_the_customer_says_fills_what_nobody_knows(backend_client: TestClient, paid, diagnosis, next_step):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID))
    answer = await diagnose(backend_client, ORDER_NO, proof, paid=paid)
    assert (answer["diagnosis"], answer["next"]) == (diagnosis, next_step)
    source = "GATEWAY" if paid is None else "USER_CLAIM"
    assert answer["order"]["states"]["payment"]["source"] == source


async def test_but_does_not_outrank_the_channel(backend_client: TestClient):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID))
    await add_payments(backend_client, payment(PaymentState.UNPAID))
    answer = await diagnose(backend_client, ORDER_NO, proof, paid=True)
    assert (answer["diagnosis"], answer["next"]) == ("UNPAID", "evidence")
    assert answer["order"]["states"]["payment"] == {"value": "UNPAID", "source": "GATEWAY"}


@pytest.mark.parametrize("state", [PaymentState.UNPAID, PaymentState.FAILED, PaymentState.CLOSED, None])
async def test_evidence_that_nobody_can_confirm_is_reported(backend_client: TestClient, state: PaymentState | None):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID))
    await add_payments(backend_client, *([payment(state)] if state else []))
    await add_claim(backend_client, Verdict.CLAIMED)
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert (answer["diagnosis"], answer["next"], answer["ticket_type"]) == (
        "PAYMENT_CLAIMED",
        "report",
        "PAYMENT_VERIFY",
    )


async def test_evidence_that_contradicts_the_record_is_asked_for_again(backend_client: TestClient):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID))
    await add_payments(backend_client, PAID)
    await add_claim(backend_client, Verdict.CONFLICT)
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert (answer["diagnosis"], answer["cause"], answer["next"]) == ("EVIDENCE_CONFLICT", "C?", "evidence")


@pytest.mark.parametrize("state", [Order.PROCESSING, Order.COMPLETED])
async def test_what_the_shop_has_booked_no_evidence_puts_in_question(backend_client: TestClient, state: Order):
    proof = await add_and_prove(backend_client, record=make_order(order=state, delivery=Delivery.DELIVERED))
    await add_payments(backend_client, PAID)
    await add_claim(backend_client, Verdict.CONFLICT)
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert answer["order"]["states"]["payment"] == {"value": "PAID", "source": "GATEWAY"}
    assert answer["diagnosis"] != "EVIDENCE_CONFLICT"


async def test_a_wrong_input_is_believed_only_where_the_shop_knows_nothing(backend_client: TestClient):
    done = {"order": Order.COMPLETED, "delivery": Delivery.DELIVERED}
    proof = await add_and_prove(backend_client, record=make_order(**done))
    answer = await diagnose(backend_client, ORDER_NO, proof, input="MISMATCH", symptom="wrong_info")
    assert answer["diagnosis"] == "WRONG_TARGET"
    assert answer["order"]["states"]["input"] == {"value": "MISMATCH", "source": "USER_CLAIM"}
    await add_order(backend_client, record=make_order(**done, input=Input.OK))
    answer = await diagnose(backend_client, ORDER_NO, proof, input="MISMATCH")
    assert answer["diagnosis"] == "DELIVERED_NOT_SEEN"
    assert answer["order"]["states"]["input"] == {"value": "OK", "source": "PLATFORM"}


async def test_an_expired_login_is_believed_only_where_the_shop_knows_nothing(backend_client: TestClient):
    proof = await add_and_prove(backend_client, record=make_order(**UNPAID))
    await add_payments(backend_client, payment(PaymentState.FAILED))
    assert (await diagnose(backend_client, ORDER_NO, proof, login_expired=True))["diagnosis"] == "LOGIN_EXPIRED"
    risk = AccountRisk(ref=f"account-{ORDER_NO}", state=Account.OK)
    await add_order(backend_client, record=make_order(**UNPAID), risk=risk)
    assert (await diagnose(backend_client, ORDER_NO, proof, login_expired=True))["diagnosis"] == "PAYMENT_FAILED"


async def test_two_payments_for_one_order_are_a_duplicate(backend_client: TestClient):
    proof = await add_and_prove(backend_client)
    await add_payments(backend_client, payment(PaymentState.PAID), payment(PaymentState.PAID))
    assert (await diagnose(backend_client, ORDER_NO, proof))["diagnosis"] == "DUPLICATE_PAYMENT"


async def test_the_product_says_how_long_it_may_take(backend_client: TestClient, clock):
    proof = await add_and_prove(backend_client, record=make_order(window_minutes=15))
    assert (await diagnose(backend_client, ORDER_NO, proof))["diagnosis"] == "IN_WINDOW"
    clock.now = NOW + timedelta(minutes=5)
    late = await diagnose(backend_client, ORDER_NO, proof)
    assert (late["diagnosis"], late["order"]["late"]) == ("UPSTREAM_STUCK", True)


async def test_handwork_has_its_own_window(backend_client: TestClient):
    record = make_order(delivery_type=DeliveryType.MANUAL, paid_at=NOW - timedelta(hours=2))
    proof = await add_and_prove(backend_client, record=record)
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert (answer["diagnosis"], answer["next"], answer["order"]["window_minutes"]) == ("MANUAL_WAITING", "wait", 1440)


async def test_a_refund_is_told_with_its_amount_and_way(backend_client: TestClient):
    refund = Refund(amount=Decimal("30.00"), to="balance", at=NOW - timedelta(hours=1))
    proof = await add_and_prove(backend_client, record=make_order(order=Order.REFUNDED, refund=refund))
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert answer["diagnosis"] == "REFUNDED"
    assert answer["order"]["refund"] == {"amount": "30.00", "to": "balance", "at": "2026-11-24T03:30:00+00:00"}


async def test_a_card_product_has_no_account_that_was_credited(backend_client: TestClient):
    record = make_order(delivery_type=DeliveryType.CARD, target="", order=Order.COMPLETED)
    proof = await add_and_prove(backend_client, record=record, card_secret="ABCD-EFGH")
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert answer["order"]["target_masked"] is None
    assert (answer["diagnosis"], answer["ticket_type"]) == ("DELIVERED_NOT_SEEN", "CARD_MISSING")
    assert "ABCD" not in str(answer)


class SlowSource:
    """A source that never answers."""

    async def find(self, order_no: str) -> OrderRecord | None:
        await asyncio.sleep(3600)
        raise AssertionError

    async def risk_of(self, account_ref: str) -> AccountRisk | None:
        raise SourceUnavailableError


@pytest.mark.parametrize("source", ["outage", "slow", "nobody-knows"])
async def test_a_source_that_does_not_answer_is_a_diagnosis(
    backend_client: TestClient, source: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.backend.orders.cases.SOURCE_TIMEOUT", 0.05)
    backend_client.app[SOURCES]["slow"] = SlowSource()
    proof = await add_and_prove(backend_client, source=source)
    await add_payments(backend_client, PAID)
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert (answer["diagnosis"], answer["next"], answer["ticket_type"]) == ("ORDER_UNKNOWN", "report", "LOOKUP_FAILED")
    assert answer["order"]["product"] is None
    assert answer["order"]["states"]["order"] == {"value": "UNKNOWN", "source": "PLATFORM"}
    headers = {"X-Owner-Proof": proof}
    assert (await backend_client.get(f"/v1/accounts/account-{ORDER_NO}/risk", headers=headers)).status == 503


async def test_an_unknown_state_in_a_row_is_unknown_and_no_crash(backend_client: TestClient):
    proof = await add_and_prove(backend_client)
    async with backend_client.app[DATABASE].begin() as connection:
        await connection.exec_driver_sql("UPDATE orders SET order_state = 'MELTED', input_state = ''")
    answer = await diagnose(backend_client, ORDER_NO, proof)
    assert (answer["diagnosis"], answer["next"]) == ("ORDER_UNKNOWN", "report")
    assert answer["order"]["product"] == "游戏点卡 30 元直充"


async def test_the_risk_is_told_to_the_owner_of_an_order_of_the_account(backend_client: TestClient):
    risk = AccountRisk(
        ref=f"account-{ORDER_NO}", state=Account.LIMITED, real_name=True, limit_per_order=Decimal("100.00")
    )
    proof = await add_and_prove(backend_client, risk=risk)
    await add_order(backend_client, "KM202405120002", risk=AccountRisk(ref="account-KM202405120002"))
    headers = {"X-Owner-Proof": proof}
    answer = await backend_client.get(f"/v1/accounts/account-{ORDER_NO}/risk", headers=headers)
    assert await answer.json() == {
        "state": "LIMITED",
        "real_name": True,
        "limits": {"per_order": "100.00", "per_day": None},
    }
    for path, sent in (("account-KM202405120002", headers), (f"account-{ORDER_NO}", {}), ("nobody", headers)):
        assert (await backend_client.get(f"/v1/accounts/{path}/risk", headers=sent)).status == 404
