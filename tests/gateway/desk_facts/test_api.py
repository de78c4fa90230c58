"""The facts of a conversation and the actions on its cases, over HTTP and a real backend."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.backend.database import DATABASE
from bot.backend.orders.model import DeliveryType, Order
from bot.backend.payments.store import save_payments
from bot.gateway.accounts.tables import audit_log
from bot.gateway.conversations.tables import conversations
from bot.gateway.keys import ENGINE
from bot.gateway.resume.store import resumed
from tests.backend.evidence.making import make_picture
from tests.backend.payments.making import WECHAT_NO, make_record
from tests.gateway.desks import NOW, Browser, agent
from tests.gateway.gateways import Customer, Gateway, Json
from tests.gateway.shops import Shop, without_backend

ORDER, OTHER = "KM202405120001", "KM202405120002"
LATER = (NOW + timedelta(days=3)).isoformat()


async def facts(browser: Browser, customer: Customer) -> Json:
    status, body = await browser.call("GET", f"/conversations/{customer.conversation_id}/facts")
    assert status == 200, body
    return body


async def act(browser: Browser, ticket_no: str, action: str, key: str = "k1", **body: object) -> tuple[int, Json]:
    headers = {"Idempotency-Key": key}
    return await browser.call("POST", f"/tickets/{ticket_no}/{action}", json=body, headers=headers)


async def decide(browser: Browser, approval_no: str, decision: str = "approved") -> tuple[int, Json]:
    body, headers = {"decision": decision}, {"Idempotency-Key": "decide"}
    return await browser.call("POST", f"/approvals/{approval_no}", json=body, headers=headers)


async def actions_in_log(gateway: Gateway) -> list[tuple[str, str, str | None]]:
    query = sa.select(audit_log).order_by(audit_log.c.id)
    async with gateway.app[ENGINE].begin() as connection:
        rows = (await connection.execute(query)).all()
    return [(row.username, row.action, row.order_no or row.ticket_no) for row in rows if "sign" not in row.action]


async def send_picture(customer: Customer, number: int = 0) -> str:
    _, uploaded = await customer.upload(make_picture(colour=f"#{number:06x}"))
    status, body = await customer.send(f"p{number}", type="picture", picture_id=uploaded["picture_id"])
    assert status == 202, body
    return uploaded["picture_id"]


async def test_all_that_is_known_is_beside_the_conversation(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice, created_at=NOW - timedelta(hours=3), paid_at=NOW - timedelta(hours=3))
    async with shop.client.app[DATABASE].begin() as connection:
        await save_payments(connection, ORDER, [make_record()])
    ticket_no = await shop.report(ORDER, alice)
    found = await facts(bob, alice)
    (order,) = found["orders"]
    assert (order["order_no"], order["amount"], order["account_masked"]) == (ORDER, "30.00", "100****01")
    assert (order["proven"], order["reachable"], order["open_ticket_no"]) == (True, True, ticket_no)
    assert order["states"]["payment"] == {"value": "PAID", "source": "PLATFORM"}
    assert set(order["states"]) == {"payment", "order", "delivery", "account", "input"}
    assert (order["diagnosis"]["code"], order["diagnosis"]["cause"]) == ("UPSTREAM_STUCK", "C1")
    assert order["diagnosis"]["reasons"] and order["version"]
    (case,) = found["tickets"]
    assert (case["ticket_no"], case["order_no"], case["stage"]) == (ticket_no, ORDER, "queued")
    assert [(each["kind"], each["state"]) for each in case["promises"]] == [
        ("next_word", "open"),
        ("first_answer", "open"),
    ]
    assert found["fetched_at"] == NOW.isoformat()
    assert WECHAT_NO not in str(found) and "1000200101" not in str(found)


async def test_a_conversation_without_any_order_has_no_facts_and_none_that_is_not_there(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    found = await facts(bob, alice)
    assert (found["orders"], found["evidence"], found["tickets"], found["incidents"]) == ([], [], [], [])
    status, body = await bob.call("GET", f"/conversations/{'0' * 32}/facts")
    assert (status, body["error"]["code"]) == (404, "not_found")


async def test_no_card_secret_is_in_the_facts(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    card = {"delivery_type": DeliveryType.CARD, "target": "", "order": Order.COMPLETED}
    pickup = "https://shop.example/pick/77"
    await shop.add_order(ORDER, alice, card_secret="ABCD-EFGH-2345", pickup_url=pickup, **card)
    await shop.report(ORDER, alice, type="CARD_MISSING", content="卡密 ABCD-EFGH-2345 用不了")
    found = await facts(bob, alice)
    assert found["orders"][0]["delivery_type"] == "CARD"
    assert "ABCD-EFGH" not in str(found) and "pick/77" not in str(found)


async def test_only_pictures_that_the_customer_sent_in_this_conversation_are_shown(gateway: Gateway, shop: Shop):
    """Not those of another conversation, also not of the same signed customer, and none that was never sent."""
    alice, eve, bob = await gateway.customer(), await gateway.customer(), await agent(gateway, "bob")
    await alice.upload(make_picture(colour="#000009"))
    mine = await send_picture(alice, 1)
    theirs = await send_picture(eve, 2)
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.update(conversations).values(customer_id="user:1"))
    found = await facts(bob, alice)
    (picture,) = found["evidence"]
    assert mine in picture["url"] and theirs not in str(found)
    assert (picture["state"], picture["verdict"], picture["duplicate_of"]) == ("unread", None, None)
    async with gateway.client.get(picture["url"]) as response:
        assert (response.status, response.content_type) == (200, "image/png")
    async with gateway.client.get(picture["url"].replace(mine, theirs)) as response:
        assert response.status == 404


async def test_orders_and_cases_of_others_are_not_shown(gateway: Gateway, shop: Shop):
    alice, eve, bob = await gateway.customer(), await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    await shop.add_order(OTHER, eve)
    await shop.report(OTHER, eve)
    found = await facts(bob, alice)
    assert [each["order_no"] for each in found["orders"]] == [ORDER]
    assert OTHER not in str(found)


async def test_who_came_with_a_resume_code_brings_its_cases(gateway: Gateway, shop: Shop):
    alice, phone, bob = await gateway.customer(), await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    row = {"conversation_id": phone.conversation_id, "customer_id": alice.conversation_id, "resumed_at": NOW}
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.insert(resumed).values(row))
    found = await facts(bob, phone)
    assert [each["ticket_no"] for each in found["tickets"]] == [ticket_no]
    assert [each["order_no"] for each in found["orders"]] == [ORDER]


async def test_without_the_backend_it_says_so(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await without_backend(gateway)
    status, body = await bob.call("GET", f"/conversations/{alice.conversation_id}/facts")
    assert (status, body["error"]["code"]) == (503, "backend_unavailable")
    assert (await bob.call("GET", "/me"))[0] == 200


async def test_each_look_is_in_the_log_with_its_orders(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await facts(bob, alice)
    for order_no in (ORDER, OTHER):
        await shop.add_order(order_no, alice)
    await facts(bob, alice)
    looks = await actions_in_log(gateway)
    assert looks[0] == ("bob", "facts.read", None)
    assert sorted(looks[1:]) == [("bob", "facts.read", ORDER), ("bob", "facts.read", OTHER)]


async def test_an_action_is_done_in_the_name_of_who_is_signed_in(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    status, body = await act(bob, ticket_no, "reply", text="我们在查")
    assert (status, body["state"]) == (200, "done")
    (case,) = (await facts(bob, alice))["tickets"]
    assert [(each["author_name"], each["text"]) for each in case["messages"]][-1] == ("bob", "我们在查")
    assert ("bob", "ticket.reply", ticket_no) in await actions_in_log(gateway)


async def test_nobody_acts_in_another_name(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    status, body = await act(bob, ticket_no, "note", text="x", actor={"kind": "agent", "name": "sue"})
    assert (status, body["error"]["fields"]) == (422, ["actor"])


async def test_the_same_key_is_done_once_and_no_key_is_refused(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    first = await act(bob, ticket_no, "note", text="一次")
    assert first == await act(bob, ticket_no, "note", text="一次")
    assert (await act(bob, ticket_no, "note", text="两次"))[1]["error"]["code"] == "idempotency_mismatch"
    (case,) = (await facts(bob, alice))["tickets"]
    assert [each["text"] for each in case["messages"] if each["internal"]] == ["一次"]
    status, body = await bob.call("POST", f"/tickets/{ticket_no}/note", json={"text": "x"})
    assert (status, body["error"]["fields"]) == (422, ["Idempotency-Key"])


async def test_secrets_in_words_are_hidden_before_anybody_stores_them(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    await act(bob, ticket_no, "note", text="卡密 ABCD-EFGH-2345", reason="密码 hunter22")
    found = str(await facts(bob, alice))
    assert "卡密 ***" in found and "ABCD" not in found and "hunter22" not in found


async def test_a_refusal_is_passed_on_and_logged(gateway: Gateway, shop: Shop):
    bob = await agent(gateway, "bob")
    assert (await act(bob, "TK000000000000", "close"))[1]["error"]["code"] == "not_found"
    assert (await act(bob, "TK000000000000", "explode"))[0] == 404
    assert [action for _, action, _ in await actions_in_log(gateway)] == ["ticket.close", "ticket.close.refused"]


async def test_a_case_is_given_only_to_somebody_who_has_an_account(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await agent(gateway, "sue")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    for wrong in ("nobody", 7):
        status, body = await act(bob, ticket_no, "assign", assignee=wrong)
        assert (status, body["error"]["fields"]) == (422, ["assignee"])
    assert (await act(bob, ticket_no, "assign", "k2", assignee="sue", assignee_shown="某人"))[0] == 200
    (case,) = (await facts(bob, alice))["tickets"]
    assert case["holder"] == {"kind": "agent", "name": "Sue"}
    assert (await act(bob, ticket_no, "assign", "k3", assignee=None))[0] == 200


async def test_a_picture_of_another_conversation_cannot_go_to_a_customer(gateway: Gateway, shop: Shop):
    alice, eve, bob = await gateway.customer(), await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    for customer in (alice, eve):
        await send_picture(customer, 3)
    mine, theirs = [(await facts(bob, each))["evidence"][0]["evidence_id"] for each in (alice, eve)]
    for wrong in ([theirs], [mine, theirs], "x", [1]):
        status, body = await act(bob, ticket_no, "reply", text="看", evidence=wrong)
        assert (status, body["error"]["fields"]) == (422, ["evidence"])
    assert (await act(bob, ticket_no, "reply", text="看", evidence=[mine]))[0] == 200


async def test_much_money_needs_a_second_account_that_may(gateway: Gateway, shop: Shop):
    alice = await gateway.customer()
    bob, sue, ann = [
        await agent(gateway, name, role) for name, role in
        (("bob", "agent"), ("sue", "supervisor"), ("ann", "supervisor"))
    ]  # fmt: skip
    await shop.add_order(ORDER, alice, amount=Decimal("600.00"))
    ticket_no = await shop.report(ORDER, alice)
    status, asked = await act(sue, ticket_no, "refund", decision="approved", expected_at=LATER)
    assert (status, asked["state"]) == (202, "approval_needed")
    _, waiting = await bob.call("GET", "/approvals")
    assert [each["approval_no"] for each in waiting["approvals"]] == [asked["approval_no"]]
    status, body = await decide(bob, asked["approval_no"])
    assert (status, body["error"]["code"]) == (403, "forbidden")
    status, body = await decide(sue, asked["approval_no"])
    assert (status, body["error"]["code"], body["error"]["reason"]) == (409, "action_refused", "same_person")
    assert (await decide(ann, asked["approval_no"]))[0] == 200
    (case,) = (await facts(bob, alice))["tickets"]
    assert case["refund"]["decision"] == "approved"
    assert ("refund", "open") in [(each["kind"], each["state"]) for each in case["promises"]]
    log = await actions_in_log(gateway)
    assert [each[:2] for each in log if each[1].startswith("approval.")] == [
        ("sue", "approval.decide"), ("sue", "approval.decide.refused"), ("ann", "approval.decide"),
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"[]", b"{", b'"x"', b"\xff"])
async def test_a_body_that_is_none_is_refused(gateway: Gateway, shop: Shop, data: bytes):
    bob = await agent(gateway, "bob")
    status, _ = await bob.call("POST", "/tickets/TK1/note", data=data, headers={"Idempotency-Key": "k"})
    assert status in (400, 422)
