"""The customer API over the socket."""

import asyncio
import json

import aiohttp
import pytest

from bot.gateway.conversations import socket
from bot.gateway.conversations.bodies import CLIENT_FRAMES, SERVER_FRAMES
from bot.gateway.keys import HUB, SWITCHBOARD
from bot.settings import ROOT
from tests.fakes import FakeRasa
from tests.gateway.gateways import Customer, Gateway
from tests.gateway.house import says


@pytest.fixture
async def alice(gateway: Gateway) -> Customer:
    return await gateway.customer()


def message(client_id: str, **fields: object) -> dict:
    return {"client_id": client_id, "type": "text", **fields}


async def test_hello_is_answered_with_the_conversation_and_what_was_missed(alice: Customer):
    ws = await alice.connect()
    hello, greeting = await ws.until("message_created")
    assert hello["type"] == "hello_accepted"
    assert hello["conversation"]["conversation_id"] == alice.conversation_id
    assert greeting["message"]["text"] == says("utter_greet")
    assert (await alice.messages(after=0)) == [greeting["message"]]


async def test_a_message_is_accepted_and_answered(alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    await ws.send("message_send", message=message("1", text="充值没到账"))
    frames = await ws.until("message_accepted")
    assert frames[-1]["client_id"] == "1"
    assert frames[-1]["message"]["seq"] == 2
    rest = frames + await ws.until("typing_changed")
    while "echo: 充值没到账" not in str(rest):
        rest.append(await ws.next())
    assert [each["typing"] for each in rest if each["type"] == "typing_changed"] == [True, False]
    created = [each["message"] for each in rest if each["type"] == "message_created"]
    assert [(each["seq"], each["text"], each["status"]) for each in created] == [
        (2, "充值没到账", "received"),
        (3, "echo: 充值没到账", "sent"),
    ]


async def test_sending_again_is_accepted_again_and_asked_once(alice: Customer, rasa: FakeRasa):
    ws = await alice.connect(after=1)
    first = [
        (await ws.send("message_send", message=message("1", text="a")), (await ws.until("message_accepted"))[-1])[1]
        for _ in range(2)
    ]
    assert first[0] == first[1]
    await alice.until(2)
    assert rasa.asked_texts() == ["a"]


async def test_every_window_of_a_conversation_hears_everything_and_no_other_conversation_does(
    gateway: Gateway, alice: Customer
):
    bob = await gateway.customer()
    windows = [await alice.connect(after=1), await alice.connect(after=1)]
    other = await bob.connect(after=1)
    for each in (*windows, other):
        await each.until("hello_accepted")
    await alice.send("1", text="a")
    for window in windows:
        assert await window.texts(2) == ["a", "echo: a"]
    await other.send("ping")
    assert await other.next() == {"type": "pong"}


async def test_after_a_gap_the_socket_catches_up_in_order(alice: Customer):
    for number in range(5):
        await alice.send(str(number), text=str(number))
    await alice.until(10)
    ws = await alice.connect(after=4)
    frames = [await ws.next() for _ in range(8)]
    assert [each["message"]["seq"] for each in frames[1:]] == list(range(5, 12))


async def test_nothing_comes_twice_when_messages_are_written_while_catching_up(alice: Customer):
    sending = [asyncio.create_task(alice.send(str(number), text=str(number))) for number in range(10)]
    ws = await alice.connect()
    await asyncio.gather(*sending)
    seqs: list[int] = []
    while len(seqs) < 21:
        frame = await ws.next()
        if frame["type"] == "message_created":
            seqs.append(frame["message"]["seq"])
    assert seqs == list(range(1, 22))


@pytest.mark.parametrize("token", ["wrong", "\u00fc", "x" * 200])
async def test_a_wrong_token_is_refused(alice: Customer, token: str):
    ws = await alice.connect(token=token)
    error = await ws.next()
    assert (error["type"], error["code"], error["client_id"]) == ("error", "not_found", None)
    assert await ws.next() == {"type": "closed", "code": socket.NOT_AUTHORIZED}


async def test_another_customers_token_is_refused(gateway: Gateway, alice: Customer):
    bob = await gateway.customer()
    ws = await alice.connect(token=bob.token)
    assert (await ws.next())["code"] == "not_found"


@pytest.mark.parametrize("first", ["", "{", "[]", '"hello"', '{"type": "ping"}', '{"type": "hello"}', '{"type": []}'])
async def test_the_first_frame_must_be_hello(gateway: Gateway, alice: Customer, first: str):
    ws = await gateway.client.ws_connect(alice.path + "/socket")
    await ws.send_str(first)
    assert (await ws.receive_json())["type"] == "error"
    assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_who_never_says_hello_is_cut_off(gateway: Gateway, alice: Customer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "HELLO_SECONDS", 0.05)
    ws = await gateway.client.ws_connect(alice.path + "/socket")
    assert (await ws.receive(timeout=30)).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(
    ("frame", "code", "client_id"),
    [
        ("{", "bad_request", None),
        ('{"type": "unknown"}', "bad_request", None),
        ('{"type": "hello", "token": "x"}', "bad_request", None),
        ('{"type": "read_mark", "seq": -1}', "invalid", None),
        (json.dumps({"type": "message_send", "message": message("7", text="")}), "invalid", "7"),
        (json.dumps({"type": "message_send", "message": message("7", type="button", button_id="0")}), "invalid", "7"),
    ],
)  # fmt: skip
async def test_a_wrong_frame_is_refused_and_the_socket_stays(
    alice: Customer, frame: str, code: str, client_id: str | None
):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    await ws.ws.send_str(frame)
    error = await ws.next()
    assert (error["type"], error["code"], error["client_id"]) == ("error", code, client_id)
    await ws.send("ping")
    assert await ws.next() == {"type": "pong"}


async def test_reading_is_told_to_the_other_windows(alice: Customer):
    one, two = await alice.connect(after=1), await alice.connect(after=1)
    for each in (one, two):
        await each.until("hello_accepted")
    await one.send("read_mark", seq=1)
    changed = (await two.until("conversation_changed"))[-1]
    assert changed["conversation"]["read_seq"] == 1


async def test_a_new_owner_is_told(gateway: Gateway, alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    switchboard = gateway.app[SWITCHBOARD]
    await switchboard.take_over(alice.conversation_id, "bob")
    await switchboard.hand_back(alice.conversation_id)
    owners = [(await ws.until("conversation_changed"))[-1]["conversation"]["owner"] for _ in range(2)]
    assert owners == ["agent", "bot"]


async def test_a_window_that_comes_late_sees_that_the_bot_is_typing(alice: Customer, rasa: FakeRasa):
    rasa.go_on.clear()
    await alice.send("1", text="a")
    await rasa.arrived.wait()
    ws = await alice.connect(after=2)
    assert (await ws.until("typing_changed"))[-1]["typing"] is True


async def test_a_note_never_reaches_a_socket(gateway: Gateway, alice: Customer, rasa: FakeRasa):
    ws = await alice.connect(after=1)
    rasa.go_on.clear()
    await alice.send("1", text="a")
    await rasa.arrived.wait()
    await gateway.app[SWITCHBOARD].take_over(alice.conversation_id, "bob")
    rasa.go_on.set()
    await alice.send("2", text="b")
    assert await ws.texts(2) == ["a", "b"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_socket_from_another_page_is_refused(gateway: Gateway, alice: Customer, origin: str):
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await gateway.client.ws_connect(alice.path + "/socket", origin=origin)
    assert caught.value.status == 403


async def test_a_socket_from_a_known_page_is_served(alice: Customer):
    ws = await alice.connect(origin="https://shop.example")
    assert (await ws.next())["type"] == "hello_accepted"


async def test_a_closed_window_leaves_nothing_behind(gateway: Gateway, alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    assert len(gateway.app[HUB]) == 1
    await ws.ws.close()
    for _ in range(3000):
        if not len(gateway.app[HUB]):
            break
        await asyncio.sleep(0.01)
    assert len(gateway.app[HUB]) == 0


async def test_who_does_not_read_is_cut_off_and_catches_up(gateway: Gateway, alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    (client,) = next(iter(gateway.app[HUB]._clients.values()))
    frame = {"type": "conversation_changed", "conversation": {}, "padding": "x" * 100_000}
    for _ in range(500):  # more than the queue holds, without giving the pump a chance
        gateway.app[HUB].publish(alice.conversation_id, frame)
    assert client.closed
    seen = await ws.next()
    while seen["type"] != "closed":
        seen = await ws.next()
    again = await alice.connect(after=0)
    assert (await again.texts(1)) == [says("utter_greet")]


async def test_a_shutdown_closes_sockets_and_polls(gateway: Gateway, alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    poll = asyncio.create_task(alice.messages(after=1, wait=30))
    await asyncio.sleep(0.1)
    await gateway.app.shutdown()
    assert await ws.next() == {"type": "closed", "code": 1001}
    assert await poll == []


async def test_the_widget_knows_the_same_frames():
    path = ROOT / "web" / "widget" / "frames.ts"
    if not path.exists():
        pytest.skip("the widget's frames are not here")
    text = path.read_text(encoding="utf-8")
    lists = {
        name: tuple(json.loads("[" + text.split(f"{name} = [")[1].split("]")[0].strip().rstrip(",") + "]"))
        for name in ("CLIENT_FRAMES", "SERVER_FRAMES")
    }
    assert lists == {"CLIENT_FRAMES": tuple(CLIENT_FRAMES), "SERVER_FRAMES": SERVER_FRAMES}


async def test_a_client_id_that_no_frame_can_carry_does_not_silence_the_socket(alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    await ws.send("message_send", message=message("\ud800", text="a"))
    assert (await ws.until("error"))[-1]["client_id"] is None
    await ws.send("ping")
    await ws.until("pong")


async def test_a_socket_that_cannot_be_sent_to_is_closed(gateway: Gateway, alice: Customer):
    ws = await alice.connect(after=1)
    await ws.until("hello_accepted")
    gateway.app[HUB].publish(alice.conversation_id, {"type": "pong", "text": "\ud800"})
    assert await ws.next() == {"type": "closed", "code": 1011}
