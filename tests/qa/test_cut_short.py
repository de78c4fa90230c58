"""A run that ends at its first failure cancels what is being played, but no statement in its thread.

A thread that is left alone with a statement gives its answer to an event loop that is closed by then.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.migrate import upgrade_database
from bot.qa.bench import bench_settings
from bot.qa.orders import OrderDesk
from bot.qa.telegram_book import Book


@contextmanager
def held(path: Path, lock: str) -> Iterator[None]:
    """Nobody else gets on with this database meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(lock)
        yield
        connection.execute("ROLLBACK")


async def cancel_while_held(path: Path, lock: str, work: Callable[[], Awaitable[object]]) -> None:
    with held(path, lock):
        task = asyncio.ensure_future(work())
        await asyncio.sleep(0)  # it has begun
        task.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_order_that_is_being_written_is_written_before_the_end(tmp_path: Path):
    settings = bench_settings(tmp_path)
    await upgrade_database(settings.backend_database_url, "backend")
    path, desk = tmp_path / "backend.db", OrderDesk(settings, [])
    await cancel_while_held(path, "BEGIN IMMEDIATE", lambda: desk.order_for("CALLBACK_MISSING"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (1,)


async def test_a_read_of_the_chats_goes_on_to_its_end(tmp_path: Path):
    settings = bench_settings(tmp_path)
    await upgrade_database(settings.gateway_database_url, "gateway")
    path = tmp_path / "gateway.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # where who reads has to wait, too
    async with Book(settings) as book:
        await cancel_while_held(path, "BEGIN EXCLUSIVE", lambda: book.conversation(5))
