"""`POST /v1/verify` over HTTP: proofs, tries and locks."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import func, select

from bot.backend.database import DATABASE
from bot.backend.ownership.store import proofs, save_proof, verify_tries
from bot.backend.payments.model import PaymentRecord
from bot.backend.payments.store import save_payments
from bot.settings import Settings
from tests.backend.conftest import NOW, Clock
from tests.backend.factories import add_order

MISSING = "KM209901010001"


async def verify(
    client: TestClient, reference="KM202405120001", tail="8000", who="alice", kind="phone_tail", address=None
):
    """The status and the body of a try."""
    body = {"reference": reference, "factor": {"type": kind, "value": tail}, "customer_ref": who}
    body |= {"address_key": address} if address else {}
    answer = await client.post("/v1/verify", json=body)
    return answer.status, await answer.json()


async def count(client: TestClient, table) -> int:
    async with client.app[DATABASE].begin() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


@pytest.fixture(autouse=True)
async def order(backend_client: TestClient) -> str:
    """Alice's order with all four factors."""
    return await add_order(
        backend_client, phone_tail="8000", contact="Alice@example.com", query_password="Pw 1", identity="a-1"
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone_tail", "8000"),
        ("phone_tail", "138 0013 8000"),
        ("contact", "alice@EXAMPLE.com"),
        ("query_password", "Pw 1"),
        ("identity", "a-1"),
    ],
)
async def test_each_factor_proves_the_order(backend_client: TestClient, kind: str, value: str):
    status, body = await verify(backend_client, "km2024 0512-0001", value, kind=kind)
    assert status == 200
    assert body["order_no"] == "KM202405120001"
    assert body["expires_in"] == 1800
    seen = await backend_client.get("/v1/orders/KM202405120001", headers={"X-Owner-Proof": body["token"]})
    assert seen.status == 200


@pytest.mark.parametrize(("kind", "value"), [("query_password", "pw 1"), ("contact", "8000"), ("identity", "A-1")])
async def test_a_factor_of_another_kind_or_case_does_not(backend_client: TestClient, kind: str, value: str):
    assert (await verify(backend_client, tail=value, kind=kind))[0] == 404


async def test_a_payment_number_leads_to_the_order_too(backend_client: TestClient):
    record = PaymentRecord(order_no="KM202405120001", transaction_no="9000000000000000001", amount=Decimal("30.00"))
    async with backend_client.app[DATABASE].begin() as connection:
        await save_payments(connection, "KM202405120001", [record])
    status, body = await verify(backend_client, "9000000000000000001")
    assert (status, body["order_no"]) == (200, "KM202405120001")


async def test_a_missing_order_and_a_wrong_factor_look_the_same(backend_client: TestClient):
    wrong = [await verify(backend_client, tail="1111", who="bob") for _ in range(4)]
    missing = [await verify(backend_client, MISSING, who="charlie") for _ in range(4)]
    for _, body in (*wrong, *missing):
        body.pop("request_id")
    assert wrong == missing
    assert [status for status, _ in wrong] == [404, 404, 404, 423]
    assert [body["error"].get("tries_left") for _, body in wrong] == [2, 1, 0, None]
    assert wrong[3][1]["error"]["retry_after"] == 1800


async def test_a_lock_holds_for_the_order_and_for_the_customer_and_ends(backend_client: TestClient, clock: Clock):
    await add_order(backend_client, "KM202405120002", phone_tail="8000")
    for _ in range(3):
        await verify(backend_client, tail="1111", who="bob")
    assert (await verify(backend_client, who="alice"))[0] == 423
    assert (await verify(backend_client, "KM202405120002", who="bob"))[0] == 423
    assert (await verify(backend_client, "KM202405120002", who="alice"))[0] == 200
    clock.now = NOW + timedelta(seconds=1800)
    assert (await verify(backend_client, who="alice"))[0] == 200
    assert (await verify(backend_client, who="bob"))[0] == 200


async def test_trying_while_locked_does_not_make_the_lock_longer(backend_client: TestClient, clock: Clock):
    for _ in range(3):
        await verify(backend_client, tail="1111")
    clock.now = NOW + timedelta(seconds=1700)
    assert (await verify(backend_client))[1]["error"]["retry_after"] == 100


async def test_the_other_numbers_of_an_order_give_no_further_tries(backend_client: TestClient):
    record = PaymentRecord(order_no="KM202405120001", transaction_no="9000000000000000001", amount=Decimal("30.00"))
    async with backend_client.app[DATABASE].begin() as connection:
        await save_payments(connection, "KM202405120001", [record])
    for who in ("bob", "charlie", "dora"):
        assert (await verify(backend_client, tail="1111", who=who))[0] == 404
    assert (await verify(backend_client, "9000000000000000001", who="erik"))[0] == 423


async def test_a_right_try_does_not_wash_the_wrong_ones_away(backend_client: TestClient):
    await verify(backend_client, tail="1111")
    await verify(backend_client, tail="2222")
    assert (await verify(backend_client))[0] == 200
    assert (await verify(backend_client, tail="3333"))[1]["error"]["tries_left"] == 0
    assert (await verify(backend_client))[0] == 423


