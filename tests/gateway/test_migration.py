"""The migrations make the tables that the code expects."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.accounts import tables as accounts
from bot.gateway.canned import tables as canned
from bot.gateway.conversations.tables import metadata
from bot.gateway.desk import tables as desk
from bot.gateway.news import store as news


def is_ours(name: str | None, kind: str, _: object) -> bool:
    return not (kind == "table" and (name or "").startswith("message_words"))


async def test_the_migrated_database_has_the_tables_of_the_code(engine: AsyncEngine):
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda it: compare_metadata(
                MigrationContext.configure(it, opts={"compare_type": True, "include_name": is_ours}), metadata
            )
        )
    assert found == []
    async with engine.connect() as connection:
        # The index of words is no table of SQLAlchemy: it is another one on each database.
        assert (await connection.execute(sa.text("SELECT count(*) FROM message_words"))).scalar_one() == 0
    for table in (news.news_table, accounts.accounts, canned.macros, desk.desk_marks):
        assert table.metadata is metadata
