"""The OpenAPI document of the desk against the answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core import NotSet

from bot.gateway.openapi import PARTS, document
from tests.gateway.canned.test_api import STEPS, add
from tests.gateway.desk_facts.conftest import backend_template, shop
from tests.gateway.desk_facts.conftest import gateway as shop_gateway
from tests.gateway.desk_facts.test_api import LATER, ORDER, act, send_picture
from tests.gateway.desks import PASSWORD, Browser, agent
from tests.gateway.gateways import Customer, Gateway, Json
from tests.gateway.shops import Shop
from tests.gateway.test_openapi import JSON, check

__all__ = ["backend_template", "shop", "shop_gateway"]

BASE = "/desk/api"
CONVERSATION = f"{BASE}/conversations/{{conversation_id}}"


@pytest.fixture
async def ann(shop_gateway: Gateway) -> AsyncIterator[Browser]:
    yield await agent(shop_gateway, "ann", "admin")


async def ask(browser: Browser, path: str, method: str, where: Json | None = None, **options: Any) -> Json:
    """One request, whose answer the document has to foresee."""
    url = path.removeprefix(BASE).format_map(where or {})
    status, body = await browser.call(method, url, **options)
    if status == 204:
        assert "204" in document()["paths"][path][method.lower()]["responses"]
    else:
        check(path, method, status, body)
    return body


async def test_the_answers_about_accounts_are_as_documented(shop_gateway: Gateway, ann: Browser):
    bob = await agent(shop_gateway, "bob")
    stranger = Browser(shop_gateway)
    for path in ("me", "colleagues", "accounts", "audit", "approvals", "canned", "macros", "tags"):
        for who in (ann, bob, stranger):
            await ask(who, f"{BASE}/{path}", "GET")
    for body in ({"username": "bob", "password": PASSWORD}, {"username": "bob", "password": "x"}, {}):
        await ask(stranger, f"{BASE}/login", "POST", json=body)
    await ask(bob, f"{BASE}/me", "PATCH", json={"language": "en"})
    await ask(bob, f"{BASE}/me/totp", "POST")
    for path, body in (("me/totp/confirm", {"code": "1"}), ("me/password", {"old": "x", "new": "y"})):
        await ask(bob, f"{BASE}/{path}", "POST", json=body)
    await ask(bob, f"{BASE}/me/totp", "DELETE", json={"password": PASSWORD})
    bob.csrf = "wrong"
    await ask(bob, f"{BASE}/logout", "POST")
    await ask(ann, f"{BASE}/logout", "POST")


async def test_the_answers_about_facts_and_cases_are_as_documented(shop_gateway: Gateway, shop: Shop, ann: Browser):
    alice = await shop_gateway.customer()
    sue = await agent(shop_gateway, "sue", "supervisor")
    await shop.add_order(ORDER, alice, amount="600.00")
    await send_picture(alice)
    ticket_no = await shop.report(ORDER, alice)
    where = {"conversation_id": alice.conversation_id, "ticket_no": ticket_no, "action": "note"}
    found = await ask(ann, f"{CONVERSATION}/facts", "GET", where)
    assert found["orders"] and found["evidence"] and found["tickets"]
    await ask(ann, f"{CONVERSATION}/facts", "GET", {"conversation_id": "0" * 32})
    path, headers = f"{BASE}/tickets/{{ticket_no}}/{{action}}", {"Idempotency-Key": "a"}
    await ask(ann, path, "POST", where, json={"text": "x"}, headers=headers)
    await ask(ann, path, "POST", where, json={"text": "y"}, headers=headers)
    await ask(ann, path, "POST", where, json={})
    _, asked = await act(ann, ticket_no, "refund", "b", decision="approved", expected_at=LATER)
    await ask(ann, f"{BASE}/approvals", "GET")
    for who in (ann, sue):
        await ask(
            who, f"{BASE}/approvals/{{approval_no}}", "POST", asked, json={"decision": "approved"}, headers=headers
        )


async def test_the_answers_about_canned_replies_are_as_documented(shop_gateway: Gateway, ann: Browser):
    alice = await shop_gateway.customer()
    made = await add(ann, text="{order_no}", picture="wechat-bill.png")
    one, render = f"{BASE}/canned/{{canned_id}}", f"{BASE}/canned/{{canned_id}}/render"
    where = {"canned_id": made["id"], "conversation_id": alice.conversation_id}
    body = {"shortcut": "x", "title": "x", "language": "en", "text": "x"}
    for each in (body, body, {}):
        await ask(ann, f"{BASE}/canned", "POST", json=each)
    await ask(ann, f"{BASE}/canned", "GET")
    await ask(ann, one, "PATCH", where, json={"title": "y"})
    for conversation_id in (alice.conversation_id, "0" * 32, "x"):
        await ask(ann, render, "POST", where, json={"conversation_id": conversation_id})
    for _ in range(2):
        await ask(ann, one, "DELETE", where)
    macro = await ask(ann, f"{BASE}/macros", "POST", json={"title": "x", "steps": STEPS})
    await ask(ann, f"{BASE}/macros", "GET")
    for method in ("PATCH", "DELETE", "DELETE"):
        await ask(ann, f"{BASE}/macros/{{macro_id}}", method, {"macro_id": macro["id"]}, json={"title": "y"})
    points = dict.fromkeys(("greeting", "facts", "solution", "tone"), 3)
    await ask(ann, f"{CONVERSATION}/summary", "PUT", where, json={"cause": "C1", "text": "x"})
    await ask(ann, f"{CONVERSATION}/quality", "PUT", where, json={"score": 3, "points": points})
    await ask(ann, f"{CONVERSATION}/summary", "GET", where)
    await ask(ann, f"{BASE}/tags", "GET")


# Where each body of the desk goes.
BODIES = {
    each: (method, path)
    for part in PARTS
    for path, operations in part.OPENAPI["paths"].items()
    for method, operation in operations.items()
    if method != "parameters"
    for each in [
        operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")
    ]
    if each
}


def test_each_body_of_the_desk_belongs_to_a_path():
    names = {each.__name__ for part in PARTS for each in part.BODIES}
    assert {each.rpartition("/")[2] for each in BODIES} == names


@pytest.mark.parametrize("name", BODIES, ids=lambda each: each.rpartition("/")[2])
async def test_any_body_gets_a_documented_answer(shop_gateway: Gateway, ann: Browser, name: str):
    """Bodies by the schema, and any JSON at all: never an error of the server."""
    method, path = BODIES[name]
    operation = schemathesis.openapi.from_dict(document())[path][method]
    alice: Customer = await shop_gateway.customer()
    made = await add(ann)
    where = {"conversation_id": alice.conversation_id, "canned_id": made["id"], "macro_id": "0" * 32}
    bodies: list[object] = []

    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(operation.as_strategy().map(lambda case: case.body), JSON))
    def collect(body: object) -> None:
        bodies.append(None if isinstance(body, NotSet) else body)

    collect()
    cookie, csrf = ann.cookie, ann.csrf
    for body in bodies:
        ann.cookie, ann.csrf = cookie, csrf
        url = path.removeprefix(BASE).format_map(where)
        options = {"json": body} if body is not None else {"data": b"null"}
        status, answer = await ann.call(method.upper(), url, **options)
        assert status < 500
        if status != 204:
            check(path, method, status, answer)
