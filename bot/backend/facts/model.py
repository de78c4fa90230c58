"""What agents see of an order and of a picture besides what the customer sees. Pure rules."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.backend.orders.model import Source

# These would open what the customer bought, and an agent has no need of it.
HIDDEN = frozenset({"pickup_url", "account_ref"})


def source_of(axes: Sequence[str], sources: Mapping[str, Source]) -> Source:
    """Whose word a diagnosis rests on: the customer's as soon as one deciding fact is only claimed."""
    words = [sources[axis] for axis in axes if axis in sources]
    if Source.USER_CLAIM in words:
        return Source.USER_CLAIM
    return words[0] if words else Source.PLATFORM


def version_of(view: Mapping[str, Any]) -> str:
    """The same for the same facts (16 hex digits)."""
    text = json.dumps(view, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def order_for(named: Collection[str | None], orders: Sequence[str]) -> str | None:
    """For which of these orders a picture is judged: the one that it or its sender names, else the first."""
    return next((each for each in orders if each in named), orders[0] if orders else None)
