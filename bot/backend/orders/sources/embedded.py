"""The orders that our own database keeps."""

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.orders import store
from bot.backend.orders.records import AccountRisk, OrderRecord


class EmbeddedSource:
    """A source over the tables `orders` and `accounts`."""

    name = "embedded"

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, order_no: str) -> OrderRecord | None:
        async with self._engine.begin() as connection:
            return await store.order_of(connection, order_no)

    async def risk_of(self, account_ref: str) -> AccountRisk | None:
        async with self._engine.begin() as connection:
            return await store.account_of(connection, account_ref)
