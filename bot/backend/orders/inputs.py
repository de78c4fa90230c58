"""What a customer's details must look like to be delivered to, by product line. Pure rules."""

import re
import unicodedata

from bot.backend.orders.model import ProductLine

# The carrier is not looked at: numbers move between carriers, and new prefixes come.
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_ACCOUNT = re.compile(r"[\w.\-]{4,64}")
# Names of games and servers are free; what no account has are control characters and line breaks.
_GAME = re.compile(r"\S(?:[^\n\r\t]{0,62}\S)?")


def fitting(line: ProductLine, text: str) -> str | None:
    """The details as the shop keeps them; None when the product cannot be delivered to them."""
    clean = unicodedata.normalize("NFKC", text).strip()
    if any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in clean):
        return None
    if line is ProductLine.PHONE_CREDIT:
        found = _MOBILE.fullmatch(re.sub(r"[\s\-]", "", clean))
        return found[1] if found else None
    if line is ProductLine.MEMBERSHIP:
        return clean if _EMAIL.fullmatch(clean) or _ACCOUNT.fullmatch(clean) else None
    return clean if len(clean) >= 2 and _GAME.fullmatch(clean) else None
