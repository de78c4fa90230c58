import asyncio

import pytest

from bot.errors import RateLimitedError
from bot.gateway.conversations.hub import Hub


def frame(number: int) -> dict:
    return {"type": "message_created", "message": {"seq": number}}


async def test_a_frame_reaches_every_client_of_its_conversation_and_no_other():
    hub = Hub()
    with hub.listen("a") as one, hub.listen("a") as two, hub.listen("b") as other:
        hub.publish("a", frame(1))
        hub.publish("b", frame(2))
        assert [await each.get() for each in (one, two, other)] == [frame(1), frame(1), frame(2)]


async def test_a_client_is_gone_after_its_block_whatever_ended_it():
    hub = Hub()
    with pytest.raises(ZeroDivisionError), hub.listen("a"):
        assert len(hub) == 1
        raise ZeroDivisionError
    assert len(hub) == 0
    hub.publish("a", frame(1))


async def test_a_full_queue_closes_its_client_and_spares_the_others():
    hub = Hub(queue_size=2)
    overflows = []
    with hub.listen("a") as slow, hub.listen("a") as quick:
        slow.on_overflow = lambda: overflows.append(1)
        for number in range(4):
            hub.publish("a", frame(number))
            assert await quick.get() == frame(number)
        assert slow.closed and not quick.closed
        assert overflows == [1]
        assert [await slow.get(), await slow.get()] == [frame(1), None]


async def test_closing_while_publishing_reaches_everybody():
    hub = Hub(queue_size=1)
    contexts = [hub.listen("a") for _ in range(6)]
    clients = [each.__enter__() for each in contexts]
    for client, context in zip(clients, contexts, strict=True):
        client.on_overflow = lambda context=context: context.__exit__(None, None, None)
    hub.publish("a", frame(1))
    hub.publish("a", frame(2))  # every queue is full, so every client leaves while the hub is at it
    assert [each.closed for each in clients] == [True] * 6
    assert len(hub) == 0


async def test_close_ends_every_waiting_client():
    hub = Hub()
    with hub.listen("a") as one, hub.listen("b") as two:
        waiting = asyncio.gather(one.get(), two.get())
        await asyncio.sleep(0)
        hub.close()
        assert await waiting == [None, None]


async def test_there_is_a_limit_of_clients():
    hub = Hub(most_clients=1)
    with hub.listen("a"), hub.listen("b"), pytest.raises(RateLimitedError), hub.listen("a"):
        pass


async def test_typing_is_said_only_when_it_changes():
    hub = Hub()
    with hub.listen("a") as client:
        for typing in (False, True, True, False, False):
            hub.set_typing("a", typing)
        hub.close()
        frames = [await client.get(), await client.get(), await client.get()]
        assert [each and each["typing"] for each in frames] == [True, False, None]
