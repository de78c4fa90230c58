"""What stands in a script's texts for something of its order, and the act as it is shown (pure)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.qa.model import Act

SHANGHAI = ZoneInfo("Asia/Shanghai")


def placeholders(order: Mapping[str, Any] | None) -> dict[str, str]:
    """What the blanks of a script stand for, as a customer would write it."""
    if order is None:
        return {}
    hint = order.get("hint") or {}
    paid_at = hint.get("paid_at")
    local = datetime.fromisoformat(paid_at).astimezone(SHANGHAI) if paid_at else None
    return {
        "order_no": str(order["order_no"]),
        "phone_tail": str(order["phone_tail"]),
        "product": str(order.get("product") or ""),
        "transaction_no": str(hint.get("transaction_no") or ""),
        "amount": str(hint.get("amount") or order.get("amount") or ""),
        "paid_at": f"{local:%Y-%m-%d %H:%M}" if local else "",
    }


def spoken(act: Act, values: Mapping[str, str], shown: bool = False) -> str:
    """The act as the transcript shows it; in a text the blanks are filled. Not `shown`: only the words."""
    if act.kind not in ("text", "twice", "at_once"):
        details = ", ".join(f"{name}: {each}" for name, each in act.fields.items())
        return f"[{act.kind}] {details or act.value}".rstrip()
    text = str(filled(act.value, values))
    return f"[{act.kind}] {text}" if shown and act.kind != "text" else text


def filled(text: Any, values: Mapping[str, str]) -> Any:
    """The text with its blanks filled; what is no text is left as it is."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value) if isinstance(text, str) else text
    return text
