"""Updates, chats and deliveries, on both databases."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.channels.telegram.model import Arrival, What
from bot.gateway.channels.telegram.store import KEPT_FOR, TelegramStore
from bot.gateway.conversations.model import Outcome, Said
from bot.gateway.conversations.store import ConversationStore
from tests.gateway.house import NOW

CHAT = 5_000_000_000_000


def make_arrival(number: int, chat_id: int = CHAT, **fields: object) -> Arrival:
    return Arrival(number, What.TEXT, chat_id=chat_id, text=f"text {number}", **fields)  # type: ignore[arg-type]


@pytest.fixture
def store(engine: AsyncEngine) -> TelegramStore:
    return TelegramStore(engine, 4242)


async def test_an_update_counts_once_also_at_the_same_time(store: TelegramStore):
    saved = await asyncio.gather(*(store.save(make_arrival(1), NOW) for _ in range(8)))
    assert sorted(saved) == [False] * 7 + [True]
    assert await TelegramStore(store.engine, 4243).save(make_arrival(1), NOW)


async def test_they_come_in_the_order_of_their_chat_whole(store: TelegramStore):
    third = make_arrival(3, album="a", redacted=True, name="Alice")
    for each in (third, make_arrival(1), make_arrival(2, chat_id=-7)):
        await store.save(each, NOW)
    assert await store.waiting_chats() == [CHAT, -7]
    assert await store.next_of(CHAT) == make_arrival(1)
    assert await store.next_of(CHAT, 1) == third
    await store.finish(1, NOW)
    assert await store.next_of(CHAT) == third
    await store.finish(3, NOW)
    assert await store.next_of(CHAT) is None
    assert not await store.save(make_arrival(1), NOW)
    await store.finish(2, NOW + 2 * KEPT_FOR)
    assert await store.save(make_arrival(1), NOW)


async def test_a_chat_has_one_conversation_also_at_the_same_time(store: TelegramStore):
    assert await store.known_conversation(CHAT) is None
    found = await asyncio.gather(*(store.conversation_of(CHAT, NOW) for _ in range(8)))
    assert len(set(found)) == 1
    assert await store.chat_of(found[0]) == (CHAT, True)
    assert await store.chat_of("another") is None


async def mark_blocked(store: TelegramStore, now: datetime | None) -> bool:
    async with store.engine.begin() as connection:
        return await store.blocked(CHAT, now)(connection)


async def test_it_is_known_once_that_a_customer_cannot_be_reached(store: TelegramStore):
    conversation_id = await store.conversation_of(CHAT, NOW)
    assert [await mark_blocked(store, NOW) for _ in range(2)] == [True, False]
    assert await store.chat_of(conversation_id) == (CHAT, False)
    assert [await mark_blocked(store, None) for _ in range(2)] == [True, False]
    await mark_blocked(store, NOW)
    await store.conversation_of(CHAT, NOW)
    assert await store.chat_of(conversation_id) == (CHAT, True)


async def test_a_part_that_was_begun_is_in_doubt_until_it_is_marked_or_taken_back(store: TelegramStore):
    conversations = ConversationStore(store.engine)
    await conversations.create(
        {"conversation_id": "c1", "token_hash": "h", "channel": "telegram", "customer_id": "c1", "language": "zh"}, NOW
    )
    written = await conversations.write("c1", lambda _: Outcome(said=(Said("hi"),)), NOW)
    assert written is not None
    message_id = written.messages[0].message_id
    assert [await store.begin(message_id, 0, NOW) for _ in range(2)] == ["new", "sending"]
    await store.undo(message_id, 0)
    assert await store.begin(message_id, 0, NOW) == "new"
    await store.mark(message_id, 0, 17, NOW)
    assert await store.begin(message_id, 0, NOW) == "sent"
    assert await store.begin(message_id, 1, NOW) == "new"
    assert [each.message_id for each in await conversations.pending("c1", channel="telegram")] == [message_id]
    assert await conversations.pending() == []
    await store.mark_failed(message_id)
    assert await conversations.pending("c1", channel="telegram") == []
