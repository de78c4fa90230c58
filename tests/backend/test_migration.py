"""The migrations make exactly the tables that the stores describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.backend.changes import store as changes
from bot.backend.database import metadata
from bot.backend.events import store as events
from bot.backend.evidence import reading_store as readings
from bot.backend.evidence import store as evidence
from bot.backend.incidents import store as incidents
from bot.backend.orders import operations
from bot.backend.orders import store as orders
from bot.backend.ownership import store as ownership
from bot.backend.payments import store as payments
from bot.backend.tickets import answers
from bot.backend.tickets import tables as tickets
from bot.backend.timers import store as timers
from bot.db import make_engine

STORES = (
    evidence, readings, orders, ownership, payments, answers, operations, tickets, events, timers, changes, incidents,
)  # fmt: skip


def differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_the_migrated_database_is_what_the_stores_describe(database_url: str):
    engine = make_engine(database_url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
        partial = await connection.run_sync(lambda it: inspect(it).get_indexes("tickets"))
    await engine.dispose()
    assert found == []
    (live,) = (each for each in partial if each["name"] == "uq_tickets_subject_live")
    assert live["unique"]
    assert any("where" in name for name in live["dialect_options"])
