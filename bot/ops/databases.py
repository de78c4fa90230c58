"""Doctor's look at the databases: can they be reached, are they at the newest revision?"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.db import make_engine
from bot.ops.checks import Finding
from bot.settings import ROOT, Settings


def check_databases(settings: Settings) -> Iterator[Finding]:
    """One finding for each database; nothing is written."""
    for name in ("backend", "gateway"):
        yield _check(name, getattr(settings, f"{name}_database_url"))
    yield _check_rasa(settings.rasa_database_url)


def _check(name: str, url: str) -> Finding:
    what, variable = f"{name} database", f"DAOZHANG_{name.upper()}_DATABASE_URL"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
            return Finding("ok", what, "SQLite, is made at the first start")
        revision, newest = asyncio.run(_revision(url)), newest_revision(name)
    except (SQLAlchemyError, OSError, ImportError) as error:
        return Finding("fail", what, reason_of(error), f"start the server or change {variable}")
    if revision == newest:
        return Finding("ok", what, f"{parsed.get_backend_name()}, revision {revision}")
    return Finding("warn", what, f"is at revision {revision}, newest is {newest}", "the next start migrates it")


def _check_rasa(url: str) -> Finding:
    """Rasa makes its tables itself; its database only has to be there."""
    what = "rasa database"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            exists = Path(parsed.database or "").exists()
            return Finding("ok", what, "SQLite" if exists else "SQLite, is made at the first start")
        asyncio.run(reach_rasa(url))
    except (SQLAlchemyError, OSError, ImportError) as error:
        return Finding("fail", what, reason_of(error), "start the server or change DAOZHANG_RASA_DATABASE_URL")
    return Finding("ok", what, f"{parsed.get_backend_name()}, can be reached")


async def reach_rasa(url: str) -> None:
    """Connect to Rasa's database with our own driver, as Rasa would wait for it for ever. Raises SQLAlchemyError."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return
    engine = make_engine(parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
    try:
        async with asyncio.timeout(10), engine.connect():
            pass
    finally:
        await engine.dispose()


def reason_of(error: Exception) -> str:
    """The first line of what a database driver says."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def newest_revision(name: str) -> str | None:
    """The head of a history below `migrations/`."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations" / name))
    return ScriptDirectory.from_config(config).get_current_head()


async def _revision(url: str) -> str | None:
    engine = make_engine(url)
    try:
        async with asyncio.timeout(10), engine.connect() as connection:
            return await connection.run_sync(_current)
    finally:
        await engine.dispose()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
