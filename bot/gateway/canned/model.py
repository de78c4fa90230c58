"""Replies that agents send often: the places in them, what fills these, and when a filled one is out of date."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.formats import clock, money, time_from

PLACES = ("order_no", "product", "amount", "promised_at", "customer_name", "ticket_no", "agent_name")
# A reply with one of these is about the order as it stands; any change of it makes the reply stale.
OF_ORDER = frozenset({"order_no", "product", "amount", "promised_at", "ticket_no"})
_PLACE = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Rendered:
    """A reply with its places filled; those in `missing` still stand in the text, which must not be sent so."""

    text: str
    order_version: str
    missing: tuple[str, ...] = ()


def places_in(text: str) -> list[str]:
    """The names in braces, each once."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def unknown_places(text: str) -> list[str]:
    """Names in braces that mean nothing."""
    return [each for each in places_in(text) if each not in PLACES]


def fill(text: str, values: Mapping[str, str], order: Mapping[str, Any] | None) -> Rendered:
    """The reply for a customer. Values are put in as they are: braces in them are no places."""
    wanted = places_in(text)
    filled = _PLACE.sub(lambda match: values.get(match[1]) or match[0], text)
    missing = tuple(each for each in wanted if not values.get(each))
    return Rendered(filled, _version(wanted, values, order), missing)


def order_no_in(order_version: str) -> str | None:
    """Which order a version is about."""
    return order_version.rpartition(":")[0] or None


def values_for(
    *, order: Mapping[str, Any] | None, case: Mapping[str, Any] | None, customer_name: str | None, agent_name: str,
    now: datetime,
) -> dict[str, str]:  # fmt: skip
    """What is known for each place. What the customer has not proved to own stays unknown, but for its number.

    A promise that is over is none: nobody is told a time that has passed.
    """
    known = order if order and order["proven"] and order["reachable"] else None
    amount = known.get("amount") if known else None
    promised_at = time_from((case or {}).get("next_promise_at"))
    return {
        "order_no": str(order["order_no"]) if order else "",
        "product": str(known.get("product") or "") if known else "",
        "amount": money(amount, known.get("currency")) if known and amount is not None else "",
        "promised_at": clock(promised_at) if promised_at and promised_at > now else "",
        "customer_name": (customer_name or "").strip(),
        "ticket_no": str((case or {}).get("ticket_no") or ""),
        "agent_name": agent_name,
    }


def _version(wanted: list[str], values: Mapping[str, str], order: Mapping[str, Any] | None) -> str:
    """`ORDER:DIGEST`, the same as long as what was said of the order holds."""
    if not OF_ORDER.intersection(wanted):
        return ""
    said = [[each, values.get(each, "")] for each in sorted(OF_ORDER.intersection(wanted))]
    text = json.dumps([said, order["version"] if order else None], ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{order['order_no'] if order else ''}:{digest}"
