"""Whether the gateway works, what it depends on, and what it counts."""

import asyncio
from collections.abc import Awaitable

import sqlalchemy as sa
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import HelpdeskError
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, ENGINE, METRICS, RASA

routes = web.RouteTableDef()

PATIENCE = 3.0


@routes.get("/healthz")
async def show_health(request: web.Request) -> web.Response:
    """200 as long as this process answers."""
    return json_answer({"status": "ok"})


@routes.get("/readyz")
async def show_readiness(request: web.Request) -> web.Response:
    """Which dependencies are up. 503 only without the database: without the others customers still get a sentence."""
    names = ("database", "backend", "rasa")
    found = await asyncio.gather(_database(request), _backend(request), request.app[RASA].is_up())
    dependencies = dict(zip(names, found, strict=True))
    status = "ready" if all(found) else "degraded" if dependencies["database"] else "unavailable"
    return json_answer({"status": status, "dependencies": dependencies}, 200 if dependencies["database"] else 503)


@routes.get("/metrics")
async def show_metrics(request: web.Request) -> web.Response:
    """The counters in Prometheus' text format."""
    body = generate_latest(request.app[METRICS].registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


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
