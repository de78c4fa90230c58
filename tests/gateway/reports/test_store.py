"""Reports read the gateway's tables, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.reports import store as report_store
from bot.gateway.reports.history import History, Kind, Range
from bot.gateway.reports.model import report_of
from bot.gateway.reports.store import ReportStore

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# What a message of each kind is in the table.
SAYS = {
    "greets": ("outgoing", "bot"), "asks": ("incoming", "customer"), "answers": ("outgoing", "agent"),
    "notes": ("note", "agent"), "tells": ("outgoing", "system"),
}  # fmt: skip


async def add(
    engine: AsyncEngine, conversation_id: str, *said: str, began: datetime = NOW, channel: str = "widget",
    score: int | None = None,
) -> None:  # fmt: skip
    """A conversation in which each word is a message, a minute after the one before; others are activities."""
    columns = {
        "conversation_id": conversation_id, "token_hash": "hash", "channel": channel, "customer_id": "c",
        "language": "zh", "language_locked": False, "owner": "bot", "owner_since": began, "sender_n": 1,
        "last_seq": len(said), "last_position": len(said), "read_seq": 0, "created_at": began, "updated_at": began,
        "score": score,
    }  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(sa.insert(conversations).values(columns))
        for position, word in enumerate(said, 1):
            await connection.execute(sa.insert(messages).values(row(conversation_id, position, word, began)))


def row(conversation_id: str, position: int, word: str, began: datetime) -> dict[str, Any]:
    what, _, reason = word.partition(":")
    kind, sender = SAYS.get(what, ("activity", "system"))
    private = kind in ("note", "activity")
    return {
        "message_id": f"{conversation_id}-{position:03}", "conversation_id": conversation_id, "position": position,
        "seq": None if private else position, "kind": kind, "sender": sender, "text": what, "channel": "widget",
        "dialog": False, "status": "sent", "created_at": began + timedelta(minutes=position),
        "activity": {"type": what, "reason": reason or None} if kind == "activity" else None,
    }  # fmt: skip


async def test_only_conversations_in_which_the_customer_spoke_count(engine: AsyncEngine):
    await add(engine, "talks", "greets", "asks", channel="telegram", score=4)
    await add(engine, "silent", "greets")
    await add(engine, "earlier", "greets", "asks", began=NOW - DAY)
    await add(engine, "later", "greets", "asks", began=NOW + DAY)
    found = await ReportStore(engine).talks(NOW, NOW + DAY)
    assert [(each.conversation_id, each.channel, each.score) for each in found] == [("talks", "telegram", 4)]


async def test_a_handoff_knows_the_first_words_of_a_human_after_it(engine: AsyncEngine):
    await add(
        engine, "a", "asks", "handed_off:angry", "tells", "claimed", "notes", "answers", "answers", "tagged",
        "handed_back", "handed_off", "resolved",
    )  # fmt: skip
    found = await ReportStore(engine).moves(NOW, NOW + DAY)
    assert [(each.kind, each.reason) for each in found] == [
        (Kind.HANDOFF, "angry"), (Kind.CLAIM, None), (Kind.HAND_BACK, None), (Kind.HANDOFF, None), (Kind.RESOLVE, None),
    ]  # fmt: skip
    assert [each.answered_at for each in found] == [NOW + timedelta(minutes=6)] * 2 + [None] * 3
    assert {each.channel for each in found} == {"web"}


async def test_who_is_given_to_a_person_was_not_left_to_the_bot(engine: AsyncEngine):
    """A supervisor gives it away, or settled cases are opened again: nobody was handed off, and a human had them."""
    await add(engine, "given", "asks", "transferred:transferred", "answers", "resolved")
    await add(engine, "again", "asks", "resolved", "reopened", "answers", "resolved")
    await add(engine, "bots", "asks", "greets")
    store, days = ReportStore(engine), Range(NOW.date(), NOW.date())
    talks, moves = await store.talks(NOW, NOW + DAY), await store.moves(NOW, NOW + DAY)
    report = report_of(History(range=days, talks=talks, moves=moves, cases=None))
    assert report["containment"] == {"bot_only": 1, "handed_off": 2, "share": 0.333}
    assert (report["resolution"]["count"], report["resolution"]["p50"]) == (2, 120)
    assert sum(each["handoffs"] for each in report["volume"]) == 0


async def test_the_answer_of_another_conversation_is_none(engine: AsyncEngine):
    await add(engine, "a", "asks", "handed_off")
    await add(engine, "b", "asks", "handed_off", "answers")
    found = {each.conversation_id: each.answered_at for each in await ReportStore(engine).moves(NOW, NOW + DAY)}
    assert found == {"a": None, "b": NOW + timedelta(minutes=3)}


async def test_pieces_lose_and_double_nothing(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report_store, "PIECE", 2)
    for number in range(5):  # all at the same moment
        await add(engine, f"c{number}", "asks", "handed_off")
    store = ReportStore(engine)
    assert [each.conversation_id for each in await store.talks(NOW, NOW + DAY)] == [f"c{n}" for n in range(5)]
    assert [each.conversation_id for each in await store.moves(NOW, NOW + DAY)] == [f"c{n}" for n in range(5)]
    ids = [f"c{number}" for number in range(5)]
    assert await store.channels([*ids, "unknown"]) == dict.fromkeys(ids, "web")


async def test_an_empty_range_has_nothing(engine: AsyncEngine):
    await add(engine, "a", "asks", "handed_off")
    store = ReportStore(engine)
    assert (await store.talks(NOW, NOW), await store.moves(NOW, NOW), await store.channels([])) == ([], [], {})
