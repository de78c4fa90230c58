"""Reports become tickets, one live ticket each, on both databases."""

import asyncio
import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from bot.backend.database import SETTINGS
from tests.backend.conftest import Clock
from tests.backend.evidence.making import make_picture, upload
from tests.backend.tickets.desk import (
    case,
    change,
    look,
    make_report,
    messages,
    prove,
    report,
    save_order,
    send,
    ticket_numbers,
)
from tests.backend.tickets.making import NOW, ORDER_NO


async def test_a_report_opens_a_ticket(backend_client: TestClient):
    status, ticket = await report(backend_client, proof=await prove(backend_client))
    assert status == 201
    assert re.fullmatch(r"TK261124[0-9A-F]{6}", ticket["ticket_no"])
    assert ticket == {
        "ticket_no": ticket["ticket_no"],
        "status": "open",
        "created_at": NOW.isoformat(),
        "reply_by": (NOW + timedelta(hours=24)).isoformat(),
        "joined": False,
    }


async def test_another_customers_proof_opens_nothing(backend_client: TestClient):
    status, body = await report(backend_client, proof=await prove(backend_client, "bob"))
    assert (status, body["error"]["code"]) == (404, "order_not_found")
    assert await ticket_numbers(backend_client) == []


async def test_the_promise_is_a_setting(backend_client: TestClient):
    backend_client.app[SETTINGS].reply_promise_hours = 2
    _, ticket = await report(backend_client)
    assert ticket["reply_by"] == (NOW + timedelta(hours=2)).isoformat()


