"""When a picture or a payment number was used before, and what nobody may keep of a reading. Pure."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.backend.evidence.reading.model import Reading
from bot.redact import redact

# Measured, of 1024 bits: the same picture compressed, blurred or made smaller differs by up to 38, with a line covered
# by about 100, another page by at least 228. Another bill of the same shop differs by 14 to 80, so fields decide.
NEAR_BITS = 100
_NUMBERS_AND_NAMES = ("transaction_no", "merchant_no", "order_no", "payee", "method")


class Duplicate(StrEnum):
    """How a picture is known from another customer or another order."""

    SAME_PICTURE = "same_picture"
    NEAR_DUPLICATE = "near_duplicate"
    SAME_TRANSACTION = "same_transaction"


def is_reused(customer_ref: str, order_no: str | None, others: Iterable[tuple[str, str | None]]) -> bool:
    """Whether a picture was used by another customer, or by the same one for another order.

    `others` are the customer and order of every earlier upload of it. An upload without an order is for none yet.
    """
    return any(
        other_ref != customer_ref or bool(order_no and other_no and other_no != order_no)
        for other_ref, other_no in others
    )


@dataclass(frozen=True)
class Use:
    """Who uses a picture or a payment number; `order_no` only when this customer has proved to own the order."""

    customer_ref: str
    order_no: str | None


def use_key(key: str, kind: str, value: str) -> str:
    """What two uses of the same thing share; it does not tell the number (`kind` and 64 hex digits)."""
    return f"{kind}:{hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()}"


def is_taken(first: Use, new: Use) -> bool:
    """Whether the first use excludes a new one: another order, or another customer.

    Two customers who have both proved the same order are its owners. Who has proved no order yields to who has.
    """
    if first.order_no and new.order_no:
        return first.order_no != new.order_no
    return first.customer_ref != new.customer_ref and not (new.order_no and not first.order_no)


def bits_apart(first: str, second: str) -> int:
    """How many bits of two perceptual hashes differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def is_near(first: Reading, second: Reading) -> bool:
    """Whether two pictures may be the same one, sent another way.

    Bills of one shop look alike to the hash, so nothing that both show may differ, and both show the time or the
    merchant's number.
    """
    if not first.picture_hash or not second.picture_hash or first.kind is not second.kind:
        return False
    if bits_apart(first.picture_hash, second.picture_hash) > NEAR_BITS:
        return False
    pairs = {
        name: (getattr(first, name), getattr(second, name))
        for name in ("transaction_no", "merchant_no", "amount", "paid_at")
    }
    known = {name: one == other for name, (one, other) in pairs.items() if None not in (one, other)}
    return all(known.values()) and bool(known.keys() & {"paid_at", "merchant_no"})


def without_secrets(reading: Reading) -> Reading:
    """The reading without what nobody may keep: card codes, bank cards, ID cards, passwords."""
    values = {name: getattr(reading, name) for name in _NUMBERS_AND_NAMES}
    secret: dict[str, Any] = {name: None for name, value in values.items() if value and redact(value).found}
    return replace(reading, **secret)
