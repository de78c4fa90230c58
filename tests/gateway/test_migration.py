"""The migrations make the tables that the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.accounts import tables as accounts
from bot.gateway.canned import tables as canned
from bot.gateway.conversations.tables import metadata
from bot.gateway.news import store as news


async def test_the_migrated_database_has_the_tables_of_the_code(engine: AsyncEngine):
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda it: compare_metadata(MigrationContext.configure(it, opts={"compare_type": True}), metadata)
        )
    assert found == []
    for table in (news.news_table, accounts.accounts, canned.macros):
        assert table.metadata is metadata
