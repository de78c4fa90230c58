"""Clear away what nobody can need any more, so that no table grows with every guess and every request."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.changes.store import WATCHED_FOR, order_watchers, shop_events
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.events.store import events
from bot.backend.evidence.readings import folder_of
from bot.backend.evidence.retention import purge
from bot.backend.http import CLOCK
from bot.backend.ownership.access import limits_from
from bot.backend.ownership.store import proofs, verify_tries
from bot.backend.tickets.answers import idempotent_answers
from bot.backend.timers.store import timers
from bot.settings import Settings

log = structlog.get_logger()

EVERY_SECONDS = 600
# A ticket may wait in an outbox while the backend is down; after so long its answer is not asked for again.
ANSWERS_KEPT = timedelta(days=30)
PURGE_EVERY = timedelta(days=1)
# So long nobody publishes the same event again or repeats a webhook; what was given up stays until somebody looks.
EVENTS_KEPT = timedelta(days=90)


async def clear_away(engine: AsyncEngine, settings: Settings, now: datetime) -> int:
    """Delete forgotten tries, expired proofs, old answers and what was delivered or done long ago; how many rows."""
    forgotten = limits_from(settings).forgotten_before(now)
    old: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (verify_tries, verify_tries.c.last_at <= forgotten),
        (proofs, proofs.c.expires_at <= now),
        (idempotent_answers, idempotent_answers.c.created_at <= now - ANSWERS_KEPT),
        (events, (events.c.done_at <= now - EVENTS_KEPT) & events.c.dead_at.is_(None)),
        (timers, timers.c.done_at <= now - EVENTS_KEPT),
        (shop_events, shop_events.c.received_at <= now - EVENTS_KEPT),
        (order_watchers, order_watchers.c.seen_at <= now - WATCHED_FOR),
    )
    return sum([await _delete(engine, table, where) for table, where in old])


async def _delete(engine: AsyncEngine, table: Table, where: ColumnElement[bool]) -> int:
    """Skips rows that another transaction has in hand: waiting for several could end in a deadlock."""
    columns = list(table.primary_key.columns)
    key: Any = tuple_(*columns) if len(columns) > 1 else columns[0]
    found: Any = select(*columns).where(where).with_for_update(skip_locked=True)
    async with engine.begin() as connection:
        return int((await connection.execute(delete(table).where(key.in_(found)))).rowcount)


async def upkeep_context(app: web.Application) -> AsyncIterator[None]:
    """Clear away now and then, until the end (for `app.cleanup_ctx`)."""
    task = asyncio.create_task(_keep_clear(app))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _keep_clear(app: web.Application) -> None:
    purged_at: datetime | None = None
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            now = app[CLOCK]()
            await clear_away(app[DATABASE], app[SETTINGS], now)
            if purged_at is None or now - purged_at >= PURGE_EVERY:
                await _purge_evidence(app, now)
                purged_at = now
        except Exception:  # the next round may succeed
            log.exception("old rows could not be cleared away")


async def _purge_evidence(app: web.Application, now: datetime) -> None:
    days = app[SETTINGS].evidence_retention_days
    purged = await purge(app[DATABASE], folder_of(app[SETTINGS]), now, days)
    if any(purged):
        log.info("evidence_purged", **purged._asdict())
