"""Canned replies, macros, summaries and scores, over HTTP and a real backend."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.backend.database import DATABASE
from bot.backend.orders.model import Order
from bot.backend.orders.store import save_order
from bot.errors import StaleDataError
from bot.gateway.accounts.http import ACCOUNTS
from bot.gateway.canned.defaults import add_defaults, load_defaults
from bot.gateway.canned.rendering import CANNED, check_current
from bot.gateway.conversations.tables import conversations
from bot.gateway.keys import ENGINE
from tests.backend.factories import make_order
from tests.gateway.desk_facts.test_api import ORDER, OTHER, act, actions_in_log
from tests.gateway.desks import NOW, Browser, Clock, agent
from tests.gateway.gateways import Customer, Gateway, Json
from tests.gateway.shops import Shop, without_backend

ALL_PLACES = "{order_no} {product} {amount} {ticket_no} {promised_at} {agent_name}"


async def add(browser: Browser, **fields: Any) -> Json:
    body = {"shortcut": "hi", "title": "Hello", "language": "zh", "text": "您好", **fields}
    status, made = await browser.call("POST", "/canned", json=body)
    assert status == 201, made
    return made


async def render(browser: Browser, canned: Json, customer: Customer, **more: Any) -> tuple[int, Json]:
    body = {"conversation_id": customer.conversation_id, **more}
    return await browser.call("POST", f"/canned/{canned['id']}/render", json=body)


async def test_a_reply_from_its_first_to_its_last_day(gateway: Gateway):
    bob = await agent(gateway, "bob")
    made = await add(bob, picture="wechat-bill.png")
    assert made == {
        "id": made["id"], "shortcut": "hi", "title": "Hello", "language": "zh", "text": "您好", "team": None, "uses": 0,
        "picture": {"url": "/examples/wechat-bill.png"}, "mine": True,
    }  # fmt: skip
    async with gateway.client.get(made["picture"]["url"]) as response:
        assert response.status == 200
    status, changed = await bob.call("PATCH", f"/canned/{made['id']}", json={"text": "您好呀", "picture": None})
    assert (status, changed) == (200, {**made, "text": "您好呀", "picture": None})
    assert (await bob.call("GET", "/canned?language=zh"))[1] == {"canned": [changed]}
    assert (await bob.call("GET", "/canned?language=en"))[1] == {"canned": []}
    assert (await bob.call("DELETE", f"/canned/{made['id']}"))[0] == 204
    assert (await bob.call("DELETE", f"/canned/{made['id']}"))[0] == 404
    log = [action for _, action, _ in await actions_in_log(gateway)]
    assert log == ["canned.add", "canned.change", "canned.remove"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": "{card_secret}"}, "text"),
        ({"text": " "}, "text"),
        ({"shortcut": "a b"}, "shortcut"),
        ({"shortcut": ""}, "shortcut"),
        ({"title": ""}, "title"),
        ({"language": "fr"}, "language"),
        ({"picture": "no-such.png"}, "picture"),
        ({"picture": "../app.py"}, "picture"),
        ({"text": "x" * 4001}, "text"),
    ],
)
async def test_a_reply_that_cannot_be_used_is_not_saved(gateway: Gateway, fields: Json, wrong: str):
    bob = await agent(gateway, "bob")
    body = {"shortcut": "hi", "title": "Hello", "language": "zh", "text": "您好", **fields}
    status, answer = await bob.call("POST", "/canned", json=body)
    assert (status, answer["error"]["fields"]) == (422, [wrong])


async def test_a_shortcut_is_taken_once_in_each_language(gateway: Gateway):
    bob = await agent(gateway, "bob")
    await add(bob)
    other = await add(bob, language="en")
    body = {"shortcut": "hi", "title": "x", "language": "zh", "text": "y"}
    assert (await bob.call("POST", "/canned", json=body))[1]["error"]["fields"] == ["shortcut"]
    status, answer = await bob.call("PATCH", f"/canned/{other['id']}", json={"language": "zh"})
    assert (status, answer["error"]["fields"]) == (422, ["shortcut"])


async def test_agents_change_their_own_replies_supervisors_all(gateway: Gateway):
    bob, eva, sue = await agent(gateway, "bob"), await agent(gateway, "eva"), await agent(gateway, "sue", "supervisor")
    made = await add(bob)
    for method, body in (("PATCH", {"json": {"title": "x"}}), ("DELETE", {})):
        status, answer = await eva.call(method, f"/canned/{made['id']}", **body)
        assert (status, answer["error"]["code"]) == (403, "forbidden")
    assert (await eva.call("GET", "/canned"))[1]["canned"][0]["mine"] is False
    assert (await sue.call("PATCH", f"/canned/{made['id']}", json={"title": "x"}))[1]["mine"] is True
    assert (await sue.call("DELETE", f"/canned/{made['id']}"))[0] == 204


async def test_a_reply_of_a_team_is_for_that_team_and_supervisors(gateway: Gateway):
    bob, eva = await agent(gateway, "bob", team="refunds"), await agent(gateway, "eva", team="cards")
    sue, alice = await agent(gateway, "sue", "supervisor"), await gateway.customer()
    made = await add(bob, team="refunds")
    seen = [len((await each.call("GET", "/canned"))[1]["canned"]) for each in (bob, eva, sue)]
    assert seen == [1, 0, 1]
    assert (await render(eva, made, alice))[0] == 403
    body = {"shortcut": "x", "title": "x", "language": "zh", "text": "x", "team": "refunds"}
    assert (await eva.call("POST", "/canned", json=body))[0] == 403
    assert (await sue.call("POST", "/canned", json=body))[0] == 201


async def test_a_secret_in_a_reply_is_hidden(gateway: Gateway):
    bob = await agent(gateway, "bob")
    assert (await add(bob, text="卡密 ABCD-EFGH-2345"))["text"] == "卡密 ***"


async def test_a_reply_is_filled_with_the_data_of_the_order(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    made = await add(bob, text=ALL_PLACES)
    status, found = await render(bob, made, alice)
    assert (status, found["missing"]) == (200, [])
    assert found["text"].startswith(f"{ORDER} 游戏点卡 30 元直充 ¥30.00 {ticket_no} 2026-12-")
    assert found["text"].endswith("Bob")
    assert (await bob.call("GET", "/canned"))[1]["canned"][0]["uses"] == 1
    assert ("bob", "canned.render", ORDER) in await actions_in_log(gateway)


async def test_what_is_missing_is_named_so_that_it_is_not_sent(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    made = await add(bob, text=ALL_PLACES)
    _, found = await render(bob, made, alice)
    assert found["missing"] == ["order_no", "product", "amount", "ticket_no", "promised_at"]
    assert found["text"] == ALL_PLACES.replace("{agent_name}", "Bob")


async def test_a_promise_that_is_over_is_not_promised_again(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    await shop.report(ORDER, alice)
    made = await add(bob, text="{promised_at}")
    assert (await render(bob, made, alice))[1]["missing"] == []
    clock = Clock(gateway)
    clock.move(days=3)
    bob = Browser(gateway)
    await bob.sign_in("bob")
    assert (await render(bob, made, alice))[1]["missing"] == ["promised_at"]


async def test_product_and_amount_of_an_order_that_was_only_named_are_not_told(gateway: Gateway, shop: Shop):
    """The card of the handoff may hold a number that the customer typed and that is another's."""
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER)
    made = await add(bob, text="{order_no} {product} {amount}")
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.update(conversations).values(order_no=ORDER, handover={"order_no": ORDER}))
    _, found = await render(bob, made, alice)
    assert (found["text"], found["missing"]) == (f"{ORDER} {{product}} {{amount}}", ["product", "amount"])


