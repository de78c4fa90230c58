"""Pictures as evidence: what is taken, and where it lies. Pure rules."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import PurePosixPath

# Pillow's name of a format, the type that is sent with it.
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class Verdict(StrEnum):
    """What a picture of a bill is worth; an order page or an error page has none."""

    MATCHED = "MATCHED"
    CLAIMED = "CLAIMED"
    INCOMPLETE = "INCOMPLETE"
    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    UNREADABLE = "UNREADABLE"
    NOT_A_BILL = "NOT_A_BILL"


class Duplicate(StrEnum):
    """How a picture is known from another customer or another order."""

    SAME_PICTURE = "same_picture"
    NEAR_DUPLICATE = "near_duplicate"
    SAME_TRANSACTION = "same_transaction"


class Page(StrEnum):
    """The page to take a screenshot of; `bill` is either channel's."""

    WECHAT_BILL = "wechat_bill"
    ALIPAY_BILL = "alipay_bill"
    BILL = "bill"
    ORDER_PAGE = "order_page"


# Without one of these a bill is incomplete.
KEY_FIELDS = ("transaction_no", "amount", "paid_at", "status")
# What a picture may contradict, in the order in which it is told.
CONFLICT_FIELDS = ("channel", "transaction_no", "merchant_no", "status", "amount", "paid_at")


def subject_of(sha256: str, customer_ref: str, order_no: str | None) -> str:
    """The same picture from the same customer for the same order is one piece of evidence (64 hex digits)."""
    return hashlib.sha256("\x00".join((sha256, customer_ref, order_no or "")).encode()).hexdigest()


def place_of(sha256: str) -> PurePosixPath:
    """Where a picture lies below the evidence folder; spread over 256 folders."""
    return PurePosixPath(sha256[:2], sha256)


def is_reused(customer_ref: str, order_no: str | None, others: Iterable[tuple[str, str | None]]) -> bool:
    """Whether a picture was used by another customer, or by the same one for another order.

    `others` are the customer and order of every earlier upload of it. An upload without an order is for none yet.
    """
    return any(
        other_ref != customer_ref or bool(order_no and other_no and other_no != order_no)
        for other_ref, other_no in others
    )
