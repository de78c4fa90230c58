"""Bring the databases to the newest revision with Alembic; each database has its own history below `migrations/`."""

import asyncio
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, make_url, text

from bot.db import make_engine
from bot.settings import ROOT, Settings

NAMES = ("backend", "gateway")
# Any number, the same in all our processes: on PostgreSQL it makes copies that start together migrate in turn.
_LOCK = 20240512


async def upgrade_database(url: str, name: str) -> None:
    """Upgrade one database in one transaction: it is at the newest revision afterwards, or as before."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        await asyncio.to_thread(Path(parsed.database).parent.mkdir, parents=True, exist_ok=True)
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run, name)
    finally:
        await engine.dispose()


def _run(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations" / name))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run_env(metadata: MetaData) -> None:
    """The body of each history's `env.py`."""
    # SQLite can roll DDL back because bot.db begins its transactions itself.
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def upgrade(settings: Settings, name: str) -> None:
    """Upgrade the database `backend` or `gateway`; not from inside a running event loop."""
    asyncio.run(upgrade_database(getattr(settings, f"{name}_database_url"), name))


def upgrade_all(settings: Settings) -> None:
    """Upgrade every database that has a history."""
    for name in NAMES:
        upgrade(settings, name)
