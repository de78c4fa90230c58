"""The desk's socket: what happens, live; what was missed; who types; and who may not listen."""

import asyncio

import aiohttp
import pytest

from bot.gateway.conversations.hub import Client
from bot.gateway.desk import socket as desk_socket
from bot.gateway.desk.bodies import DESK_CLIENT_FRAMES, DESK_SERVER_FRAMES
from bot.gateway.desk.hub import DeskHub
from bot.gateway.desk.keys import DESK_HUB, KEEPER
from bot.settings import ROOT
from tests.fakes import FakeRasa
from tests.gateway.desk.talking import at, in_queue, tab
from tests.gateway.desks import Browser, agent
from tests.gateway.gateways import Gateway, Socket


@pytest.fixture
async def bob(gateway: Gateway) -> Browser:
    return await agent(gateway, "bob")


async def frame(socket: Socket, kind: str, **fields: object) -> dict:
    """The next frame of this kind that has these fields."""
    while True:
        found = (await socket.until(kind))[-1]
        if fields.items() <= found.items():
            return found


async def test_a_tab_hears_of_a_new_message_and_of_who_owns_it(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    socket, _ = await tab(bob)
    assert (await socket.next())["type"] == "reset"
    alice = await in_queue(gateway, rasa)
    said = await frame(socket, "message_created", conversation_id=alice.conversation_id)
    assert said["message"]["text"].startswith("您好")
    while (changed := await frame(socket, "conversation_changed"))["conversation"]["owner"] != "queue":
        pass
    assert changed["conversation"]["reason"] == "customer_request"
    await frame(socket, "counts_changed", queue=1)
    await bob.call("POST", at(alice, "/claim"))
    while (changed := await frame(socket, "conversation_changed"))["conversation"]["owner"] != "agent":
        pass
    assert changed["conversation"]["agent"] == "bob"
    counts = await frame(socket, "counts_changed", queue=0)
    assert counts["booked"] == 0


async def test_who_comes_back_gets_what_was_missed(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    first, hello = await tab(bob)
    await in_queue(gateway, rasa)
    frames = [await first.next()]
    while frames[-1].get("conversation", {}).get("owner") != "queue":
        frames.append(await first.next())
    numbered = [each for each in frames if "n" in each]
    assert [each["n"] for each in numbered] == list(range(hello["n"] + 1, numbered[-1]["n"] + 1))
    again, _ = await tab(bob, hello["epoch"], numbered[2]["n"])
    replayed = [await again.next() for _ in numbered[3:]]
    assert replayed == numbered[3:]


@pytest.mark.parametrize("known", [("other", 3), (None, 0)])
async def test_who_knows_another_life_reads_again(gateway: Gateway, bob: Browser, known: tuple[str | None, int]):
    socket, _ = await tab(bob, *known)
    assert (await socket.next())["type"] == "reset"


def test_what_left_the_ring_is_not_claimed_to_be_there():
    hub = DeskHub(ring_size=3)
    for number in range(5):
        hub.publish({"type": "counts_changed", "queue": number})
    assert hub.missed(hub.epoch, 1) is None
    assert [each["n"] for each in hub.missed(hub.epoch, 2) or ()] == [3, 4, 5]
    assert hub.missed(hub.epoch, 5) == []
    assert hub.missed(hub.epoch, 6) is None


def test_a_full_queue_closes_its_tab_alone():
    hub = DeskHub(queue_size=3)
    with hub.listen("bob") as slow, hub.listen("carol") as quick:
        full: list[Client] = []
        slow.on_overflow = lambda: full.append(slow)
        for _ in range(4):
            hub.publish({"type": "counts_changed"})
            quick._queue.get_nowait()
        assert (full, slow.closed, quick.closed) == ([slow], True, False)


async def test_a_tab_that_does_not_read_is_sent_away_to_come_back(gateway: Gateway, bob: Browser):
    gateway.app[DESK_HUB]._queue_size = 5
    socket, _ = await tab(bob)
    for _ in range(20):
        gateway.app[DESK_HUB].publish({"type": "counts_changed", "queue": 0, "booked": 0})
    while (found := await socket.next())["type"] != "closed":
        pass
    assert found["code"] == aiohttp.WSCloseCode.TRY_AGAIN_LATER


async def test_only_the_owners_typing_reaches_the_customer(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    carol = await agent(gateway, "carol")
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    customer = await alice.connect(after=100)
    await customer.until("hello_accepted")
    hers, _ = await tab(carol)
    his, _ = await tab(bob)
    await hers.send("typing", conversation_id=alice.conversation_id, typing=True)
    seen = await frame(his, "typing_changed")
    assert (seen["agent"], seen["sender"]) == ("carol", "agent")
    await his.send("typing", conversation_id=alice.conversation_id, typing=True)
    shown = await customer.next()
    assert shown == {"type": "typing_changed", "typing": True, "sender": "agent"}
    await his.ws.close()  # who leaves does not type
    assert await customer.next() == {"type": "typing_changed", "typing": False, "sender": "agent"}


async def test_the_desk_sees_that_a_customer_writes_to_it(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice, other = await in_queue(gateway, rasa), await gateway.customer()
    his, _ = await tab(bob)
    to_the_bot = await other.connect(after=100)
    await to_the_bot.send("typing", typing=True)
    await to_the_bot.send("ping")
    await to_the_bot.until("pong")
    customer = await alice.connect(after=100)
    for typing in (True, False, False, True):
        await customer.send("typing", typing=typing)
    await customer.send("ping")
    await customer.until("pong")
    await customer.ws.close()  # who leaves does not type
    seen = [await frame(his, "typing_changed") for _ in range(4)]
    assert [(each["conversation_id"], each["sender"]) for each in seen] == [(alice.conversation_id, "customer")] * 4
    assert [each["typing"] for each in seen] == [True, False, True, False]


async def test_colleagues_see_who_looks_at_the_same(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa)
    socket, _ = await tab(bob)
    other, _ = await tab(await agent(gateway, "carol"))
    await other.send("watch", conversation_id=alice.conversation_id)
    assert (await frame(socket, "watchers_changed"))["usernames"] == ["carol"]
    await other.ws.close()
    assert (await frame(socket, "watchers_changed"))["usernames"] == []


async def test_who_has_a_tab_is_online_for_customers_and_colleagues(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    socket, _ = await tab(bob)
    alice = await in_queue(gateway, rasa)
    texts = await alice.until(3)
    assert texts[-1].startswith("人工客服在线，您排在第 1 位，预计 5 分钟")
    await socket.send("presence", status="busy")
    seen = await frame(socket, "presence_changed", username="bob", status="busy")
    assert seen["open"] == 0
    second = await in_queue(gateway, rasa)
    assert (await second.until(3))[-1].startswith("现在没有人工客服在线，您排在第 2 位")
    assert (await gateway.app[KEEPER].standings())["bob"] == ("busy", 0)


async def test_another_page_cannot_open_it(gateway: Gateway, bob: Browser):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await tab(bob, headers=headers)
        assert refused.value.status == 403


async def test_the_end_of_the_session_ends_the_socket(gateway: Gateway, bob: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk_socket, "ALIVE_SECONDS", 0.05)
    socket, _ = await tab(bob)
    await bob.call("POST", "/logout")
    while (found := await socket.next())["type"] != "closed":
        pass
    assert found["code"] == 4401


@pytest.mark.parametrize(
    "data", ["", "[]", "{}", '{"type": 1}', '{"type": "nope"}', '{"type": "typing"}', "[" * 1000, "\x00"]
)
async def test_a_broken_frame_is_told_and_the_socket_lives(gateway: Gateway, bob: Browser, data: str):
    socket, _ = await tab(bob)
    await socket.ws.send_str(data)
    await frame(socket, "error")
    await socket.send("ping")
    await frame(socket, "pong")


async def test_a_first_frame_that_resumes_nothing_ends_it(gateway: Gateway, bob: Browser):
    headers = {"Cookie": f"daozhang_desk={bob.cookie}", "Origin": gateway.settings.public_url}
    ws = await gateway.client.ws_connect("/desk/api/socket", headers=headers)
    socket = Socket(ws)
    await socket.next()
    await socket.send("ping")
    assert (await socket.next())["type"] == "error"
    assert (await socket.next())["code"] == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_many_tabs_of_one_agent_hear_the_same(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    tabs = [(await tab(bob))[0] for _ in range(3)]
    alice = await in_queue(gateway, rasa)
    heard = await asyncio.gather(
        *(frame(each, "message_created", conversation_id=alice.conversation_id) for each in tabs)
    )
    assert len({each["n"] for each in heard}) == 1


def test_the_document_names_every_frame():
    text = (ROOT / "docs" / "desk-api.md").read_text(encoding="utf-8")
    for name in (*DESK_CLIENT_FRAMES, *DESK_SERVER_FRAMES):
        assert f"`{name}`" in text or f'"type": "{name}"' in text, name
