"""What an order source tells of an order and of an account (standard library only)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.backend.orders.model import Account, Delivery, DeliveryType, Input, Order, ProductLine


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money that went back, or is about to while the order is REFUNDING; `to` is `channel` or `balance`."""

    amount: Decimal
    to: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderRecord:
    """An order as its shop has it. Times are aware UTC; a status the source does not know is UNKNOWN.

    Card codes, passwords and the like have no place here: they stay with the source.
    """

    order_no: str
    product: str
    product_line: ProductLine
    amount: Decimal
    currency: str = "CNY"
    created_at: datetime
    paid_at: datetime | None = None
    target: str = ""
    delivery_type: DeliveryType = DeliveryType.DIRECT
    order: Order = Order.UNKNOWN
    delivery: Delivery = Delivery.UNKNOWN
    input: Input = Input.UNKNOWN
    notified: bool | None = None
    window_minutes: int | None = None
    pickup_url: str | None = None
    account_ref: str | None = None
    supplier: str | None = None
    refund: Refund | None = None


@dataclass(frozen=True, kw_only=True)
class AccountRisk:
    """What the risk rules say about an account; limits in CNY, None is "no limit"."""

    ref: str
    state: Account = Account.UNKNOWN
    real_name: bool = False
    limit_per_order: Decimal | None = None
    limit_per_day: Decimal | None = None