async def test_an_order_can_be_chosen_but_only_one_of_this_conversation(gateway: Gateway, shop: Shop):
    alice, eve, bob = await gateway.customer(), await gateway.customer(), await agent(gateway, "bob")
    for order_no, who in ((ORDER, alice), (OTHER, alice), ("KM202405120003", eve)):
        await shop.add_order(order_no, who)
    made = await add(bob, text="{order_no}")
    for order_no in (ORDER, OTHER):
        assert (await render(bob, made, alice, order_no=order_no))[1]["text"] == order_no
    status, answer = await render(bob, made, alice, order_no="KM202405120003")
    assert (status, answer["error"]["fields"]) == (422, ["order_no"])


async def test_a_filled_reply_is_refused_once_its_order_changed(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    await shop.report(ORDER, alice)
    made = await add(bob, text=ALL_PLACES)
    _, found = await render(bob, made, alice)
    account, _ = await gateway.app[ACCOUNTS].find("bob")
    check = (gateway.app, account, made["id"], alice.conversation_id, found["order_version"])
    await check_current(*check)
    async with shop.client.app[DATABASE].begin() as connection:
        await save_order(connection, make_order(ORDER, order=Order.REFUNDING), None)
    with pytest.raises(StaleDataError):
        await check_current(*check)
    await check_current(*check[:4], None)


async def test_a_filled_reply_is_refused_once_another_time_was_promised(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    ticket_no = await shop.report(ORDER, alice)
    made = await add(bob, text="{promised_at}")
    _, found = await render(bob, made, alice)
    later = (NOW + timedelta(hours=5)).isoformat()
    assert (await act(bob, ticket_no, "reply", text="稍等", promised_at=later))[0] == 200
    account, _ = await gateway.app[ACCOUNTS].find("bob")
    with pytest.raises(StaleDataError):
        await check_current(gateway.app, account, made["id"], alice.conversation_id, found["order_version"])


async def test_a_reply_whose_order_changed_is_not_sent_and_a_current_one_is_once(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    await shop.add_order(ORDER, alice)
    made = await add(bob, text="{order_no} {amount}")
    path = f"/conversations/{alice.conversation_id}"
    assert (await bob.call("POST", f"{path}/claim", json={}))[0] == 200
    _, found = await render(bob, made, alice)

    async def send(client_id: str) -> tuple[int, Json]:
        canned = {"id": made["id"], "order_version": found["order_version"]}
        body = {"client_id": client_id, "kind": "reply", "text": found["text"], "canned": canned}
        return await bob.call("POST", f"{path}/messages", json=body)

    assert (await send("m1"))[0] == 201
    async with shop.client.app[DATABASE].begin() as connection:
        await save_order(connection, make_order(ORDER, order=Order.REFUNDING), None)
    status, answer = await send("m2")
    assert (status, answer["error"]["code"]) == (409, "stale_data")
    assert (await send("m1"))[0] == 200  # it was sent while it held
    assert [each["text"] for each in await alice.messages()].count(found["text"]) == 1
    assert (await bob.call("DELETE", f"/canned/{made['id']}"))[0] == 204
    assert (await send("m3"))[1]["error"]["code"] == "stale_data"


async def test_known_tags_are_counted(gateway: Gateway):
    bob = await agent(gateway, "bob")
    for number, tags in enumerate((["退款"], ["退款", "等上游"], [])):
        customer = await gateway.customer()
        status, _ = await bob.call("POST", f"/conversations/{customer.conversation_id}/tags", json={"tags": tags})
        assert status == 200, number
    expected = {"tags": [{"tag": "退款", "count": 2}, {"tag": "等上游", "count": 1}]}
    assert await bob.call("GET", "/tags") == (200, expected)


async def test_without_the_backend_only_replies_about_no_order_work(gateway: Gateway, shop: Shop):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    plain, about = await add(bob, text="您好 {agent_name}"), await add(bob, shortcut="x", text="{order_no}")
    await without_backend(gateway)
    assert (await render(bob, plain, alice))[1]["text"] == "您好 Bob"
    assert (await render(bob, about, alice))[0] == 503


async def test_there_is_nothing_to_fill_for_no_conversation_or_no_reply(gateway: Gateway):
    alice, bob = await gateway.customer(), await agent(gateway, "bob")
    made = await add(bob)
    status, _ = await bob.call("POST", f"/canned/{made['id']}/render", json={"conversation_id": "0" * 32})
    assert status == 404
    assert (await render(bob, {"id": "0" * 32}, alice))[0] == 404


STEPS = [
    {"do": "reply_canned", "canned_id": "0" * 32},
    {"do": "tag", "tags": ["等上游"]},
    {"do": "note", "text": "催过了"},
    {"do": "priority", "priority": "high"},
    {"do": "transfer", "team": "refunds"},
    {"do": "wait", "waiting_for": "upstream", "text": ""},
    {"do": "resolve", "cause": "C1", "text": ""},
]


async def test_a_macro_from_its_first_to_its_last_day(gateway: Gateway):
    bob, eva = await agent(gateway, "bob"), await agent(gateway, "eva")
    status, made = await bob.call("POST", "/macros", json={"title": "催", "steps": STEPS})
    assert (status, made["steps"]) == (201, STEPS)
    assert (await eva.call("GET", "/macros"))[1]["macros"] == [{**made, "mine": False}]
    assert (await eva.call("PATCH", f"/macros/{made['id']}", json={"title": "x"}))[0] == 403
    status, changed = await bob.call("PATCH", f"/macros/{made['id']}", json={"steps": STEPS[:1]})
    assert (status, changed["title"], changed["steps"]) == (200, "催", STEPS[:1])
    assert (await eva.call("DELETE", f"/macros/{made['id']}"))[0] == 403
    assert (await bob.call("DELETE", f"/macros/{made['id']}"))[0] == 204


@pytest.mark.parametrize(
    "steps", [[], [{"do": "explode"}], [{"do": "note"}], [{"do": "priority", "priority": "x"}], STEPS * 3, "x"]
)
async def test_a_macro_whose_steps_are_none_is_refused(gateway: Gateway, steps: Any):
    bob = await agent(gateway, "bob")
    status, answer = await bob.call("POST", "/macros", json={"title": "x", "steps": steps})
    assert status == 422 and answer["error"]["fields"][0].startswith("steps")


async def test_a_new_demo_starts_with_replies_and_macros_and_only_then(gateway: Gateway):
    store, bob = gateway.app[CANNED], await agent(gateway, "bob")
    assert await add_defaults(store, NOW) is True
    assert await add_defaults(store, NOW) is False
    replies = {each["id"]: each for each in (await bob.call("GET", "/canned"))[1]["canned"]}
    assert len(replies) == len(load_defaults()["replies"])
    assert not any(each["mine"] for each in replies.values())
    macros = (await bob.call("GET", "/macros"))[1]["macros"]
    used = [step["canned_id"] for each in macros for step in each["steps"] if step["do"] == "reply_canned"]
    assert len(used) == 3 and set(used) <= set(replies)


async def test_a_summary_and_a_score_are_kept_with_who_wrote_them(gateway: Gateway):
    alice, bob, sue = await gateway.customer(), await agent(gateway, "bob"), await agent(gateway, "sue", "supervisor")
    path = f"/conversations/{alice.conversation_id}"
    assert await bob.call("GET", f"{path}/summary") == (200, {"summary": None, "quality": None})
    for text in ("卡密 ABCD-EFGH-2345", "上游延迟"):
        body = {"cause": "C1", "text": text, "result": "已到账"}
        status, found = await bob.call("PUT", f"{path}/summary", json=body)
        assert status == 200
    assert found["summary"] == {
        "cause": "C1", "text": "上游延迟", "result": "已到账", "by": "bob", "at": found["summary"]["at"],
    }  # fmt: skip
    score = {"score": 4, "points": {"greeting": 5, "facts": 4, "solution": 4, "tone": 3}, "comment": "好"}
    assert (await bob.call("PUT", f"{path}/quality", json=score))[0] == 403
    _, found = await sue.call("PUT", f"{path}/quality", json=score)
    assert {name: found["quality"][name] for name in score} == score
    assert (found["quality"]["by"], found["summary"]["text"]) == ("sue", "上游延迟")
    assert await bob.call("GET", f"{path}/summary") == (200, found)


@pytest.mark.parametrize(
    "body",
    [{"score": 6}, {"score": 0}, {"points": {"greeting": 1}}, {"points": {**dict.fromkeys("abcd", 1)}}, {"score": "x"}],
)
async def test_a_score_that_is_none_is_refused(gateway: Gateway, body: Json):
    alice, sue = await gateway.customer(), await agent(gateway, "sue", "supervisor")
    points = dict.fromkeys(("greeting", "facts", "solution", "tone"), 3)
    whole = {"score": 3, "points": points, "comment": "", **body}
    assert (await sue.call("PUT", f"/conversations/{alice.conversation_id}/quality", json=whole))[0] == 422
    status, _ = await sue.call("PUT", f"/conversations/{'0' * 32}/quality", json={"score": 3, "points": points})
    assert status == 404
