"""The migrations make the tables that the code expects."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.accounts import tables as accounts
from bot.gateway.canned import tables as canned
from bot.gateway.channels.telegram import tables as telegram
from bot.gateway.conversations.tables import metadata
from bot.gateway.desk import tables as desk
from bot.gateway.news import store as news
from bot.settings import ROOT


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
    for table in (news.news_table, accounts.accounts, canned.macros, desk.desk_marks, telegram.chats):
        assert table.metadata is metadata


async def test_the_tables_of_telegram_can_be_taken_away_and_made_again(engine: AsyncEngine):
    def move(connection: sa.Connection, step: Callable[[Config, str], None], revision: str) -> set[str]:
        config = Config()
        config.set_main_option("script_location", str(ROOT / "migrations" / "gateway"))
        config.attributes["connection"] = connection
        step(config, revision)
        return {each for each in sa.inspect(connection).get_table_names() if each.startswith("telegram_")}

    async with engine.begin() as connection:
        assert await connection.run_sync(move, command.downgrade, "0006") == set()
        found = await connection.run_sync(move, command.upgrade, "head")
    assert found == {
        "telegram_chats", "telegram_updates", "telegram_deliveries",
        "telegram_staff", "telegram_link_codes", "telegram_topics", "telegram_copies",
    }  # fmt: skip
