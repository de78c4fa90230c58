"""What the backend's tables hold, made for tests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.orders.model import Delivery, Order, ProductLine
from bot.backend.orders.records import AccountRisk, OrderRecord
from bot.backend.orders.store import save_account, save_order
from bot.backend.ownership.model import Factor, digest_of
from bot.backend.ownership.store import Owner, save_owner
from tests.backend.conftest import NOW

ORDER_NO = "KM202405120001"


def make_order(order_no: str = ORDER_NO, **changes: Any) -> OrderRecord:
    """An order that was paid ten minutes ago and is on its way."""
    usual = {
        "product": "游戏点卡 30 元直充",
        "product_line": ProductLine.GAME_CARD,
        "amount": Decimal("30.00"),
        "created_at": NOW - timedelta(minutes=11),
        "paid_at": NOW - timedelta(minutes=10),
        "target": "1000200101",
        "order": Order.PROCESSING,
        "delivery": Delivery.IN_PROGRESS,
        "account_ref": f"account-{order_no}",
    }
    return OrderRecord(order_no=order_no, **{**usual, **changes})


async def add_order(
    client: TestClient,
    order_no: str = ORDER_NO,
    *,
    record: OrderRecord | None = None,
    risk: AccountRisk | None = None,
    source: str = "embedded",
    card_secret: str | None = None,
    **factors: str,
) -> str:
    """Write an order with its owner's factors; returns its number."""
    key = client.app[SETTINGS].derived_key("ownership")
    known = {Factor(name): value for name, value in (factors or {"phone_tail": "8000"}).items()}
    digests = {factor: digest_of(key, order_no, factor, value) for factor, value in known.items()}
    async with client.app[DATABASE].begin() as connection:
        await save_order(connection, record or make_order(order_no), card_secret)
        if risk:
            await save_account(connection, risk)
        await save_owner(connection, Owner(order_no, source, digests))
    return order_no
