"""The rules of ownership: what proves it, and when too many wrong tries lock."""

import hashlib
import hmac
import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Factor(StrEnum):
    """What a customer can know or be besides the order number."""

    PHONE_TAIL = "phone_tail"
    CONTACT = "contact"
    QUERY_PASSWORD = "query_password"  # noqa: S105
    IDENTITY = "identity"


@dataclass(frozen=True)
class Limits:
    """How many wrong tries lock an order or a customer, how many an address, and for how long."""

    tries: int
    tries_of_address: int
    lockout: timedelta

    def keys(self, order_no: str, customer_ref: str) -> dict[str, int]:
        """What a try is counted on, and how many wrong ones each allows."""
        return {f"customer:{customer_ref[:128]}": self.tries, f"order:{order_no[:100]}": self.tries}

    def address_keys(self, address_key: str | None, now: datetime) -> dict[str, int]:
        """Against few guesses at each of many orders. Begun anew with each stretch, as many share an address."""
        stretch = int(now.timestamp() // self.lockout.total_seconds())
        return {f"address:{stretch}:{address_key}": self.tries_of_address} if address_key else {}

    def forgotten_before(self, now: datetime) -> datetime:
        """Wrong tries that are not newer than this no longer count."""
        return now - self.lockout

    def retry_after(self, last_at: datetime, now: datetime) -> int:
        """Seconds until a key with this last try is open again, at least 1."""
        return max(1, math.ceil((last_at + self.lockout - now).total_seconds()))


def normalize_factor(factor: Factor, value: str) -> str:
    """One spelling per meaning: the last four digits of a phone, a contact in lower case; passwords as they are."""
    text = unicodedata.normalize("NFKC", value).strip()
    if factor is Factor.PHONE_TAIL:
        digits = "".join(each for each in text if each.isascii() and each.isdigit())
        return digits[-4:] if len(digits) >= 4 else ""
    return text.casefold() if factor is Factor.CONTACT else text


def digest_of(key: str, order_no: str, factor: Factor, value: str) -> str:
    """What is stored of a factor: a keyed digest (64 hex digits), so that the table alone tells nobody anything."""
    message = "\x00".join((order_no, factor, normalize_factor(factor, value)))
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def factor_fits(key: str, order_no: str, factor: Factor, value: str, stored: str | None) -> bool:
    """Compare in constant time; a missing digest costs the same work and never fits."""
    digest = digest_of(key, order_no, factor, value)
    same = hmac.compare_digest(digest, stored or "0" * len(digest))
    return same and stored is not None and bool(normalize_factor(factor, value))


def token_hash(token: str) -> str:
    """What is stored of a proof token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def padded_seconds(elapsed: float, floor: float) -> float:
    """How long to wait so that an answer takes a whole multiple of the floor, whatever the work was."""
    if floor <= 0:
        return 0.0
    return floor - elapsed % floor
