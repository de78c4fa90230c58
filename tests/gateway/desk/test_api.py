"""The desk over HTTP: lists, one conversation, ownership, messages, search."""

import asyncio

import aiohttp
import pytest
import sqlalchemy as sa

from bot.gateway.accounts.tables import audit_log
from bot.gateway.canned.tables import summaries
from bot.gateway.conversations.tables import messages
from bot.gateway.desk.keys import KEEPER
from bot.gateway.keys import ENGINE, SWITCHBOARD
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desk.talking import at, in_queue
from tests.gateway.desks import Browser, Clock, agent
from tests.gateway.gateways import Gateway, Json
from tests.gateway.house import says
from tests.gateway.test_pictures import PNG


@pytest.fixture
async def bob(gateway: Gateway) -> Browser:
    return await agent(gateway, "bob")


@pytest.fixture
async def carol(gateway: Gateway) -> Browser:
    return await agent(gateway, "carol")


async def rows(bob: Browser, **query: object) -> list[Json]:
    status, body = await bob.call("GET", "/conversations", params=query)
    assert status == 200, body
    return body["conversations"]


async def test_nobody_without_a_session_sees_anything(gateway: Gateway):
    stranger = Browser(gateway)
    for path in ("/conversations", f"/conversations/{'0' * 32}", "/search?q=a", "/presence", "/socket"):
        status, body = await stranger.call("GET", path)
        assert (status, body["error"]["code"]) == (401, "not_signed_in"), path


async def test_who_waits_is_in_the_queue_with_everything_that_matters(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa, "KM202405120001 没到账，转人工")
    (row,) = await rows(bob, view="queue")
    assert row["conversation_id"] == alice.conversation_id
    assert (row["owner"], row["reason"], row["order_no"]) == ("queue", "customer_request", "KM202405120001")
    assert (row["unread"], row["channel"], row["state"], row["agent"]) == (1, "web", "open", None)
    assert row["waiting_since"] < row["due_at"]
    _, body = await bob.call("GET", "/conversations")
    assert body["counts"] == {"queue": 1, "mine": 0, "bot": 0, "booked": 0}
    assert await rows(bob, view="bot") == []


async def test_an_open_conversation_has_its_card_and_the_look_is_written_down(
    gateway: Gateway, rasa: FakeRasa, bob: Browser
):
    alice = await in_queue(gateway, rasa)
    status, body = await bob.call("GET", at(alice))
    assert status == 200
    assert body["handover"]["reason"] == "customer_request"
    assert body["handover"]["asked"] == "转人工"
    assert [each["kind"] for each in body["messages"]] == ["outgoing", "incoming", "outgoing", "activity", "outgoing"]
    assert body["messages"][3]["activity"] == {
        "type": "handed_off", "by": None, "to": None, "reason": "customer_request",
    }  # fmt: skip
    assert body["customer"]["earlier"] == []
    async with gateway.app[ENGINE].begin() as connection:
        query = sa.select(audit_log.c.action).where(audit_log.c.conversation_id == alice.conversation_id)
        assert (await connection.scalars(query)).all() == ["conversation.opened"]


async def test_of_two_who_claim_at_once_one_wins(gateway: Gateway, rasa: FakeRasa, bob: Browser, carol: Browser):
    alice = await in_queue(gateway, rasa)
    answers = await asyncio.gather(*(each.call("POST", at(alice, "/claim")) for each in (bob, carol)))
    assert sorted(status for status, _ in answers) == [200, 409]
    won = next(body for status, body in answers if status == 200)
    lost = next(body for status, body in answers if status == 409)
    assert (lost["error"]["code"], lost["error"]["agent"]) == ("claimed", won["agent"])
    winner = bob if won["agent"] == "bob" else carol
    assert (await winner.call("POST", at(alice, "/claim")))[0] == 200  # again: it is theirs already


