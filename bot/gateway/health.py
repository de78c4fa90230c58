"""Whether the gateway works, what it depends on, and what it counts."""

import asyncio
import hmac
from collections.abc import Awaitable

import sqlalchemy as sa
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import HelpdeskError, NotFoundError
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, ENGINE, METRICS, RASA, SETTINGS

routes = web.RouteTableDef()

PATIENCE = 3.0


@routes.get("/healthz")
async def show_health(request: web.Request) -> web.Response:
    """200 as long as this process answers."""
    return json_answer({"status": "ok"})


@routes.get("/readyz")
async def show_readiness(request: web.Request) -> web.Response:
    """Which dependencies are up, named to operators only.

    503 only without the database: without the others customers still get a sentence.
    """
    names = ("database", "backend", "rasa")
    found = await asyncio.gather(_database(request), _backend(request), request.app[RASA].is_up())
    dependencies = dict(zip(names, found, strict=True))
    status = "ready" if all(found) else "degraded" if dependencies["database"] else "unavailable"
    details = {"dependencies": dependencies} if _is_operator(request) else {}
    return json_answer({"status": status, **details}, 200 if dependencies["database"] else 503)


@routes.get("/metrics")
async def show_metrics(request: web.Request) -> web.Response:
    """The counters in Prometheus' text format; for operators only."""
    if not _is_operator(request):
        raise NotFoundError
    body = generate_latest(request.app[METRICS].registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_operator(request: web.Request) -> bool:
    """Whoever asks on this machine and not through a proxy, or has the metrics token."""
    token = request.app[SETTINGS].metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode()):
        return True
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))
    return request.remote in ("127.0.0.1", "::1") and not forwarded


async def _answers(call: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await call
    except (HelpdeskError, SQLAlchemyError, TimeoutError, OSError):
        return False
    return True


async def _database(request: web.Request) -> bool:
    async def read() -> None:
        async with request.app[ENGINE].connect() as connection:
            await connection.execute(sa.text("SELECT 1"))

    return await _answers(read())


async def _backend(request: web.Request) -> bool:
    return await _answers(request.app[BACKEND].health())
