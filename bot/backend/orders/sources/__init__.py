"""Where orders come from. One module per outside system; docs/how-to-add-a-shop-source.md says how to add one."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from bot.backend.orders.records import AccountRisk, OrderRecord


class SourceUnavailableError(Exception):
    """The source cannot be asked right now; nothing is known about the order."""


class OrderSource(Protocol):
    """A shop system. Both methods raise SourceUnavailableError rather than guess."""

    async def find(self, order_no: str) -> OrderRecord | None:
        """The order with this (normalised) number; None only when the shop certainly has no such order."""

    async def risk_of(self, account_ref: str) -> AccountRisk | None:
        """The account with the `account_ref` of one of its orders; None when the shop has no such account."""


SOURCES: web.AppKey[Mapping[str, OrderSource]] = web.AppKey("SOURCES")