async def test_right_tries_never_lock(backend_client: TestClient):
    assert [(await verify(backend_client))[0] for _ in range(5)] == [200] * 5


async def test_guesses_at_the_same_time_do_not_pass_the_limit_together(backend_client: TestClient):
    tries = [verify(backend_client, tail=f"{number:04d}", who=f"thief-{number}") for number in range(20)]
    statuses = sorted(status for status, _ in await asyncio.gather(*tries))
    assert statuses == [404] * 3 + [423] * 17


async def test_a_right_factor_among_many_guesses_is_not_found_after_the_limit(backend_client: TestClient):
    tries = [verify(backend_client, tail=f"{number:04d}", who="thief") for number in range(7990, 8010)]
    await asyncio.gather(*tries)
    assert await count(backend_client, proofs) <= 1
    assert (await verify(backend_client, who="thief"))[0] == 423


async def test_a_signed_identity_is_no_guess(backend_client: TestClient):
    for _ in range(5):
        status, body = await verify(backend_client, tail="b-2", kind="identity", who="user:b-2")
        assert (status, body["error"]["tries_left"]) == (404, 3)
    assert await verify_as("b-2", backend_client) == await verify_as("b-2", backend_client, MISSING)
    assert await count(backend_client, verify_tries) == 0


async def test_the_guesses_of_others_do_not_lock_a_signed_owner_out(backend_client: TestClient):
    for tail in ("1111", "2222", "3333"):
        await verify(backend_client, tail=tail, who="thief")
    assert (await verify(backend_client))[0] == 423
    assert (await verify(backend_client, tail="a-1", kind="identity", who="user:a-1"))[0] == 200
    status, body = await verify(backend_client, tail="b-2", kind="identity", who="thief")
    assert (status, body["error"]["code"]) == (423, "verify_locked")


async def verify_as(user_id: str, client: TestClient, reference: str = "KM202405120001") -> tuple:
    status, body = await verify(client, reference, user_id, f"user:{user_id}", "identity")
    return status, body["error"]


async def test_a_proof_ends(backend_client: TestClient, clock: Clock):
    token = (await verify(backend_client))[1]["token"]
    clock.now = NOW + timedelta(seconds=1799)
    headers = {"X-Owner-Proof": token}
    assert (await backend_client.get("/v1/orders/KM202405120001", headers=headers)).status == 200
    clock.now = NOW + timedelta(seconds=1800)
    assert (await backend_client.get("/v1/orders/KM202405120001", headers=headers)).status == 404


async def test_neither_tokens_nor_factors_are_stored_readably(backend_client: TestClient, settings: Settings):
    token = (await verify(backend_client))[1]["token"]
    async with backend_client.app[DATABASE].begin() as connection:
        rows = (await connection.execute(select(proofs))).all()
    assert token not in str(rows)
    assert len(rows) == 1


async def test_old_proofs_are_cleared_away(backend_client: TestClient, clock: Clock):
    for _ in range(3):
        await verify(backend_client)
    clock.now = NOW + timedelta(hours=1)
    await verify(backend_client)
    assert await count(backend_client, proofs) == 1


async def test_a_crash_before_the_commit_leaves_neither_proof_nor_try(
    backend_client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    async def crash(*arguments, **options):
        await save_proof(*arguments, **options)
        raise KeyError("the power is gone")

    monkeypatch.setattr("bot.backend.ownership.store.save_proof", crash)
    assert (await verify(backend_client))[0] == 500
    assert await count(backend_client, proofs) == 0
    assert await count(backend_client, verify_tries) == 0
    monkeypatch.undo()
    assert (await verify(backend_client))[0] == 200


async def test_guesses_at_many_orders_are_counted_on_the_address(
    backend_client: TestClient, settings: Settings, clock: Clock
):
    settings.verify_tries_of_address = 4
    await add_order(backend_client, "KM202405120002", phone_tail="8000")
    for number in range(4):  # each another order and another conversation
        assert (await verify(backend_client, f"KM20990101000{number}", "1111", f"bob{number}", address="a"))[0] == 404
    status, body = await verify(backend_client, "KM202405120002", who="bob9", address="a")
    assert (status, 0 < body["error"]["retry_after"] <= 1800) == (423, True)
    # The owner, from elsewhere, and a customer of a channel without addresses.
    assert (await verify(backend_client, "KM202405120002", who="alice", address="b"))[0] == 200
    assert (await verify(backend_client, "KM202405120002", who="carol"))[0] == 200
    clock.now = NOW + timedelta(seconds=1800)
    assert (await verify(backend_client, "KM202405120002", who="bob9", address="a"))[0] == 200


async def test_right_answers_and_signed_identities_cost_an_address_nothing(
    backend_client: TestClient, settings: Settings
):
    settings.verify_tries_of_address = 2
    assert (await verify(backend_client, MISSING, address="a"))[1]["error"]["tries_left"] == 1
    for _ in range(3):
        assert (await verify(backend_client, address="a"))[0] == 200
    assert (await verify(backend_client, MISSING, who="bob", address="a"))[1]["error"]["tries_left"] == 0
    assert (await verify(backend_client, address="a"))[0] == 423
