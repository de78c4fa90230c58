"""Alembic's entry for the gateway's database; `bot.migrate` gives the connection or the URL."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from bot.db import make_engine
from bot.gateway.conversations.tables import metadata


def run(connection: Connection) -> None:
    """Bring the database behind this connection to the revision that was asked for."""
    # SQLite cannot alter most things in place; in batch mode Alembic copies the table.
    batch = connection.dialect.name == "sqlite"
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=batch)
    with context.begin_transaction():
        context.run_migrations()


async def run_on_url(url: str) -> None:
    """The same on an engine of its own."""
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on_url(context.config.get_main_option("sqlalchemy.url") or ""))