async def test_the_statement_is_kept_with_the_report(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    (message,) = await messages(backend_client, ticket["ticket_no"])
    assert (message["author"], message["text"]) == ("customer", "钱付了没到账")
    statement = {name: make_report()[name] for name in ("initiated_at", "product", "payment_state", "order_state")}
    assert message["report"] | statement == message["report"]
    assert message["report"]["demand"] == "VERIFY_FUNDS"


async def test_a_second_report_of_a_proven_order_joins_its_ticket(backend_client: TestClient, clock: Clock):
    _, first = await report(backend_client, proof=await prove(backend_client))
    clock.now += timedelta(hours=1)
    status, second = await report(
        backend_client, "m9:ticket", await prove(backend_client, "bob"), customer_ref="bob", content="me too"
    )
    assert (status, second["error"]["code"]) == (409, "ticket_exists")
    named = {name: second["error"][name] for name in ("ticket_no", "created_at", "reply_by")}
    assert named == {name: first[name] for name in named}
    assert [each["text"] for each in await messages(backend_client, first["ticket_no"])] == ["钱付了没到账", "me too"]


async def test_another_order_is_another_ticket(backend_client: TestClient):
    await report(backend_client, proof=await prove(backend_client))
    proof = await prove(backend_client, order_no="KM202611240002")
    status, _ = await report(backend_client, "m9", proof, order_no="KM202611240002")
    assert status == 201


@pytest.mark.parametrize("done", ["resolved", "closed"])
async def test_after_the_end_of_a_ticket_a_report_opens_another(backend_client: TestClient, done: str):
    proof = await prove(backend_client)
    _, first = await report(backend_client, proof=proof)
    await change(backend_client, first["ticket_no"], status=done)
    status, second = await report(backend_client, "m9", proof)
    assert status == 201
    assert second["ticket_no"] != first["ticket_no"]


async def test_a_ticket_in_an_agents_hands_still_takes_reports(backend_client: TestClient):
    proof = await prove(backend_client)
    _, first = await report(backend_client, proof=proof)
    await change(backend_client, first["ticket_no"], status="pending")
    assert (await report(backend_client, "m9", proof))[0] == 409


async def test_a_more_urgent_report_makes_the_ticket_urgent(backend_client: TestClient):
    proof = await prove(backend_client)
    _, ticket = await report(backend_client, proof=proof)
    for number, (priority, expected) in enumerate([("urgent", "urgent"), ("low", "urgent")]):
        await report(backend_client, f"again{number}", proof, priority=priority)
        assert (await look(backend_client, ticket["ticket_no"], proof=proof))[1]["priority"] == expected


async def test_the_same_key_gets_the_first_answer_and_adds_nothing(backend_client: TestClient, clock: Clock):
    proof = await prove(backend_client)
    first = await report(backend_client, proof=proof)
    clock.now += timedelta(minutes=5)
    assert await report(backend_client, proof=proof) == first
    assert len(await messages(backend_client, first[1]["ticket_no"])) == 1


async def test_the_same_key_of_a_joined_report_is_told_the_same_again(backend_client: TestClient):
    proof = await prove(backend_client)
    _, ticket = await report(backend_client, proof=proof)
    first = await report(backend_client, "m9", proof)
    again = await report(backend_client, "m9", proof)
    assert [first[0], again[0]] == [409, 409]
    assert first[1]["error"] == again[1]["error"]
    assert len(await messages(backend_client, ticket["ticket_no"])) == 2


async def test_the_same_key_with_another_report_is_refused(backend_client: TestClient):
    _, ticket = await report(backend_client)
    status, body = await report(backend_client, content="something else")
    assert (status, body["error"]["code"]) == (409, "idempotency_mismatch")
    assert len(await messages(backend_client, ticket["ticket_no"])) == 1


async def test_keys_of_two_customers_have_nothing_to_do_with_each_other(backend_client: TestClient):
    _, first = await report(backend_client)
    status, second = await report(backend_client, customer_ref="charlie")
    assert (status, second["ticket_no"] != first["ticket_no"]) == (201, True)


async def test_a_refused_report_does_not_use_up_its_key(backend_client: TestClient):
    status, _ = await report(backend_client, type="NONSENSE")
    assert status == 422
    assert (await report(backend_client))[0] == 201


@pytest.mark.parametrize("key", [None, "", "k" * 201])
async def test_a_key_is_needed(backend_client: TestClient, key: str | None):
    status, body = await send(backend_client, "POST", "/v1/tickets", make_report(), key)
    assert (status, body["error"]["code"]) == (400, "bad_request")


async def test_an_expired_proof_is_told_and_opens_nothing(backend_client: TestClient, clock: Clock):
    proof = await prove(backend_client)
    clock.now += timedelta(hours=1)
    status, body = await report(backend_client, proof=proof)
    assert (status, body["error"]["code"]) == (404, "order_not_found")
    assert await ticket_numbers(backend_client) == []


async def test_a_proof_for_another_order_is_none(backend_client: TestClient):
    proof = await prove(backend_client, order_no="KM202611240002")
    assert (await report(backend_client, proof=proof))[0] == 404


async def test_without_proof_a_report_never_joins_the_owners_ticket(backend_client: TestClient):
    _, owners = await report(backend_client, proof=await prove(backend_client))
    status, mine = await report(backend_client, "m9", customer_ref="charlie")
    assert status == 201
    assert mine["ticket_no"] != owners["ticket_no"]
    assert len(await messages(backend_client, owners["ticket_no"])) == 1


async def test_without_proof_two_customers_have_two_tickets(backend_client: TestClient):
    assert (await report(backend_client))[0] == 201
    assert (await report(backend_client, customer_ref="charlie"))[0] == 201


async def test_without_proof_the_owner_does_not_join_a_strangers_ticket(backend_client: TestClient):
    _, strangers = await report(backend_client, customer_ref="charlie")
    status, mine = await report(backend_client, proof=await prove(backend_client))
    assert (status, mine["ticket_no"] != strangers["ticket_no"]) == (201, True)


async def test_a_customer_who_has_no_number_has_one_ticket(backend_client: TestClient):
    _, ticket = await report(backend_client, order_no=None)
    status, body = await report(backend_client, "m9", order_no=None)
    assert (status, body["error"]["ticket_no"]) == (409, ticket["ticket_no"])


async def test_another_number_is_another_ticket_even_without_proof(backend_client: TestClient):
    await report(backend_client, order_no=None)
    assert (await report(backend_client, "m9"))[0] == 201


async def test_a_report_after_the_proof_ran_out_joins_the_customers_own_ticket(
    backend_client: TestClient, clock: Clock
):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    clock.now += timedelta(hours=1)
    status, body = await report(backend_client, "m9:claimed")
    assert (status, body["error"]["ticket_no"]) == (409, ticket["ticket_no"])


async def test_a_proof_that_comes_later_takes_the_customers_ticket_along(backend_client: TestClient):
    await save_order(backend_client)
    _, ticket = await report(backend_client, order_no=" km202611240001 ")
    proof = await prove(backend_client)
    status, body = await report(backend_client, "m9", proof)
    assert (status, body["error"]["ticket_no"]) == (409, ticket["ticket_no"])
    # From now on it is the order's ticket: another proven owner joins it, and its amount is the order's.
    status, body = await report(backend_client, "m10", await prove(backend_client, "bob"), customer_ref="bob")
    assert (status, body["error"]["ticket_no"]) == (409, ticket["ticket_no"])
    assert (await look(backend_client, ticket["ticket_no"], proof=proof))[1]["amount"] == "600.00"


async def test_the_orders_live_ticket_goes_before_the_customers_own(backend_client: TestClient):
    await report(backend_client)
    _, owners = await report(backend_client, proof=await prove(backend_client, "bob"), customer_ref="bob")
    status, body = await report(backend_client, "m9", await prove(backend_client))
    assert (status, body["error"]["ticket_no"]) == (409, owners["ticket_no"])


async def test_pictures_go_with_the_report(backend_client: TestClient):
    _, picture = await upload(backend_client, make_picture())
    _, ticket = await report(backend_client, evidence=[picture["evidence_id"], picture["evidence_id"]])
    assert (await messages(backend_client, ticket["ticket_no"]))[0]["evidence"] == [picture["evidence_id"]]


async def test_a_picture_that_was_never_sent_does_not_stop_the_report(backend_client: TestClient):
    _, picture = await upload(backend_client, make_picture())
    status, ticket = await report(backend_client, evidence=["0" * 32, picture["evidence_id"]])
    assert status == 201
    assert (await messages(backend_client, ticket["ticket_no"]))[0]["evidence"] == [picture["evidence_id"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "NONSENSE"), ("priority", "soon"), ("demand", "MONEY"), ("customer_ref", ""), ("order_no", ""),
        ("customer_ref", "x" * 129), ("product", "x" * 301), ("content", "x" * 4001), ("content", "a\x00b"),
        ("evidence", "x"), ("more", 1),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named(backend_client: TestClient, field: str, value: object):
    status, body = await report(backend_client, **{field: value})
    assert (status, body["error"]["fields"]) == (422, [field])
    assert await ticket_numbers(backend_client) == []


async def test_a_hundred_reports_at_once_open_one_ticket_and_none_is_lost(backend_client: TestClient):
    names = ("alice", "bob", "dora", "emil")
    proofs = {name: await prove(backend_client, name) for name in names}
    calls = [(f"m{n}", names[n % len(names)], f"{n}") for n in range(100)]
    results = await asyncio.gather(
        *(report(backend_client, key, proofs[who], customer_ref=who, content=text) for key, who, text in calls)
    )
    assert sorted(status for status, _ in results) == [201] + 99 * [409]
    (ticket_no,) = {body["ticket_no"] if status == 201 else body["error"]["ticket_no"] for status, body in results}
    assert len(await ticket_numbers(backend_client)) == 1
    kept = [each["text"] for each in await messages(backend_client, ticket_no)]
    assert sorted(kept, key=int) == [str(n) for n in range(100)]
    found = await case(backend_client, ticket_no)
    assert (found["repeats"], len(found["history"]), found["waiting_since"]) == (99, 100, NOW.isoformat())
    again = await asyncio.gather(
        *(report(backend_client, key, proofs[who], customer_ref=who, content=text) for key, who, text in calls)
    )
    assert sorted(status for status, _ in again) == [201] + 99 * [409]
    assert (await case(backend_client, ticket_no))["repeats"] == 99


async def test_twenty_times_the_same_report_at_once_is_one(backend_client: TestClient):
    proof = await prove(backend_client)
    results = await asyncio.gather(*(report(backend_client, "m1", proof) for _ in range(20)))
    assert {status for status, _ in results} == {201}
    (ticket_no,) = {body["ticket_no"] for _, body in results}
    assert len(await messages(backend_client, ticket_no)) == 1


async def test_with_and_without_proof_at_once_nobody_gets_an_error(backend_client: TestClient):
    await report(backend_client)
    proofs = [await prove(backend_client, name) for name in ("alice", "bob")]
    results = await asyncio.gather(
        *(
            report(backend_client, f"{name}{n}", proof, customer_ref=name)
            for n in range(5)
            for name, proof in zip(("alice", "bob"), proofs, strict=True)
        ),
        *(report(backend_client, f"late{n}") for n in range(5)),
    )
    assert {status for status, _ in results} <= {201, 409}
    assert {body["error"]["code"] for status, body in results if status == 409} <= {"ticket_exists"}


def test_the_order_number_of_the_tests_is_one():
    assert make_report()["order_no"] == ORDER_NO
