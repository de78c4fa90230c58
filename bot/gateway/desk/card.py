"""The handover card: what the next human has to know, in codes that the desk has words for (pure)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

MOST_LINES = 20


def card_from(
    found: Mapping[str, Any] | None, reason: str, asked: str, order_no: str | None, at: datetime
) -> dict[str, Any]:
    """The card of the dialog, filled with what the gateway itself knows; alone what the gateway knows."""
    found = found or {}
    return {
        "reason": reason,
        "asked": str(found.get("asked") or asked)[:500],
        "answered": _pairs(found.get("answered"), "name", "value"),
        "checked": _pairs(found.get("checked"), "name", "result"),
        "diagnosis": str(found["diagnosis"])[:50] if found.get("diagnosis") else None,
        "order_no": str(found["order_no"])[:100] if found.get("order_no") else order_no,
        "at": at.isoformat(),
    }


def _pairs(found: Any, *names: str) -> list[dict[str, str]]:
    rows = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
    return [{name: str(each.get(name, ""))[:200] for name in names} for each in rows[:MOST_LINES]]
