"""`python -m bot events`."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from bot.__main__ import main
from bot.backend.events.store import events
from bot.db import make_engine
from tests.backend.conftest import NOW
from tests.backend.events.making import make_event, publish_all, rows_of


@pytest.fixture(autouse=True)
def two_events(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One waits, one was given up."""
    monkeypatch.setenv("DAOZHANG_BACKEND_DATABASE_URL", database_url)

    async def write() -> None:
        engine = make_engine(database_url)
        await publish_all(engine, make_event("waiting"), make_event("dead", ticket_no="TK1"))
        gone = update(events).where(events.c.key == "dead").values(done_at=NOW, dead_at=NOW, error="HTTP 500")
        async with engine.begin() as connection:
            await connection.execute(gone)
        await engine.dispose()

    asyncio.run(write())
    yield


def rows(database_url: str) -> list[object]:
    async def read() -> list[object]:
        engine = make_engine(database_url)
        found = await rows_of(engine)
        await engine.dispose()
        return found

    return asyncio.run(read())


def test_it_lists_what_is_not_delivered(capsys: pytest.CaptureFixture[str]):
    assert main(["events", "list"]) == 0
    waiting, dead = capsys.readouterr().out.splitlines()
    assert "  waiting  order.delivered  KM1  attempt 0" in waiting
    assert "  dead  order.delivered  TK1  attempt 0" in dead
    assert dead.endswith("HTTP 500")


def test_dead_events_make_it_fail_for_a_monitor(capsys: pytest.CaptureFixture[str]):
    assert main(["events", "list", "--dead"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_it_tries_again(database_url: str, capsys: pytest.CaptureFixture[str]):
    assert main(["events", "retry"]) == 0
    assert capsys.readouterr().out == "1 will be tried again\n"
    assert [row.done_at for row in rows(database_url)] == [None, None]
    assert main(["events", "list", "--dead"]) == 0
