"""The orders that our own database keeps."""

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.orders import operations, store
from bot.backend.orders.records import AccountRisk, OrderRecord
from bot.backend.orders.repairs import Repaired, RepairOrder, due_now, states_of
from bot.backend.payments.store import evidence_of
from bot.errors import NotFoundError


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

    async def repair(self, order: RepairOrder) -> Repaired:
        """On our own tables; the states and the memory of the key change in one transaction."""
        async with self._engine.begin() as connection:
            if not await operations.lock_order(connection, order.order_no):
                raise NotFoundError("The shop has no such order.")
            known = await operations.operation_of(connection, order.key)
            if known:
                return Repaired(before=known["before"], after=known["after"], payment=known["payment"])
            record = await store.order_of(connection, order.order_no)
            assert record
            paid = await evidence_of(connection, order.order_no)
            after = due_now(order.repair, record, paid, order.target)
            before, states = states_of(record, order.repair), states_of(after, order.repair)
            done = Repaired(before=before, after=states, payment=paid.payment)
            await operations.write_states(connection, after)
            await operations.record_operation(connection, order, done)
            return done
