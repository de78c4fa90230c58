"""What every database of ours does."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.db import make_engine


async def test_an_error_does_not_repeat_the_values_of_its_statement():
    engine = make_engine("sqlite+aiosqlite://")
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError) as caught:
            await connection.execute(sa.text("CREATE TABLE t (word TEXT NOT NULL CHECK (length(word) > 99))"))
            await connection.execute(sa.text("INSERT INTO t VALUES (:word)"), {"word": "my very own words"})
    await engine.dispose()
    assert "very own" not in str(caught.value)
