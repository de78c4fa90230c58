"""Pictures as evidence: what is taken, and where it lies. Pure rules."""

import hashlib
from collections.abc import Iterable
from pathlib import PurePosixPath

# Pillow's name of a format, the type that is sent with it.
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


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
