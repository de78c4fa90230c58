"""Looking at tickets, adding to them and changing them, on both databases."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.payments.model import Verdict
from bot.backend.payments.store import save_claim
from bot.backend.tickets.store import open_ticket_no_of
from tests.backend.conftest import Clock
from tests.backend.evidence.making import make_picture, upload
from tests.backend.payments.making import make_claim
from tests.backend.tickets.desk import change, look, messages, prove, report, save_order, say, send, ticket_numbers
from tests.backend.tickets.making import NOW, ORDER_NO

DAY = timedelta(hours=24)


@pytest.fixture
async def ticket_no(backend_client: TestClient) -> str:
    """Alice's ticket for her proven order of 600 yuan."""
    await save_order(backend_client)
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    return ticket["ticket_no"]


async def test_a_ticket_shows_how_it_stands(backend_client: TestClient, ticket_no: str):
    status, ticket = await look(backend_client, ticket_no, "alice")
    assert status == 200
    assert ticket == {
        "ticket_no": ticket_no,
        "order_no": ORDER_NO,
        "type": "CALLBACK_MISSING",
        "status": "open",
        "stage": "queued",
        "holder": {"kind": "queue", "name": None},
        "waiting_for": "agent",
        "next_promise_at": (NOW + DAY).isoformat(),
        "resolved_at": None,
        "refund": None,
        "rated": False,
        "priority": "high",
        "demand": "VERIFY_FUNDS",
        "created_at": NOW.isoformat(),
        "reply_by": (NOW + DAY).isoformat(),
        "last_agent_reply_at": None,
        "funds_at_platform": False,
        "stalling": False,
        "amount": "600.00",
        "step3": {
            "offer": False, "complaint": False, "platform": False, "legal": False, "why": None,
            "at": (NOW + DAY).isoformat(),
        },
        "history": [
            {
                "at": NOW.isoformat(), "action": "open", "by": "customer", "name": None, "text": "钱付了没到账",
                "pictures": 0,
            },
        ],
    }  # fmt: skip


async def test_the_owner_of_the_order_sees_it_too(backend_client: TestClient, ticket_no: str):
    assert (await look(backend_client, ticket_no, proof=await prove(backend_client, "bob")))[0] == 200


@pytest.mark.parametrize("customer_ref", ["", "charlie"])
async def test_to_others_it_looks_like_a_missing_one(backend_client: TestClient, ticket_no: str, customer_ref: str):
    proof = await prove(backend_client, "charlie", "KM202611240009")
    status, foreign = await look(backend_client, ticket_no, customer_ref, proof)
    _, missing = await look(backend_client, "TK000000000000", customer_ref, proof)
    assert status == 404
    assert foreign["error"] == missing["error"]


async def test_an_expired_proof_shows_nothing(backend_client: TestClient, ticket_no: str, clock: Clock):
    proof = await prove(backend_client, "bob")
    clock.now += timedelta(hours=1)
    assert (await look(backend_client, ticket_no, proof=proof))[0] == 404


async def test_after_a_day_of_silence_the_third_step_is_offered(
    backend_client: TestClient, ticket_no: str, clock: Clock
):
    clock.now += DAY - timedelta(seconds=1)
    assert not (await look(backend_client, ticket_no, "alice"))[1]["step3"]["offer"]
    clock.now += timedelta(seconds=1)
    step3 = (await look(backend_client, ticket_no, "alice"))[1]["step3"]
    assert step3 == {
        "offer": True, "complaint": True, "platform": True, "legal": False, "why": "overdue",
        "at": (NOW + DAY).isoformat(),
    }  # fmt: skip


async def test_an_agents_answer_ends_the_wait(backend_client: TestClient, ticket_no: str, clock: Clock):
    await say(backend_client, ticket_no, author="agent", text="We are looking.", customer_ref=None)
    clock.now += 2 * DAY
    ticket = (await look(backend_client, ticket_no, "alice"))[1]
    assert (ticket["status"], ticket["last_agent_reply_at"]) == ("pending", NOW.isoformat())
    assert not ticket["step3"]["offer"]


