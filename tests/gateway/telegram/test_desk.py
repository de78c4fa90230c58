"""Agents and news reach customers on Telegram by the same way as everybody."""

import aiohttp
import pytest
import sqlalchemy as sa

from bot.errors import RateLimitedError
from bot.gateway.channels.telegram.inbox import Inbox
from bot.gateway.conversations.tables import conversations
from bot.gateway.keys import ENGINE, LIMITER
from bot.qa.bot_api import BotApi
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desk.talking import HANDOFF, tab
from tests.gateway.desks import agent
from tests.gateway.gateways import Gateway
from tests.gateway.house import says
from tests.gateway.news.making import make_event, post_event
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.conftest import make_gateway
from tests.gateway.telegram.test_talking import ALICE, HELLO, conversation_of, log_of, settle
from tests.gateway.test_pictures import PNG


async def test_news_comes_by_itself_and_its_button_works(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    event = make_event("order.delivered", customer_ref=f"telegram:{ALICE}")
    assert await post_event(gateway, event) == (200, {"saved": True})
    assert await post_event(gateway, event) == (200, {"saved": False})
    await api.until(lambda: len(api.sent) == 3)
    assert api.sent[2]["buttons"]
    api.put(they.click(api.sent[2]["buttons"][0]["callback_data"]))
    await api.until(lambda: len(rasa.asked) == 2)
    assert rasa.asked[1]["message"].startswith("/")
    await settle(gateway)
    assert len(api.sent) == 4


async def test_an_agent_at_the_desk_takes_the_case_and_settles_it(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    rasa.answer = lambda _: HANDOFF
    api.put(they.text("/human"))
    await api.until(lambda: len(api.sent) == 3)
    bob = await agent(gateway, "bob")
    socket, _ = await tab(bob)
    one = f"/conversations/{(await conversation_of(gateway)).conversation_id}"
    assert (await bob.call("POST", f"{one}/claim", json={}))[0] == 200
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="a.png", content_type="image/png")
    _, uploaded = await bob.call("POST", f"{one}/pictures", data=form)
    body = {"client_id": "1", "kind": "reply", "text": "请看*这里*", "picture_id": uploaded["picture_id"]}
    assert (await bob.call("POST", f"{one}/messages", json=body))[0] == 201
    note = {"client_id": "2", "kind": "note", "text": "only for us"}
    assert (await bob.call("POST", f"{one}/messages", json=note))[0] == 201
    await api.until(lambda: api.sent[-1]["photo"] == PNG)
    assert api.sent[-1]["text"] == "请看*这里*"
    frames = await socket.until("message_changed")
    while frames[-1]["message"]["text"] != "请看*这里*":
        frames = await socket.until("message_changed")
    assert frames[-1]["message"]["status"] == "sent"
    assert (await bob.call("POST", f"{one}/resolve", json={}))[0] == 200
    await api.until(lambda: bool(api.sent[-1]["buttons"]))
    assert api.sent[-1]["text"] == says("utter_desk_resolved")
    api.put(they.click(api.sent[-1]["buttons"][0]["callback_data"]))
    await api.until(lambda: api.texts(ALICE)[-1] == says("utter_desk_scored"))
    async with gateway.app[ENGINE].connect() as connection:
        assert await connection.scalar(sa.select(conversations.c.score)) in range(1, 6)
    assert "only for us" not in str(api.sent)


async def test_a_picture_that_is_no_longer_kept_does_not_hold_up_what_follows(
    gateway: Gateway, api: BotApi, backend: FakeBackendServer
):
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    bob = await agent(gateway, "bob")
    one = f"/conversations/{(await conversation_of(gateway)).conversation_id}"
    assert (await bob.call("POST", f"{one}/claim", json={}))[0] == 200
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="a.png", content_type="image/png")
    _, uploaded = await bob.call("POST", f"{one}/pictures", data=form)
    backend.evidence.clear()
    for number, picture in enumerate(({"picture_id": uploaded["picture_id"]}, {})):
        body = {"client_id": str(number), "kind": "reply", "text": f"第 {number} 句", **picture}
        assert (await bob.call("POST", f"{one}/messages", json=body))[0] == 201
    await api.until(lambda: api.texts(ALICE)[-1] == "第 1 句")
    assert api.texts(ALICE)[-2:] == ["第 0 句", "第 1 句"]


async def test_who_writes_too_fast_is_answered_later(gateway: Gateway, api: BotApi, monkeypatch: pytest.MonkeyPatch):
    refusals = [RateLimitedError(retry_after=0.05) for _ in range(3)]
    check = gateway.app[LIMITER].check

    async def refuse_first(limit: str, key: str) -> None:
        if refusals:
            raise refusals.pop()
        await check(limit, key)

    monkeypatch.setattr(gateway.app[LIMITER], "check", refuse_first)
    api.put(they.text("1"), they.text("2"))
    await api.until(lambda: len(api.sent) == 3)
    assert api.texts(ALICE) == [HELLO, "echo: 1", "echo: 2"]
    assert refusals == []


async def test_an_update_that_always_fails_does_not_hold_up_its_chat(
    settings: Settings, rasa: FakeRasa, api: BotApi, monkeypatch: pytest.MonkeyPatch
):
    receive = Inbox._receive

    async def fail_at_bad(self: Inbox, arrival: they.Json, *args: object, **more: object) -> None:
        if arrival.text == "bad":
            raise ValueError
        await receive(self, arrival, *args, **more)

    monkeypatch.setattr(Inbox, "_receive", fail_at_bad)
    async with make_gateway(settings, rasa) as gateway:
        api.put(they.text("bad"), they.text("good"))
        await api.until(lambda: len(api.sent) == 2)
        await settle(gateway)
        assert api.texts(ALICE) == [HELLO, "echo: good"]
        assert [each[1] for each in await log_of(gateway)] == [HELLO, "good", "echo: good"]