async def test_a_reply_is_sent_once_and_only_by_the_owner(
    gateway: Gateway, rasa: FakeRasa, bob: Browser, carol: Browser
):
    alice = await in_queue(gateway, rasa)
    reply = {"client_id": "x1", "kind": "reply", "text": "您好，密码是 abc12345 吗"}
    status, body = await bob.call("POST", at(alice, "/messages"), json=reply)
    assert (status, body["error"]["code"]) == (409, "not_owner")
    await bob.call("POST", at(alice, "/claim"))
    status, first = await bob.call("POST", at(alice, "/messages"), json=reply)
    assert (status, first["client_id"], first["author_name"]) == (201, "x1", "Bob")
    assert "abc12345" not in first["text"]
    assert await bob.call("POST", at(alice, "/messages"), json=reply) == (200, first | {"status": "sent"})
    assert (await carol.call("POST", at(alice, "/messages"), json=reply))[0] == 409
    assert (await alice.until(4))[-1] == first["text"]
    (row,) = await rows(bob, view="mine")
    assert (row["unread"], row["waiting_since"], row["due_at"]) == (0, None, None)


async def test_the_same_client_id_of_a_customer_is_another_message(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    status, _ = await bob.call("POST", at(alice, "/messages"), json={"client_id": "1", "kind": "reply", "text": "hi"})
    assert status == 201
    assert (await alice.until(4))[-1] == "hi"


async def test_a_note_stays_at_the_desk(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    before = await alice.messages(after=0)
    note = {"client_id": "n", "kind": "note", "text": "looks like fraud"}
    assert (await bob.call("POST", at(alice, "/messages"), json=note))[0] == 201
    assert await alice.messages(after=0) == before
    _, body = await bob.call("GET", at(alice))
    assert (body["messages"][-1]["text"], body["messages"][-1]["kind"]) == ("looks like fraud", "note")


async def test_a_human_stretch_and_back_to_a_bot_that_remembers(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    rasa.slots[f"{alice.conversation_id}.1"] = {"verified_order": "KM202405120001", "proof": "p", "offer": None}
    await bob.call("POST", at(alice, "/claim"))
    await alice.send("2", text="人呢")
    assert (await rows(bob, view="mine"))[0]["unread"] == 2
    status, row = await bob.call("POST", at(alice, "/hand_back"), json={"note": "told them to wait"})
    assert (status, row["owner"], row["agent"]) == (200, "bot", None)
    await alice.until(5)
    asked = rasa.asked[-1]
    assert (asked["message"], asked["sender"]) == ("/hand_back{}", f"{alice.conversation_id}.2")
    assert asked["metadata"]["before"] == {"verified_order": "KM202405120001", "proof": "p"}


async def test_a_case_goes_to_a_colleague_or_a_team(gateway: Gateway, rasa: FakeRasa, bob: Browser, carol: Browser):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    status, body = await carol.call("POST", at(alice, "/transfer"), json={"to": "carol"})
    assert (status, body["error"]["code"]) == (409, "not_owner")
    status, row = await bob.call("POST", at(alice, "/transfer"), json={"to": "carol", "note": "yours"})
    assert (status, row["agent"], row["agent_name"]) == (200, "carol", "Carol")
    status, row = await carol.call("POST", at(alice, "/transfer"), json={"team": "refunds"})
    assert (status, row["owner"], row["team"], row["agent"]) == (200, "queue", "refunds", None)
    assert (await rows(bob, view="queue", team="refunds"))[0]["conversation_id"] == alice.conversation_id
    assert await rows(bob, view="queue", team="other") == []
    for wrong in ({}, {"to": "carol", "team": "x"}, {"to": "nobody"}):
        assert (await bob.call("POST", at(alice, "/transfer"), json=wrong))[0] == 422


async def test_a_supervisor_steps_in(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    sue = await agent(gateway, "sue", "supervisor")
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    assert (await sue.call("POST", at(alice, "/claim")))[0] == 409
    status, row = await sue.call("POST", at(alice, "/claim"), json={"force": True})
    assert (status, row["agent"]) == (200, "sue")
    assert (await bob.call("POST", at(alice, "/claim"), json={"force": True}))[0] == 409


async def test_a_settled_case_asks_for_points_and_a_new_message_opens_it(
    gateway: Gateway, rasa: FakeRasa, bob: Browser
):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    summary = {"cause": "C2", "text": "补单后到账"}
    status, row = await bob.call("POST", at(alice, "/resolve"), json={"summary": summary})
    assert (status, row["state"], row["owner"]) == (200, "resolved", "bot")
    async with gateway.app[ENGINE].begin() as connection:
        assert await connection.scalar(sa.select(summaries.c.cause)) == "C2"
    question = (await alice.messages())[-1]
    assert question["text"] == says("utter_desk_resolved")
    button = next(each for each in question["buttons"] if each["title"] == "4 分")
    await alice.send("2", type="button", button_id=button["id"])
    texts = await alice.until(6)
    assert texts[-1] == says("utter_desk_scored")
    _, body = await bob.call("GET", at(alice))
    assert (body["customer"]["score"], body["conversation"]["state"]) == (4, "resolved")
    assert not any(body["message"].startswith("/score") for body in rasa.asked)
    await alice.send("3", text="又没到账")
    await alice.until(8)
    assert (await rows(bob, view="all"))[0]["state"] == "open"
    status, row = await bob.call("POST", at(alice, "/resolve"), json={"silent": True})
    assert row["state"] == "resolved"
    status, row = await bob.call("POST", at(alice, "/reopen"))
    assert (row["state"], row["owner"], row["agent"]) == ("open", "agent", "bob")


async def test_who_settles_what_a_colleague_settled_before_leaves_their_summary(
    gateway: Gateway, rasa: FakeRasa, bob: Browser, carol: Browser
):
    alice = await in_queue(gateway, rasa)
    for browser, cause in ((bob, "C2"), (carol, "C4")):  # Both had the window open.
        body = {"summary": {"cause": cause, "text": cause}}
        assert (await browser.call("POST", at(alice, "/resolve"), json=body))[0] == 200
    _, kept = await bob.call("GET", at(alice, "/summary"))
    assert (kept["summary"]["cause"], kept["summary"]["by"]) == ("C2", "bob")


async def test_tags_and_priority_sort_and_filter(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    first, second = await in_queue(gateway, rasa), await in_queue(gateway, rasa)
    await bob.call("POST", at(second, "/priority"), json={"priority": "urgent"})
    order = [each["conversation_id"] for each in await rows(bob, view="queue")]
    assert order == [second.conversation_id, first.conversation_id]
    _, row = await bob.call("POST", at(first, "/tags"), json={"tags": ["退款", "vip", "退款"]})
    assert row["tags"] == ["退款", "vip"]
    assert [each["conversation_id"] for each in await rows(bob, view="all", tag="vip")] == [first.conversation_id]
    await bob.call("POST", at(first, "/tags"), json={"tags": []})
    assert await rows(bob, view="all", tag="vip") == []
    assert (await bob.call("POST", at(first, "/priority"), json={"priority": "huge"}))[0] == 422


@pytest.mark.parametrize("sort", ["urgency", "newest", "oldest"])
async def test_pages_hold_everything_once(gateway: Gateway, rasa: FakeRasa, bob: Browser, sort: str):
    ids = {(await in_queue(gateway, rasa)).conversation_id for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        query = {"view": "queue", "sort": sort, "limit": 2, "cursor": cursor}
        status, body = await bob.call("GET", "/conversations", params=query)
        assert status == 200
        seen += [each["conversation_id"] for each in body["conversations"]]
        cursor = body["next_cursor"]
    assert len(seen) == 5 and set(seen) == ids
    for wrong in ("x", "W10", "WzFd"):
        assert (await bob.call("GET", "/conversations", params={"cursor": wrong}))[0] == 422


async def test_drafts_are_private_and_end_with_the_message(
    gateway: Gateway, rasa: FakeRasa, bob: Browser, carol: Browser
):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    assert (await bob.call("PUT", at(alice, "/draft"), json={"text": "half a"}))[0] == 204
    assert (await bob.call("GET", at(alice)))[1]["draft"] == "half a"
    assert (await carol.call("GET", at(alice)))[1]["draft"] == ""
    assert (await bob.call("POST", at(alice, "/read"), json={"position": 4}))[0] == 204
    await bob.call("POST", at(alice, "/messages"), json={"client_id": "1", "kind": "reply", "text": "done"})
    _, body = await bob.call("GET", at(alice))
    assert (body["draft"], body["read_position"]) == ("", 4)


async def test_search_finds_by_number_tail_and_words(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await gateway.customer()
    for number, text in enumerate(
        ["我的订单 KM202405120001 点券没到账", "尾号 4821", "流水 4200001234202405120123456789", "I want a refund now"]
    ):
        await alice.send(str(number), text=text)
    await (other := await gateway.customer()).send("1", text="退款到哪里了")
    await alice.until(8)
    await other.until(2)

    async def found(query: str) -> list[tuple[str, str]]:
        status, body = await bob.call("GET", "/search", params={"q": query})
        assert status == 200, body
        return [(each["conversation_id"], each["match"]["field"]) for each in body["conversations"]]

    assert await found("KM202405120001") == [(alice.conversation_id, "order_no")]
    assert await found("km2024 0512 0001") == [(alice.conversation_id, "order_no")]
    assert await found("KM20240512") == [(alice.conversation_id, "order_no")]
    assert await found("4821") == [(alice.conversation_id, "phone_tail")]
    assert await found("4200001234202405120123456789") == [(alice.conversation_id, "transaction_no")]
    assert await found("退款") == [(other.conversation_id, "text")]
    assert await found("没到账") == [(alice.conversation_id, "text")]
    assert await found("REFUND") == [(alice.conversation_id, "text")]
    assert await found("want refund") == [(alice.conversation_id, "text")]
    assert await found("账没") == []
    assert await found("KM209900000000") == []
    for odd in ('"', "*", "NEAR(", "a' OR 1=1", "！！", "-"):
        assert (await bob.call("GET", "/search", params={"q": odd}))[0] == 200
    assert (await bob.call("GET", "/search", params={"q": " "}))[0] == 422


async def test_an_agents_picture_reaches_the_customer_only_when_sent(
    gateway: Gateway, rasa: FakeRasa, backend: FakeBackendServer, bob: Browser
):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="a.png", content_type="image/png")
    status, uploaded = await bob.call("POST", at(alice, "/pictures"), data=form)
    assert status == 201
    picture = uploaded["picture_id"]
    assert (await alice.call("GET", f"/pictures/{picture}"))[0] == 404
    note = {"client_id": "1", "kind": "note", "text": "see", "picture_id": picture}
    await bob.call("POST", at(alice, "/messages"), json=note)
    assert (await alice.call("GET", f"/pictures/{picture}"))[0] == 404
    assert (await alice.send("9", type="picture", picture_id=picture))[0] == 422
    reply = {"client_id": "2", "kind": "reply", "picture_id": picture}
    status, body = await bob.call("POST", at(alice, "/messages"), json=reply)
    assert (status, body["picture"]["url"]) == (201, f"/desk/api{at(alice)}/pictures/{picture}")
    assert (await alice.call("GET", f"/pictures/{picture}"))[0] == 200
    assert (await alice.messages())[-1]["picture_id"] == picture
    async with gateway.client.get(body["picture"]["url"], headers={"Cookie": f"daozhang_desk={bob.cookie}"}) as shown:
        assert await shown.read() == PNG
    foreign = await in_queue(gateway, rasa)
    await bob.call("POST", at(foreign, "/claim"))
    assert (await bob.call("POST", at(foreign, "/messages"), json=reply))[0] == 422


async def test_a_failed_delivery_is_tried_again(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    _, sent = await bob.call("POST", at(alice, "/messages"), json={"client_id": "1", "kind": "reply", "text": "hi"})
    where = messages.c.message_id == sent["message_id"]
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.update(messages).where(where).values(status="failed"))
    status, body = await bob.call("POST", at(alice, "/retry"), json={"message_id": sent["message_id"]})
    assert (status, body["status"]) == (200, "sent")
    assert (await bob.call("POST", at(alice, "/retry"), json={"message_id": "0" * 32}))[0] == 404


async def test_presence_counts_cases(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    assert await bob.call("GET", "/presence") == (200, {"status": "online", "capacity": 5, "open": 1})
    status, body = await bob.call("PUT", "/presence", json={"status": "busy", "capacity": 2})
    assert (status, body) == (200, {"status": "busy", "capacity": 2, "open": 1})
    _, body = await bob.call("GET", "/colleagues")
    assert [(each["username"], each["presence"], each["open"]) for each in body["colleagues"]] == [
        ("bob", "offline", 1)
    ]


async def test_an_agent_without_an_answer_loses_the_case(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    clock = Clock(gateway)
    clock.now = gateway.app[SWITCHBOARD].now().replace(year=2027)
    await bob.sign_in("bob")
    await asyncio.gather(*(gateway.app[KEEPER].release_silent() for _ in range(3)))
    (row,) = await rows(bob, view="queue")
    assert (row["owner"], row["reason"], row["priority"], row["agent"]) == ("queue", "agent_silent", "high", None)
    texts = await alice.until(5)
    assert texts[-2:] == [says("utter_agent_silent"), says("utter_handoff_away", place=1)]
    assert await gateway.app[KEEPER].release_silent() == 0
