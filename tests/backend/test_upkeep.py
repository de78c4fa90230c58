"""What nobody needs any more is cleared away, and nothing else."""

import asyncio
from datetime import timedelta

from aiohttp.test_utils import TestClient
from sqlalchemy import func, select, update

from bot.backend.changes.store import WATCHED_FOR, watch
from bot.backend.database import DATABASE
from bot.backend.events.store import events
from bot.backend.ownership.store import proofs, verify_tries
from bot.backend.tickets.answers import idempotent_answers
from bot.backend.timers.model import TimerKind
from bot.backend.timers.store import schedule, timers
from bot.backend.upkeep import ANSWERS_KEPT, EVENTS_KEPT, clear_away
from bot.settings import Settings
from tests.backend.conftest import NOW
from tests.backend.events.making import make_event, publish_all
from tests.backend.tickets.desk import prove, report


async def count(client: TestClient) -> list[int]:
    async with client.app[DATABASE].begin() as connection:
        counts = [select(func.count()).select_from(each) for each in (verify_tries, proofs, idempotent_answers)]
        return [(await connection.execute(each)).scalar_one() for each in counts]


async def make_rows(client: TestClient) -> None:
    """A wrong try, a proof and an answer."""
    body = {"reference": "KM1", "factor": {"type": "phone_tail", "value": "1111"}, "customer_ref": "alice"}
    assert (await client.post("/v1/verify", json=body)).status == 404
    await report(client, proof=await prove(client))


async def test_rows_go_only_when_their_time_is_over(backend_client: TestClient, settings: Settings):
    await make_rows(backend_client)
    engine = backend_client.app[DATABASE]
    assert await clear_away(engine, settings, NOW + timedelta(seconds=settings.verify_lockout - 1)) == 0
    assert await count(backend_client) == [2, 1, 1]
    assert await clear_away(engine, settings, NOW + timedelta(seconds=settings.verify_lockout)) == 3
    assert await count(backend_client) == [0, 0, 1]
    assert await clear_away(engine, settings, NOW + ANSWERS_KEPT) == 1
    assert await count(backend_client) == [0, 0, 0]


async def test_it_does_not_get_into_the_way_of_tries(backend_client: TestClient, settings: Settings):
    await make_rows(backend_client)
    later = NOW + timedelta(hours=1)
    rounds = [clear_away(backend_client.app[DATABASE], settings, later) for _ in range(5)]
    await asyncio.gather(*rounds, make_rows(backend_client))
    assert await clear_away(backend_client.app[DATABASE], settings, later) <= 3
    assert (await count(backend_client))[:2] == [0, 0]


async def test_what_was_told_and_done_long_ago_goes_and_what_waits_stays(
    backend_client: TestClient, settings: Settings
):
    engine = backend_client.app[DATABASE]
    await publish_all(engine, *(make_event(key) for key in ("delivered", "waiting", "dead")))
    async with engine.begin() as connection:
        ended = {"delivered": {"done_at": NOW}, "dead": {"done_at": NOW, "dead_at": NOW}}
        for key, values in ended.items():
            await connection.execute(update(events).where(events.c.key == key).values(values))
        for subject in ("done", "waiting"):
            await schedule(connection, TimerKind.PROMISE, subject, NOW)
        await connection.execute(update(timers).where(timers.c.subject == "done").values(done_at=NOW))
        await watch(connection, "KM1", "alice", NOW)
    assert await clear_away(engine, settings, NOW + WATCHED_FOR - timedelta(seconds=1)) == 0
    assert await clear_away(engine, settings, NOW + WATCHED_FOR) == 1
    assert await clear_away(engine, settings, NOW + EVENTS_KEPT) == 2
    async with engine.begin() as connection:
        assert sorted((await connection.execute(select(events.c.key))).scalars()) == ["dead", "waiting"]
        assert list((await connection.execute(select(timers.c.subject))).scalars()) == ["waiting"]