@pytest.mark.parametrize("author", ["customer", "system"])
async def test_a_message_of_others_does_not(backend_client: TestClient, ticket_no: str, clock: Clock, author: str):
    await say(backend_client, ticket_no, author=author)
    clock.now += DAY
    assert (await look(backend_client, ticket_no, "alice"))[1]["step3"]["why"] == "overdue"


async def test_money_at_the_shop_and_malice_are_set_by_agents(backend_client: TestClient, ticket_no: str):
    status, ticket = await change(backend_client, ticket_no, funds_at_platform=True, stalling=True)
    assert status == 200
    assert ticket["step3"]["why"] == "funds_at_platform"
    assert ticket["step3"]["legal"]
    assert (await change(backend_client, ticket_no, stalling=False))[1]["step3"]["legal"] is False


async def test_without_proof_the_claimed_amount_counts(backend_client: TestClient):
    claim = make_claim(order_no=None, transaction_no=None, merchant_no=ORDER_NO, amount=Decimal("900.00"))
    async with backend_client.app[DATABASE].begin() as connection:
        await save_claim(connection, "alice", claim, Verdict.CLAIMED, NOW)
    _, ticket = await report(backend_client)
    assert (await look(backend_client, ticket["ticket_no"], "alice"))[1]["amount"] == "900.00"


async def test_without_proof_the_orders_amount_stays_hidden(backend_client: TestClient):
    await save_order(backend_client)
    _, ticket = await report(backend_client, customer_ref="charlie")
    assert (await look(backend_client, ticket["ticket_no"], "charlie"))[1]["amount"] is None


async def test_the_tickets_of_an_order_need_its_proof(backend_client: TestClient, ticket_no: str):
    path = f"/v1/tickets?order_no={ORDER_NO}"
    status, body = await send(backend_client, "GET", path, proof=await prove(backend_client, "bob"))
    assert (status, [each["ticket_no"] for each in body["tickets"]]) == (200, [ticket_no])
    for proof in (None, "wrong", await prove(backend_client, "charlie", "KM202611240009")):
        status, body = await send(backend_client, "GET", path, proof=proof)
        assert (status, body["error"]["code"]) == (404, "order_not_found")


async def test_a_proof_also_finds_what_its_customer_opened_before(backend_client: TestClient):
    _, before = await report(backend_client)
    await report(backend_client, customer_ref="charlie")
    proof = await prove(backend_client)
    _, body = await send(backend_client, "GET", f"/v1/tickets?order_no={ORDER_NO}", proof=proof)
    assert [each["ticket_no"] for each in body["tickets"]] == [before["ticket_no"]]


async def test_a_customers_tickets_come_newest_first(backend_client: TestClient, ticket_no: str, clock: Clock):
    clock.now += timedelta(minutes=1)
    _, second = await report(backend_client, "m9", order_no=None)
    await report(backend_client, "m9", customer_ref="charlie")
    _, body = await send(backend_client, "GET", "/v1/tickets?customer_ref=alice")
    assert [each["ticket_no"] for each in body["tickets"]] == [second["ticket_no"], ticket_no]


async def test_somebody_must_be_named(backend_client: TestClient):
    status, body = await send(backend_client, "GET", "/v1/tickets")
    assert (status, body["error"]["code"]) == (422, "invalid")


async def test_a_picture_without_words_is_a_message(backend_client: TestClient, ticket_no: str):
    _, picture = await upload(backend_client, make_picture())
    status, body = await say(backend_client, ticket_no, text="", evidence=[picture["evidence_id"]])
    assert (status, body["ticket_no"], body["author"]) == (201, ticket_no, "customer")
    assert (await messages(backend_client, ticket_no))[-1]["evidence"] == [picture["evidence_id"]]


async def test_neither_words_nor_pictures_is_none(backend_client: TestClient, ticket_no: str):
    assert (await say(backend_client, ticket_no, text="  "))[0] == 422
    assert (await say(backend_client, ticket_no, text="", evidence=["0" * 32]))[0] == 404
    assert len(await messages(backend_client, ticket_no)) == 1


