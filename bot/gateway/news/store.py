"""The news that came from the backend, in SQL."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import UtcDateTime, upsert
from bot.gateway.conversations.model import Kind
from bot.gateway.conversations.tables import conversations, messages, metadata
from bot.gateway.news.model import News, State, first_state, topic_of
from bot.gateway.resume.store import resumed
from bot.gateway.tasks import unbroken

news_table = sa.Table(
    "news",
    metadata,
    sa.Column("event_id", sa.String(64), primary_key=True),
    sa.Column("type", sa.String(50), nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("occurred_at", UtcDateTime, nullable=False),
    sa.Column("customer_ref", sa.String(200), nullable=False),
    # Where the customer was when the backend heard of them.
    sa.Column("conversation_id", sa.String(128)),
    sa.Column("order_no", sa.String(100)),
    sa.Column("ticket_no", sa.String(40)),
    sa.Column("data", sa.JSON, nullable=False),
    # Of news with the same topic only the newest counts; null is never outdated.
    sa.Column("topic", sa.String(200)),
    sa.Column("state", sa.String(15), nullable=False),
    # Where and when it was told.
    sa.Column("told_in", sa.String(32)),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Index("ix_news_state", "state", "sequence"),
    sa.Index("ix_news_topic", "customer_ref", "topic", "sequence"),
)


@unbroken
class NewsStore:
    """Each method is one transaction, but for `settle` and `is_stale`, which are part of that which tells."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def save(self, news: News, now: datetime) -> bool:
        """Keep it until it is told; False when this event was here before."""
        values = {
            **{name: getattr(news, name) for name in News.__dataclass_fields__},
            "data": dict(news.data),
            "topic": topic_of(news),
            "state": first_state(news).value,
            "received_at": now,
        }
        async with self._engine.begin() as connection:
            insert = upsert(connection, news_table).values(values).on_conflict_do_nothing(index_elements=["event_id"])
            # PostgreSQL's driver does not say how many rows an insert made.
            return await connection.scalar(insert.returning(news_table.c.event_id)) is not None

    async def waiting(self, limit: int = 100) -> list[News]:
        """What is still to be told, in the order in which it happened."""
        columns = [news_table.c[name] for name in News.__dataclass_fields__]
        query = sa.select(*columns).where(news_table.c.state == State.WAITING.value)
        async with self._engine.begin() as connection:
            rows = await connection.execute(query.order_by(news_table.c.sequence).limit(limit))
            return [News(**row._mapping) for row in rows]

    async def conversation_of(self, news: News) -> str | None:
        """The conversation that the customer used last, else the one that the backend names."""
        said = (
            sa.select(sa.func.max(messages.c.created_at))
            .where(
                messages.c.conversation_id == conversations.c.conversation_id, messages.c.kind == Kind.INCOMING.value
            )
            .scalar_subquery()
        )
        last_used = sa.func.coalesce(said, conversations.c.created_at)
        here = sa.select(resumed.c.conversation_id).where(resumed.c.customer_id == news.customer_ref)
        theirs = sa.or_(conversations.c.customer_id == news.customer_ref, conversations.c.conversation_id.in_(here))
        named = conversations.c.conversation_id == (news.conversation_id or "")
        query = (
            sa.select(conversations.c.conversation_id)
            .where(sa.or_(theirs, named))
            .order_by(sa.case((theirs, 0), else_=1), last_used.desc(), conversations.c.created_at.desc())
            .limit(1)
        )
        async with self._engine.begin() as connection:
            found: str | None = await connection.scalar(query)
            return found

    async def end(self, news: News, state: State, now: datetime) -> None:
        """Nothing is told."""
        async with self._engine.begin() as connection:
            await self.settle(connection, news, state, now)

    async def settle(
        self, connection: AsyncConnection, news: News, state: State, now: datetime, told_in: str | None = None
    ) -> bool:
        """It waits no longer; False when another process was faster."""
        where = (news_table.c.event_id == news.event_id, news_table.c.state == State.WAITING.value)
        values: dict[str, Any] = {"state": state.value, "done_at": now, "told_in": told_in}
        return bool((await connection.execute(sa.update(news_table).where(*where).values(values))).rowcount)

    async def is_stale(self, connection: AsyncConnection, news: News, conversation_id: str) -> bool:
        """Whether something newer on the same topic is known, or just this was told here to the same person."""
        topic = topic_of(news)
        if topic is None:
            return False
        newer = sa.and_(
            news_table.c.customer_ref == news.customer_ref,
            news_table.c.sequence > news.sequence,
            news_table.c.state.in_([State.TOLD.value, State.WAITING.value, State.QUIET.value]),
        )
        # After a resume the same may come under both names of one customer.
        same = sa.and_(
            news_table.c.customer_ref != news.customer_ref,
            news_table.c.type == news.type,
            news_table.c.occurred_at == news.occurred_at,
            news_table.c.told_in == conversation_id,
            news_table.c.state == State.TOLD.value,
        )
        found = sa.select(news_table.c.event_id).where(news_table.c.topic == topic, sa.or_(newer, same))
        return await connection.scalar(found.limit(1)) is not None
