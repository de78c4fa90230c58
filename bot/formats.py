"""How money and times are written for customers, the same in all processes (pure)."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SYMBOLS = {"CNY": "¥", "USD": "$"}


def money(amount: Any, currency: str | None = "CNY") -> str:
    """`30.00` → `¥30.00`; an unreadable amount is shown as it came."""
    try:
        value = f"{Decimal(str(amount)):.2f}"
    except InvalidOperation:
        return str(amount)
    symbol = SYMBOLS.get(currency or "CNY")
    return f"{symbol}{value}" if symbol else f"{value} {currency}"


def time_from(iso: str | None) -> datetime | None:
    """An aware UTC datetime from an ISO text; None when there is none or it cannot be read."""
    try:
        value = datetime.fromisoformat(iso or "")
    except ValueError:
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def clock(value: str | datetime | None) -> str:
    """`2026-11-24 12:30` in Chinese time, empty for None. The same in both languages, so nobody has to guess."""
    moment = time_from(value) if isinstance(value, str) else value
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""
