"""The backend's database: one metadata for all parts, one engine per application.

A handler opens a transaction with `async with request.app[DATABASE].begin() as connection:`. Keep it short: on
SQLite every transaction waits for the others (see `bot.db`). Never open a second one inside it.
"""

from collections.abc import AsyncIterator

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import make_engine, make_metadata
from bot.settings import Settings

metadata = make_metadata()

DATABASE = web.AppKey("DATABASE", AsyncEngine)
SETTINGS = web.AppKey("SETTINGS", Settings)


async def database_context(app: web.Application) -> AsyncIterator[None]:
    """Open the engine at start and close its connections at the end (for `app.cleanup_ctx`)."""
    engine = make_engine(app[SETTINGS].backend_database_url)
    app[DATABASE] = engine
    yield
    await engine.dispose()
