"""Events reach the gateway at least once, in the order of each customer, whatever happens on the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.events import dispatcher, store
from bot.backend.events.dispatcher import BATCH, LEASE, dispatch
from bot.backend.events.model import GIVE_UP_AFTER
from bot.backend.http import CLOCK
from bot.settings import Settings
from tests.backend.conftest import NOW, Clock
from tests.backend.events.making import make_event, publish_all, rows_of
from tests.backend.events.receiver import Receiver


@pytest.fixture
def app(backend_client: TestClient) -> web.Application:
    return backend_client.app


async def second_copy(settings: Settings, clock: Clock) -> TestClient:
    """Another backend on the same database."""
    app = make_app(settings, workers=False)
    app[CLOCK] = clock
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


async def test_an_event_is_delivered_once(app: web.Application, receiver: Receiver):
    await publish_all(app[DATABASE], make_event())
    assert [await dispatch(app), await dispatch(app)] == [1, 0]
    (told,) = receiver.told.values()
    assert (told["type"], told["data"]["product"]) == ("order.delivered", "游戏点卡")
    assert list(receiver.arrivals.values()) == [1]


async def test_the_same_key_is_one_event(app: web.Application):
    await publish_all(app[DATABASE], make_event(), make_event(customer_ref="bob"), make_event("other"))
    assert [row.key for row in await rows_of(app[DATABASE])] == ["order.delivered:KM1:1:alice", "other"]


async def test_an_event_of_a_rolled_back_change_is_none(app: web.Application, receiver: Receiver):
    with pytest.raises(RuntimeError):
        async with app[DATABASE].begin() as connection:
            await store.publish(connection, make_event())
            raise RuntimeError
    assert await dispatch(app) == 0


async def test_it_tries_again_when_nobody_listens(app: web.Application, clock: Clock):
    await publish_all(app[DATABASE], make_event())
    assert [await dispatch(app), await dispatch(app)] == [1, 0]
    clock.now += timedelta(seconds=1)
    assert await dispatch(app) == 1
    (row,) = await rows_of(app[DATABASE])
    assert (row.attempt, row.error, row.done_at) == (2, "ClientConnectorError", None)
    assert row.due_at == clock.now + timedelta(seconds=5)


@pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
async def test_any_other_answer_than_yes_is_tried_again(
    app: web.Application, receiver: Receiver, clock: Clock, status: int
):
    async def first_refuse(event: dict[str, Any], arrival: int) -> int:
        return status if arrival == 1 else 204

    receiver.trouble = first_refuse
    await publish_all(app[DATABASE], make_event())
    await dispatch(app)
    (row,) = await rows_of(app[DATABASE])
    assert (row.error, row.done_at) == (f"HTTP {status}", None)
    clock.now += timedelta(seconds=1)
    await dispatch(app)
    (row,) = await rows_of(app[DATABASE])
    assert (row.error, row.done_at) == (None, clock.now)
    assert len(receiver.told) == 1


async def test_a_slow_gateway_does_not_hold_it_up_for_ever(
    app: web.Application, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    async def hang(event: dict[str, Any], arrival: int) -> int:
        await asyncio.sleep(2)
        return 200

    receiver.trouble = hang
    monkeypatch.setattr(app[dispatcher.SESSION], "_timeout", dispatcher.aiohttp.ClientTimeout(total=0.2))
    await publish_all(app[DATABASE], make_event())
    await dispatch(app)
    (row,) = await rows_of(app[DATABASE])
    assert (row.error, row.done_at) == ("TimeoutError", None)


async def test_a_gateway_with_another_secret_takes_nothing(app: web.Application, receiver: Receiver):
    receiver.key = "another"
    await publish_all(app[DATABASE], make_event())
    await dispatch(app)
    assert (receiver.refused, receiver.told) == (1, {})
    (row,) = await rows_of(app[DATABASE])
    assert row.error == "HTTP 401"


async def test_after_three_days_it_is_given_up_until_somebody_revives_it(
    app: web.Application, receiver: Receiver, clock: Clock
):
    async def refuse(event: dict[str, Any], arrival: int) -> int:
        return 500

    receiver.trouble = refuse
    await publish_all(app[DATABASE], make_event())
    while clock.now < NOW + GIVE_UP_AFTER + timedelta(hours=2):
        await dispatch(app)
        clock.now += timedelta(minutes=30)
    engine = app[DATABASE]
    async with engine.begin() as connection:
        assert await store.counts(connection) == {"waiting": 0, "dead": 1}
        (row,) = await store.listed(connection, only_dead=True)
        assert await store.revive(connection, ["unknown"], clock.now) == 0
        assert await store.revive(connection, [row.event_id], clock.now) == 1
    receiver.trouble = None
    assert await dispatch(app) == 1
    async with engine.begin() as connection:
        assert await store.counts(connection) == {"waiting": 0, "dead": 0}


async def test_two_copies_deliver_each_event_once(
    app: web.Application, receiver: Receiver, settings: Settings, clock: Clock
):
    copies = [await second_copy(settings, clock) for _ in range(2)]
    engine = app[DATABASE]
    await publish_all(engine, *(make_event(f"key-{n}", customer_ref=f"customer-{n}") for n in range(60)))
    found = await asyncio.gather(*(dispatch(each.app) for each in copies for _ in range(6)))
    while await dispatch(app):
        pass
    for copy in copies:
        await copy.close()
    assert sum(found) <= 60
    assert sorted(receiver.arrivals.values()) == [1] * 60


async def test_a_dead_copy_s_claim_runs_out(app: web.Application, receiver: Receiver, settings: Settings, clock: Clock):
    """Killed after the gateway took the event and before it was marked: sent again, under the same id."""
    engine = app[DATABASE]
    await publish_all(engine, make_event())
    async with engine.begin() as connection:
        (row,) = await store.claim_events(connection, clock.now, LEASE, BATCH)
    assert await dispatcher._post(app, row) is None
    copy = await second_copy(settings, clock)
    clock.now += LEASE - timedelta(seconds=1)
    assert await dispatch(copy.app) == 0
    clock.now += timedelta(seconds=1)
    assert await dispatch(copy.app) == 1
    await copy.close()
    assert list(receiver.arrivals.values()) == [2]
    async with engine.begin() as connection:  # the first one was only slow and comes back
        assert not await store.mark_failed(connection, row, "late", clock.now, clock.now)
        assert await store.counts(connection) == {"waiting": 0, "dead": 0}


async def test_a_later_event_waits_for_an_earlier_one_of_its_customer(
    app: web.Application, receiver: Receiver, clock: Clock
):
    async def refuse_first(event: dict[str, Any], arrival: int) -> int:
        return 500 if event["data"]["n"] == 0 else 200

    receiver.trouble = refuse_first
    await publish_all(
        app[DATABASE],
        make_event("a", data={"n": 0}),
        make_event("b", data={"n": 1}),
        make_event("c", data={"n": 2}, customer_ref="bob"),
    )
    assert await dispatch(app) == 2
    assert sorted(each["data"]["n"] for each in receiver.told.values()) == [0, 2]
    for seconds in (1, 5, 30, 120):
        clock.now += timedelta(seconds=seconds)
        assert await dispatch(app) == 1
    # It has been tried so often that it must not hold the others back any longer.
    clock.now += timedelta(seconds=600)
    assert [await dispatch(app), await dispatch(app)] == [1, 1]
    assert sorted(each["data"]["n"] for each in receiver.told.values()) == [0, 1, 2]


def unreliable(chance: random.Random) -> Callable[[dict[str, Any], int], Awaitable[int]]:
    """Takes every event and often forgets to say so, at most three times for each."""

    async def trouble(event: dict[str, Any], arrival: int) -> int:
        await asyncio.sleep(chance.random() / 200)
        return 500 if arrival <= 3 and chance.random() < 0.4 else 200

    return trouble


async def test_a_thousand_events_on_a_bad_line_are_each_told_once(
    app: web.Application, receiver: Receiver, settings: Settings, clock: Clock
):
    chance = random.Random(5)
    receiver.trouble = unreliable(chance)
    made = [make_event(f"key-{n % 1000}", customer_ref=f"customer-{n % 1000 % 40}") for n in range(2000)]
    chance.shuffle(made)
    await publish_all(app[DATABASE], *made)
    copy = await second_copy(settings, clock)
    idle = 0
    while idle < 2:
        found = await asyncio.gather(dispatch(app), dispatch(copy.app))
        idle = 0 if sum(found) else idle + 1
        if not sum(found):
            clock.now += timedelta(minutes=3)
    await copy.close()
    assert len(receiver.told) == 1000
    assert sum(receiver.arrivals.values()) > 1200
    for customer in {each.customer_ref for each in made}:
        assert receiver.sequences_of(customer) == sorted(receiver.sequences_of(customer))
