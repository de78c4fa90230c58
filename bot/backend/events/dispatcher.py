"""Deliver events to the gateway: save first, send, then mark; a crash in between sends again under the same id."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.events import store
from bot.backend.events.model import body_of_event, next_attempt_at
from bot.backend.http import CLOCK
from bot.webhooks import signed_headers

log = structlog.get_logger()

SESSION: web.AppKey[aiohttp.ClientSession] = web.AppKey("EVENTS_SESSION")
PATH = "/hooks/backend"
KEY_PURPOSE = "events"
# Seconds that the gateway has for an answer, and that a claim holds; at most so many deliveries at a time.
TIMEOUT = 8.0
LEASE = timedelta(seconds=20)
BATCH = 20


async def session_context(app: web.Application) -> AsyncIterator[None]:
    """The connections to the gateway (for `app.cleanup_ctx`)."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        app[SESSION] = session
        yield


async def dispatch(app: web.Application) -> int:
    """Deliver the events that are due, one batch; how many there were."""
    async with app[DATABASE].begin() as connection:
        rows = await store.claim_events(connection, app[CLOCK](), LEASE, BATCH)
    errors = await asyncio.gather(*(_post(app, row) for row in rows))
    if rows:
        async with app[DATABASE].begin() as connection:
            for row, error in zip(rows, errors, strict=True):
                await _mark(connection, row, error, app[CLOCK]())
    return len(rows)


async def _mark(connection: AsyncConnection, row: Row[Any], error: str | None, now: datetime) -> None:
    if error is None:
        await store.mark_delivered(connection, row, now)
        return
    again_at = next_attempt_at(row.attempt, row.occurred_at, now)
    await store.mark_failed(connection, row, error, now, again_at)
    report = log.info if again_at else log.error
    report("event not delivered", event_id=row.event_id, type=row.type, attempt=row.attempt, error=error)


async def _post(app: web.Application, row: Row[Any]) -> str | None:
    """One attempt; None when the gateway has the event, else why not."""
    settings = app[SETTINGS]
    body = json.dumps(body_of_event(row._asdict()), ensure_ascii=False).encode()
    headers = signed_headers(settings.derived_key(KEY_PURPOSE), row.event_id, body)
    headers["Content-Type"] = "application/json"
    try:
        # A redirect would turn the POST into something else, and nobody we trust sends one.
        url = settings.gateway_url.rstrip("/") + PATH
        async with app[SESSION].post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__
