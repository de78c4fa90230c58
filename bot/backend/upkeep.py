"""Clear away what nobody can need any more, so that no table grows with every guess and every request."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.readings import folder_of
from bot.backend.evidence.retention import purge
from bot.backend.http import CLOCK
from bot.backend.ownership.access import limits_from
from bot.backend.ownership.store import proofs, verify_tries
from bot.backend.tickets.answers import idempotent_answers
from bot.settings import Settings

log = structlog.get_logger()

EVERY_SECONDS = 600
# A ticket may wait in an outbox while the backend is down; after so long its answer is not asked for again.
ANSWERS_KEPT = timedelta(days=30)
PURGE_EVERY = timedelta(days=1)


async def clear_away(engine: AsyncEngine, settings: Settings, now: datetime) -> int:
    """Delete forgotten tries, expired proofs and old answers; how many rows."""
    forgotten = limits_from(settings).forgotten_before(now)
    old: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (verify_tries, verify_tries.c.last_at <= forgotten),
        (proofs, proofs.c.expires_at <= now),
        (idempotent_answers, idempotent_answers.c.created_at <= now - ANSWERS_KEPT),
    )
    return sum([await _delete(engine, table, where) for table, where in old])


async def _delete(engine: AsyncEngine, table: Table, where: ColumnElement[bool]) -> int:
    """Skips rows that another transaction has in hand: waiting for several could end in a deadlock."""
    (key,) = table.primary_key.columns
    found: Any = select(key).where(where).with_for_update(skip_locked=True)
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
