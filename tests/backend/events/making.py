"""Events made for tests."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.events.model import EventType, NewEvent
from bot.backend.events.store import events, publish
from tests.backend.conftest import NOW


def make_event(key: str = "order.delivered:KM1:1:alice", **changes: Any) -> NewEvent:
    """Alice's order has arrived."""
    usual = {
        "type": EventType.ORDER_DELIVERED,
        "customer_ref": "alice",
        "order_no": "KM1",
        "data": {"product": "游戏点卡", "amount": "30.00"},
        "occurred_at": NOW,
    }
    return NewEvent(key=key, **{**usual, **changes})


async def publish_all(engine: AsyncEngine, *made: NewEvent) -> None:
    async with engine.begin() as connection:
        for each in made:
            await publish(connection, each)


async def rows_of(engine: AsyncEngine) -> list[Any]:
    """All events, the oldest first."""
    async with engine.begin() as connection:
        return list(await connection.execute(select(events).order_by(events.c.id)))
