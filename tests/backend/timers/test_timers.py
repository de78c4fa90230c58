"""What is due is done by one copy, survives a crash, and is tried again when it fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.timers.model import TimerKind, next_requery, retry_after
from bot.backend.timers.runner import HANDLERS, LEASE, fire_timers
from bot.backend.timers.store import cancel, claim_timers, mark_done, schedule, schedule_by, timers
from bot.settings import Settings
from tests.backend.conftest import NOW, Clock

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("passed", "expected"), [(0, 1), (0.5, 1), (1, 5), (4.9, 5), (5, 10), (9, 10), (10, None), (600, None)]
)
def test_when_to_look_again(passed: float, expected: int | None):
    found = next_requery(NOW, NOW + passed * MINUTE, [10, 1, 5])
    assert found == (NOW + expected * MINUTE if expected else None)


def test_the_pauses_after_failures_grow_to_ten_minutes():
    assert [retry_after(each).total_seconds() for each in (1, 2, 3, 8, 9, 1000)] == [5, 10, 20, 600, 600, 600]


@pytest.fixture
async def fired(backend_client: TestClient) -> Counter[str]:
    """How often each subject was handled; `broken` fails."""
    found: Counter[str] = Counter()
    backend_client.app[HANDLERS].update(handlers_for(found))
    return found


def handlers_for(found: Counter[str]) -> dict:
    async def handle(app: web.Application, subject: str) -> None:
        found[subject] += 1
        await asyncio.sleep(0)
        if subject == "broken":
            raise ValueError

    return dict.fromkeys(TimerKind, handle)


@pytest.fixture
async def copy(settings: Settings, clock: Clock, fired: Counter[str]) -> AsyncIterator[TestClient]:
    """A second backend on the same database."""
    app = make_app(settings, workers=False)
    app[CLOCK] = clock
    app[HANDLERS].update(handlers_for(fired))
    async with TestClient(TestServer(app)) as client:
        yield client


async def set_timer(client: TestClient, subject: str, minutes: float = 0, kind: TimerKind = TimerKind.PROMISE) -> None:
    async with client.app[DATABASE].begin() as connection:
        await schedule(connection, kind, subject, NOW + minutes * MINUTE)


async def rows(client: TestClient) -> list:
    async with client.app[DATABASE].begin() as connection:
        return list(await connection.execute(select(timers).order_by(timers.c.id)))


async def test_it_fires_once_when_it_is_due(backend_client: TestClient, fired: Counter[str], clock: Clock):
    await set_timer(backend_client, "TK1", 5)
    assert await fire_timers(backend_client.app) == 0
    clock.now += 5 * MINUTE
    assert [await fire_timers(backend_client.app) for _ in range(3)] == [1, 0, 0]
    assert fired == {"TK1": 1}
    (row,) = await rows(backend_client)
    assert (row.done_at, row.claimed_until) == (clock.now, None)


async def test_setting_it_anew_replaces_the_time(backend_client: TestClient, fired: Counter[str], clock: Clock):
    await set_timer(backend_client, "TK1", 5)
    await set_timer(backend_client, "TK1", 10)
    clock.now += 9 * MINUTE
    assert await fire_timers(backend_client.app) == 0
    clock.now += MINUTE
    assert await fire_timers(backend_client.app) == 1
    await set_timer(backend_client, "TK1", 11)
    clock.now += MINUTE
    assert await fire_timers(backend_client.app) == 1
    assert fired == {"TK1": 2}


async def test_a_cancelled_one_does_not_fire(backend_client: TestClient, fired: Counter[str]):
    await set_timer(backend_client, "TK1")
    await set_timer(backend_client, "TK1", kind=TimerKind.STEP3)
    async with backend_client.app[DATABASE].begin() as connection:
        await cancel(connection, TimerKind.PROMISE, "TK1")
        await cancel(connection, TimerKind.PROMISE, "TK2")
    assert await fire_timers(backend_client.app) == 1


async def test_by_then_at_the_latest(backend_client: TestClient, fired: Counter[str]):
    async with backend_client.app[DATABASE].begin() as connection:
        for minutes in (5, 9, 3, 4):
            await schedule_by(connection, TimerKind.ORDER, "KM1", NOW + minutes * MINUTE)
    (row,) = await rows(backend_client)
    assert row.due_at == NOW + 3 * MINUTE


async def test_a_timer_of_a_rolled_back_change_is_none(backend_client: TestClient):
    with pytest.raises(RuntimeError):
        async with backend_client.app[DATABASE].begin() as connection:
            await schedule(connection, TimerKind.ORDER, "KM1", NOW)
            raise RuntimeError
    assert await rows(backend_client) == []


async def test_a_failing_handler_is_tried_again_and_holds_up_nobody(
    backend_client: TestClient, fired: Counter[str], clock: Clock
):
    await set_timer(backend_client, "broken")
    await set_timer(backend_client, "TK1")
    assert [await fire_timers(backend_client.app), await fire_timers(backend_client.app)] == [2, 0]
    clock.now += timedelta(seconds=5)
    assert [await fire_timers(backend_client.app), await fire_timers(backend_client.app)] == [1, 0]
    clock.now += timedelta(seconds=10)
    assert await fire_timers(backend_client.app) == 1
    assert fired == {"broken": 3, "TK1": 1}


async def test_two_copies_fire_each_once(backend_client: TestClient, copy: TestClient, fired: Counter[str]):
    for number in range(100):
        await set_timer(backend_client, f"TK{number}")
    await asyncio.gather(*(fire_timers(each.app) for each in (backend_client, copy) for _ in range(8)))
    assert fired == {f"TK{number}": 1 for number in range(100)}
    assert all(row.done_at for row in await rows(backend_client))


async def test_the_claim_of_a_dead_copy_runs_out(
    backend_client: TestClient, copy: TestClient, fired: Counter[str], clock: Clock
):
    await set_timer(backend_client, "TK1")
    async with backend_client.app[DATABASE].begin() as connection:
        (dead,) = await claim_timers(connection, clock.now, LEASE, 10)
    clock.now += LEASE - timedelta(seconds=1)
    assert await fire_timers(copy.app) == 0
    clock.now += timedelta(seconds=1)
    assert await fire_timers(copy.app) == 1
    async with backend_client.app[DATABASE].begin() as connection:  # it was only slow
        assert not await mark_done(connection, dead, clock.now)


async def test_what_is_set_anew_while_it_is_at_work_stays(backend_client: TestClient, clock: Clock):
    """The handler of a broken promise sets the next one."""

    async def again(app: web.Application, subject: str) -> None:
        await set_timer(backend_client, subject, 60)

    backend_client.app[HANDLERS].update({TimerKind.PROMISE: again})
    await set_timer(backend_client, "TK1")
    assert await fire_timers(backend_client.app) == 1
    (row,) = await rows(backend_client)
    assert (row.done_at, row.due_at) == (None, NOW + 60 * MINUTE)


async def test_what_is_due_for_one_subject_is_done_in_turn(backend_client: TestClient):
    turns: list[str] = []

    def handler(name: str):
        async def handle(app: web.Application, subject: str) -> None:
            turns.append(f"{name} begins")
            await asyncio.sleep(0.01)
            turns.append(f"{name} ends")

        return handle

    backend_client.app[HANDLERS].update({kind: handler(kind) for kind in TimerKind})
    await set_timer(backend_client, "TK1", 0, TimerKind.PROMISE)
    await set_timer(backend_client, "TK1", 0, TimerKind.STEP3)
    await fire_timers(backend_client.app)
    assert turns == ["promise begins", "promise ends", "step3 begins", "step3 ends"]
