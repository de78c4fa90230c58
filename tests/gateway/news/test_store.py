"""News and resume codes on both databases, where two want the same."""

from itertools import chain, repeat

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.news.model import News
from bot.gateway.news.store import NewsStore
from bot.gateway.resume import store as resume
from bot.gateway.resume.model import code_from, is_code
from bot.gateway.resume.store import ResumeCodes
from tests.gateway.house import NOW


async def test_an_event_is_new_once(engine: AsyncEngine):
    news = News(event_id="e1", type="order.delivered", sequence=1, occurred_at=NOW, customer_ref="c1", order_no="KM1")
    assert [await NewsStore(engine).save(news, NOW) for _ in range(3)] == [True, False, False]


async def test_no_two_customers_get_one_code(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch):
    nonces = [each for each in (f"{number:032x}" for number in range(20)) if is_code(code_from("key", each))]
    drawn = chain(repeat(nonces[0], 2), nonces[1:])
    monkeypatch.setattr(resume.secrets, "token_hex", lambda _: next(drawn))
    codes = ResumeCodes("key")
    async with engine.begin() as connection:
        found = [await codes.nonce_for(connection, who, NOW) for who in ("alice", "bob", "alice")]
    assert found == [nonces[0], nonces[1], nonces[0]]