async def test_a_repeated_message_is_kept_once(backend_client: TestClient, ticket_no: str):
    results = await asyncio.gather(*(say(backend_client, ticket_no) for _ in range(5)))
    assert all(each == results[0] for each in results)
    assert [each["text"] for each in await messages(backend_client, ticket_no)] == ["钱付了没到账", "hello"]


async def test_the_same_words_with_another_key_are_another_message(backend_client: TestClient, ticket_no: str):
    await say(backend_client, ticket_no, "m2")
    await say(backend_client, ticket_no, "m3")
    assert len(await messages(backend_client, ticket_no)) == 3


async def test_other_words_with_the_same_key_are_refused(backend_client: TestClient, ticket_no: str):
    await say(backend_client, ticket_no)
    status, body = await say(backend_client, ticket_no, text="other")
    assert (status, body["error"]["code"]) == (409, "idempotency_mismatch")


async def test_a_stranger_cannot_write(backend_client: TestClient, ticket_no: str):
    for customer_ref in ("charlie", None):
        status, body = await say(backend_client, ticket_no, customer_ref=customer_ref)
        assert (status, body["error"]["code"]) == (404, "not_found")
    assert len(await messages(backend_client, ticket_no)) == 1


async def test_the_owner_with_a_proof_can(backend_client: TestClient, ticket_no: str):
    proof = await prove(backend_client, "bob")
    assert (await say(backend_client, ticket_no, proof=proof, customer_ref="bob"))[0] == 201


@pytest.mark.parametrize("author", ["robot", "", None])
async def test_the_author_must_be_known(backend_client: TestClient, ticket_no: str, author: str | None):
    assert (await say(backend_client, ticket_no, author=author))[0] == 422


async def test_a_customers_answer_opens_a_resolved_ticket_again(backend_client: TestClient, ticket_no: str):
    await change(backend_client, ticket_no, status="resolved")
    await say(backend_client, ticket_no)
    assert (await look(backend_client, ticket_no, "alice"))[1]["status"] == "open"


async def test_but_not_beside_another_live_ticket_of_the_order(backend_client: TestClient, ticket_no: str):
    await change(backend_client, ticket_no, status="resolved")
    _, second = await report(backend_client, "m9", await prove(backend_client))
    assert (await say(backend_client, ticket_no))[0] == 201
    assert (await look(backend_client, ticket_no, "alice"))[1]["status"] == "resolved"
    status, body = await change(backend_client, ticket_no, status="open")
    assert (status, body["error"]["ticket_no"]) == (409, second["ticket_no"])


async def test_a_closed_ticket_takes_no_more(backend_client: TestClient, ticket_no: str):
    await change(backend_client, ticket_no, status="closed")
    assert (await say(backend_client, ticket_no))[0] == 404
    assert (await say(backend_client, ticket_no, author="agent"))[0] == 201


async def test_a_change_must_change_something(backend_client: TestClient, ticket_no: str):
    assert (await change(backend_client, ticket_no))[0] == 422
    assert (await change(backend_client, ticket_no, stalling=None))[0] == 422
    assert (await change(backend_client, ticket_no, status="lost"))[0] == 422
    assert (await change(backend_client, "TK000000000000", stalling=True))[0] == 404


async def test_the_order_knows_its_live_ticket_only(backend_client: TestClient, ticket_no: str):
    async def known() -> str | None:
        async with backend_client.app[DATABASE].begin() as connection:
            return await open_ticket_no_of(connection, ORDER_NO)

    assert await known() == ticket_no
    await change(backend_client, ticket_no, status="resolved")
    assert await known() is None


async def test_a_ticket_without_proof_is_not_the_orders(backend_client: TestClient):
    await report(backend_client, customer_ref="charlie")
    async with backend_client.app[DATABASE].begin() as connection:
        assert await open_ticket_no_of(connection, ORDER_NO) is None
    assert len(await ticket_numbers(backend_client)) == 1
