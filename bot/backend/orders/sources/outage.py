"""A source that is always down, so that the demo and the tests can show what happens then."""

from bot.backend.orders.records import AccountRisk, OrderRecord
from bot.backend.orders.repairs import Repaired, RepairOrder
from bot.backend.orders.sources import SourceUnavailableError


class OutageSource:
    """Every question fails."""

    name = "outage"

    async def find(self, order_no: str) -> OrderRecord | None:
        raise SourceUnavailableError(order_no)

    async def risk_of(self, account_ref: str) -> AccountRisk | None:
        raise SourceUnavailableError(account_ref)

    async def repair(self, order: RepairOrder) -> Repaired:
        raise SourceUnavailableError(order.order_no)
