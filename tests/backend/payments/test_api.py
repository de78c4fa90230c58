"""`POST /v1/payments/verify` on both databases."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import CLOCK
from bot.backend.orders.store import orders
from bot.backend.ownership.store import Owner, Proof, save_owner, save_proof
from bot.backend.payments.model import PaymentRecord, PaymentState
from bot.backend.payments.store import save_payments
from tests.backend.conftest import Clock
from tests.backend.payments.making import (
    ALIPAY_NO,
    NOW,
    ORDER_NO,
    OTHER_ORDER_NO,
    OTHER_WECHAT_NO,
    PAID_AT,
    WECHAT_NO,
    make_record,
)

TOKENS = {ORDER_NO: "proof-1", OTHER_ORDER_NO: "proof-2"}
CLAIM = {
    "channel": "wechat",
    "transaction_no": WECHAT_NO,
    "merchant_no": None,
    "amount": "30.00",
    "paid_at": PAID_AT.isoformat(),
}


async def save(client: TestClient, order_no: str, *records: PaymentRecord, state: str = "PENDING_PAYMENT") -> None:
    """An order with its payments, and Alice's proof for it."""
    now = client.app[CLOCK]()
    values = {
        "order_no": order_no, "product": "30 yuan card", "product_line": "game_card", "amount": Decimal("30.00"),
        "currency": "CNY", "created_at": now - timedelta(hours=1), "target": "10001", "delivery_type": "DIRECT",
        "order_state": state, "delivery_state": "NONE", "input_state": "OK",
    }  # fmt: skip
    async with client.app[DATABASE].begin() as connection:
        await connection.execute(orders.insert().values(values))
        await save_owner(connection, Owner(order_no, "embedded", {}))
        await save_payments(connection, order_no, records)
        await save_proof(connection, TOKENS[order_no], Proof(order_no, "alice"), now, timedelta(hours=9))


async def verify(client: TestClient, proven: str | None = None, who: str = "alice", **claim: Any) -> tuple[int, Any]:
    """Send Alice's claim with these changes; `proven` is the order whose proof goes along."""
    body = {"order_no": proven, "claim": {**CLAIM, **claim}, "customer_ref": who}
    headers = {"X-Owner-Proof": TOKENS[proven]} if proven else {}
    answer = await client.post("/v1/payments/verify", json=body, headers=headers)
    return answer.status, await answer.json()


def told(answer: dict[str, Any]) -> tuple[str, str, str, str | None]:
    """Verdict, payment, source and rule."""
    return answer["verdict"], answer["payment"], answer["source"], (answer["diagnosis"] or {}).get("rule")


