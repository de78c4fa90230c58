"""Where orders come from. One module per outside system; docs/how-to-add-a-shop-source.md says how to add one."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from bot.backend.orders.records import AccountRisk, OrderRecord
from bot.backend.orders.repairs import Repaired, RepairOrder
from bot.errors import NotSupportedError


class SourceUnavailableError(Exception):
    """The source cannot be asked right now; nothing is known about the order."""


class OrderSource(Protocol):
    """A shop system. All methods raise SourceUnavailableError rather than guess."""

    async def find(self, order_no: str) -> OrderRecord | None:
        """The order with this (normalised) number; None only when the shop certainly has no such order."""

    async def risk_of(self, account_ref: str) -> AccountRisk | None:
        """The account with the `account_ref` of one of its orders; None when the shop has no such account."""

    async def repair(self, order: RepairOrder) -> Repaired:
        """Do something about an order, once for each key: a repeated key gets the first outcome again.

        Raises ActionRefusedError when the shop refuses, with a `reason`, and NotSupportedError when it cannot do that
        at all. After SourceUnavailableError or a timeout nobody knows whether it was done; ask again with the key.
        """


class ReadOnlySource:
    """Base of the sources that only read."""

    async def repair(self, order: RepairOrder) -> Repaired:
        raise NotSupportedError(f"The shop system of this order cannot do this: {order.repair}", repair=order.repair)


SOURCES: web.AppKey[Mapping[str, OrderSource]] = web.AppKey("SOURCES")
