"""Do what is due. A handler must be idempotent: one that dies in the middle is called again by whoever is alive."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Row

from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.timers import store
from bot.backend.timers.model import TimerKind, retry_after

log = structlog.get_logger()

# It gets the subject; what it schedules anew under the same kind and subject stays.
Handler = Callable[[web.Application, str], Awaitable[None]]
HANDLERS: web.AppKey[dict[TimerKind, Handler]] = web.AppKey("TIMER_HANDLERS")

# A claim holds longer than any handler may take; so many are at work at a time.
LEASE = timedelta(seconds=30)
TIME_LIMIT = 20.0
BATCH = 10


async def fire_timers(app: web.Application) -> int:
    """Do what is due, one batch; how much there was."""
    async with app[DATABASE].begin() as connection:
        rows = await store.claim_timers(connection, app[CLOCK](), LEASE, BATCH)
    subjects: dict[str, list[Row[Any]]] = {}
    for row in rows:
        subjects.setdefault(row.subject, []).append(row)
    await asyncio.gather(*(_fire_in_turn(app, each) for each in subjects.values()))
    return len(rows)


async def _fire_in_turn(app: web.Application, rows: list[Row[Any]]) -> None:
    """What is due for the same subject, the earlier first: an apology comes before what follows from it."""
    for row in rows:
        await _fire(app, row)


async def _fire(app: web.Application, row: Row[Any]) -> None:
    done = await _handled(app, row)
    now = app[CLOCK]()
    async with app[DATABASE].begin() as connection:
        if done:
            await store.mark_done(connection, row, now)
        else:
            await store.put_off(connection, row, now + retry_after(row.attempt))


async def _handled(app: web.Application, row: Row[Any]) -> bool:
    try:
        handler = app[HANDLERS].get(TimerKind(row.kind))
        if handler is None:
            raise LookupError(row.kind)
        async with asyncio.timeout(TIME_LIMIT):
            await handler(app, row.subject)
    except Exception:  # the others must go on, and it is tried again
        log.exception("timer failed", kind=row.kind, attempt=row.attempt)
        return False
    return True