async def test_an_owners_payment_that_is_on_record_matches(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    status, answer = await verify(backend_client, ORDER_NO)
    assert status == 200
    assert told(answer) == ("MATCHED", "PAID", "GATEWAY", "R13")
    assert (answer["mismatches"], answer["missing"], answer["order_known"]) == ([], [], True)
    assert answer["diagnosis"]["order"]["order_no"] == ORDER_NO


async def test_without_a_record_the_owners_claim_goes_to_a_person(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record(state=PaymentState.UNPAID, transaction_no=None, paid_at=None))
    _, answer = await verify(backend_client, ORDER_NO)
    assert told(answer) == ("CLAIMED", "CLAIMED_PAID", "USER_CLAIM", "R14")


async def test_a_contradiction_is_named_and_changes_the_diagnosis(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    _, answer = await verify(backend_client, ORDER_NO, amount="50.00")
    assert told(answer) == ("CONFLICT", "CONFLICT", "USER_CLAIM", "R02")
    assert answer["mismatches"] == ["amount"]


async def test_the_corrected_claim_takes_the_contradiction_back(backend_client: TestClient, clock: Clock):
    await save(backend_client, ORDER_NO, make_record())
    await verify(backend_client, ORDER_NO, amount="50.00")
    clock.now += timedelta(seconds=1)
    assert told((await verify(backend_client, ORDER_NO))[1]) == ("MATCHED", "PAID", "GATEWAY", "R13")


async def test_what_is_missing_is_named(backend_client: TestClient):
    await save(backend_client, ORDER_NO)
    _, answer = await verify(backend_client, ORDER_NO, transaction_no=None, amount=None)
    assert (answer["verdict"], answer["missing"]) == ("INCOMPLETE", ["number", "amount"])


async def test_the_amount_tolerance_is_a_setting(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    assert (await verify(backend_client, ORDER_NO, amount="30.10"))[1]["verdict"] == "CONFLICT"
    backend_client.app[SETTINGS].amount_tolerance = Decimal("0.10")
    assert (await verify(backend_client, ORDER_NO, amount="30.10"))[1]["verdict"] == "MATCHED"


async def test_a_bill_may_show_a_minus(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    assert (await verify(backend_client, ORDER_NO, amount="-30.00"))[1]["verdict"] == "MATCHED"


async def test_numbers_are_read_however_they_are_written(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    written = f"{WECHAT_NO[:14]} {WECHAT_NO[14:]}"
    assert (await verify(backend_client, ORDER_NO, transaction_no=written))[1]["verdict"] == "MATCHED"


async def test_a_number_used_for_another_order_is_a_conflict_that_tells_nothing_of_it(backend_client: TestClient):
    await save(backend_client, OTHER_ORDER_NO, make_record(order_no=OTHER_ORDER_NO, merchant_no=OTHER_ORDER_NO))
    await save(backend_client, ORDER_NO)
    _, answer = await verify(backend_client, ORDER_NO, amount="31.00")
    assert (answer["verdict"], answer["mismatches"]) == ("CONFLICT", ["transaction_no"])
    assert OTHER_ORDER_NO not in str(answer)


async def test_a_number_claimed_for_another_order_is_a_conflict(backend_client: TestClient):
    await save(backend_client, ORDER_NO)
    await save(backend_client, OTHER_ORDER_NO)
    assert (await verify(backend_client, ORDER_NO))[1]["verdict"] == "CLAIMED"
    assert (await verify(backend_client, OTHER_ORDER_NO))[1]["mismatches"] == ["transaction_no"]
    assert (await verify(backend_client, ORDER_NO))[1]["verdict"] == "CLAIMED"


async def test_a_wrong_proof_is_not_found(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    body = {"order_no": ORDER_NO, "claim": CLAIM, "customer_ref": "alice"}
    answer = await backend_client.post("/v1/payments/verify", json=body, headers={"X-Owner-Proof": "wrong"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "order_not_found")


async def test_another_customers_proof_is_not_found(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    status, body = await verify(backend_client, ORDER_NO, who="charlie")
    assert (status, body["error"]["code"]) == (404, "order_not_found")


# ------------------------------------------------------------------ without proof


async def test_a_stranger_who_knows_number_and_amount_is_led_to_the_order(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    _, answer = await verify(backend_client)
    assert told(answer) == ("MATCHED", "PAID", "GATEWAY", None)
    assert answer["order_known"]
    assert ORDER_NO not in str(answer)


@pytest.mark.parametrize(("state", "rule"), [("PAID", "R03"), ("REFUNDED", "R04"), ("PROCESSING", "R03")])
async def test_a_payment_whose_order_was_lost_is_told(backend_client: TestClient, state: str, rule: str):
    async with backend_client.app[DATABASE].begin() as connection:
        record = make_record(order_no=None, merchant_no=ORDER_NO, state=PaymentState(state))
        await save_payments(connection, ORDER_NO, [record])
    for numbers in ({}, {"transaction_no": None, "merchant_no": ORDER_NO}):
        _, answer = await verify(backend_client, **numbers)
        assert told(answer) == ("MATCHED", state, "GATEWAY", rule)
        assert not answer["order_known"]


@pytest.mark.parametrize(
    "guess",
    [
        {"amount": "30.01"},
        {"transaction_no": OTHER_WECHAT_NO},
        {"transaction_no": None, "merchant_no": ORDER_NO, "amount": "99.00"},
        {"transaction_no": None, "merchant_no": OTHER_ORDER_NO},
        {"transaction_no": OTHER_WECHAT_NO, "merchant_no": ORDER_NO, "amount": "99.00"},
        {"channel": "alipay", "transaction_no": ALIPAY_NO},
    ],
)
async def test_every_other_guess_looks_as_if_there_were_no_records(backend_client: TestClient, guess: dict):
    _, before = await verify(backend_client, who="charlie", **guess)
    await save(backend_client, ORDER_NO, make_record())
    status, after = await verify(backend_client, who="dora", **guess)
    assert (status, after) == (200, before)
    assert told(after) == ("CLAIMED", "CLAIMED_PAID", "USER_CLAIM", "R03")


@pytest.mark.parametrize("paid_at", [None, (PAID_AT + timedelta(hours=1)).isoformat()])
async def test_order_number_and_price_can_be_guessed_and_tell_nothing(backend_client: TestClient, paid_at: str | None):
    guess = {"transaction_no": None, "merchant_no": ORDER_NO, "paid_at": paid_at}
    _, before = await verify(backend_client, who="charlie", **guess)
    await save(backend_client, ORDER_NO, make_record())
    assert await verify(backend_client, who="dora", **guess) == (200, before)
    _, right = await verify(backend_client, who="dora", **{**guess, "paid_at": PAID_AT.isoformat()})
    assert (right["verdict"], right["order_known"]) == ("MATCHED", True)


@pytest.mark.parametrize("field", ["amount", "transaction_no"])
async def test_without_number_or_amount_nothing_is_looked_up(backend_client: TestClient, field: str):
    await save(backend_client, ORDER_NO, make_record())
    for _ in range(5):  # so it is no try either
        status, answer = await verify(backend_client, **{field: None})
        assert status == 200
    assert told(answer) == ("INCOMPLETE", "UNKNOWN", "USER_CLAIM", "R05")
    assert not answer["order_known"]


async def test_wrong_guesses_lock_the_customer(backend_client: TestClient, clock: Clock):
    await save(backend_client, ORDER_NO, make_record())
    for cents in range(3):
        assert (await verify(backend_client, transaction_no=f"T{cents}"))[0] == 200
    status, body = await verify(backend_client)
    assert (status, body["error"]["code"]) == (423, "verify_locked")
    clock.now += timedelta(seconds=backend_client.app[SETTINGS].verify_lockout)
    assert (await verify(backend_client))[1]["verdict"] == "MATCHED"


@pytest.mark.parametrize("numbers", [{}, {"transaction_no": None, "merchant_no": ORDER_NO}, {"transaction_no": "T9"}])
async def test_wrong_guesses_lock_the_number_for_everybody(backend_client: TestClient, numbers: dict):
    await save(backend_client, ORDER_NO, make_record())
    for cents in range(3):
        guess = {**numbers, "amount": f"10.0{cents}"}
        assert (await verify(backend_client, who=f"c{cents}", **guess))[0] == 200
    assert (await verify(backend_client, who="dora", **numbers))[0] == 423


async def test_guesses_and_ownership_tries_count_together(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    for tail in ("1111", "2222"):
        factor = {"type": "phone_tail", "value": tail}
        body = {"reference": ORDER_NO, "factor": factor, "customer_ref": "charlie"}
        assert (await backend_client.post("/v1/verify", json=body)).status == 404
    assert (await verify(backend_client, who="charlie", amount="1.00"))[0] == 200
    assert (await verify(backend_client, who="charlie"))[0] == 423


async def test_right_guesses_are_not_counted(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    for minute in range(6):
        moment = (PAID_AT + timedelta(minutes=minute)).isoformat()
        assert (await verify(backend_client, paid_at=moment))[1]["verdict"] == "MATCHED"


async def test_the_same_claim_sent_again_is_no_new_try(backend_client: TestClient):
    for _ in range(5):
        assert (await verify(backend_client))[0] == 200


async def test_a_strangers_claim_does_not_touch_the_owners_diagnosis(backend_client: TestClient, clock: Clock):
    await save(backend_client, ORDER_NO, make_record())
    wrong = {"merchant_no": ORDER_NO, "paid_at": (NOW - timedelta(days=9)).isoformat()}
    assert (await verify(backend_client, who="charlie", **wrong))[1]["verdict"] == "CONFLICT"
    clock.now += timedelta(seconds=1)
    assert told((await verify(backend_client, ORDER_NO))[1]) == ("MATCHED", "PAID", "GATEWAY", "R13")


async def test_an_order_number_without_its_proof_counts_for_nothing(backend_client: TestClient):
    await save(backend_client, ORDER_NO, make_record())
    body = {"order_no": ORDER_NO, "claim": {**CLAIM, "transaction_no": None}, "customer_ref": "charlie"}
    answer = await (await backend_client.post("/v1/payments/verify", json=body)).json()
    assert told(answer) == ("INCOMPLETE", "UNKNOWN", "USER_CLAIM", "R05")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "thirty"), ("amount", "NaN"), ("amount", "1e99"), ("amount", "0.001"), ("amount", "99999999999"),
        ("paid_at", "2026-11-24 12:00:00"), ("paid_at", "soon"), ("paid_at", 1700000000), ("paid_at", "1700000000"),
        ("amount", 30), ("channel", "cash"), ("transaction_no", "1" * 101), ("more", 1),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named(backend_client: TestClient, field: str, value: object):
    status, body = await verify(backend_client, **{field: value})
    assert (status, body["error"]["fields"]) == (422, [f"claim.{field}"])


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1999-12-31T23:59:59Z"])
async def test_a_time_at_which_nobody_paid_is_a_conflict(backend_client: TestClient, moment: str):
    await save(backend_client, ORDER_NO)
    for proven in (ORDER_NO, None):
        status, answer = await verify(backend_client, proven, transaction_no="T1", paid_at=moment)
        assert (status, answer["mismatches"]) == (200, ["paid_at"])


@pytest.mark.parametrize("number", ["--", "", "\ufdfa" * 100, "１２３"])
async def test_strange_numbers_do_no_harm(backend_client: TestClient, number: str):
    await save(backend_client, ORDER_NO)
    for proven in (ORDER_NO, None):
        assert (await verify(backend_client, proven, transaction_no=number, merchant_no=number))[0] == 200
