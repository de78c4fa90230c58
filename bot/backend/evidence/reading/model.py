"""What can be read from a picture of a payment: typed fields, None where it is unknown. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.backend.payments.numbers import Channel

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Kind(StrEnum):
    """What a picture shows; a payment from one person to another is no bill of a shop."""

    WECHAT_BILL = "WECHAT_BILL"
    ALIPAY_BILL = "ALIPAY_BILL"
    ORDER_PAGE = "ORDER_PAGE"
    ERROR_PAGE = "ERROR_PAGE"
    NOT_A_BILL = "NOT_A_BILL"


class Status(StrEnum):
    """The state that a picture names, of the payment on a bill, of the order on an order page."""

    PENDING = "PENDING"
    PAID = "PAID"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    ABNORMAL = "ABNORMAL"
    CLOSED = "CLOSED"
    REFUNDING = "REFUNDING"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


@dataclass(frozen=True)
class Word:
    """A piece of a line; place and size in pixels (or any one unit), score from 0 to 1."""

    text: str
    x: float
    y: float
    width: float
    height: float
    score: float = 1.0

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def centre(self) -> float:
        return self.x + self.width / 2

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one picture or pasted text says; None is unknown, never a guess. Nothing here is believed yet.

    `amount` is without sign, `paid_at` aware UTC, numbers are normalised. `ms` is the time that reading took,
    `picture_hash` that of `hashing.picture_hash`.
    """

    kind: Kind
    channel: Channel | None = None
    status: Status | None = None
    amount: Decimal | None = None
    paid_at: datetime | None = None
    transaction_no: str | None = None
    merchant_no: str | None = None
    order_no: str | None = None
    payee: str | None = None
    method: str | None = None
    ms: int = 0
    picture_hash: str | None = field(default=None, compare=False, repr=False)

    def to_json(self) -> dict[str, str | int | None]:
        """The keys of `python -m bot evidence read`; money as text, time in China's zone."""
        return {
            "kind": self.kind.value,
            "channel": self.channel.value if self.channel else None,
            "status": self.status.value if self.status else None,
            "amount": f"{self.amount:f}" if self.amount is not None else None,
            "paid_at": self.paid_at.astimezone(SHANGHAI).isoformat() if self.paid_at else None,
            "transaction_no": self.transaction_no,
            "merchant_no": self.merchant_no,
            "order_no": self.order_no,
            "payee": self.payee,
            "ms": self.ms,
        }


def reading_from_json(found: dict[str, Any]) -> Reading:
    """Back from `to_json`, with `method` and `picture_hash` where they are given; raises ValueError or KeyError."""
    return Reading(
        kind=Kind(found["kind"]),
        channel=Channel(found["channel"]) if found["channel"] else None,
        status=Status(found["status"]) if found["status"] else None,
        amount=Decimal(found["amount"]) if found["amount"] else None,
        paid_at=datetime.fromisoformat(found["paid_at"]).astimezone(UTC) if found["paid_at"] else None,
        **{name: found[name] for name in ("transaction_no", "merchant_no", "order_no", "payee")},
        method=found.get("method"),
        ms=int(found["ms"]),
        picture_hash=found.get("picture_hash"),
    )
