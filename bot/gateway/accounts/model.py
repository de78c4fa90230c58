"""Who works at the desk, and the rules of signing in: passwords, roles, how many tries, how long a session lasts."""

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
FEWEST_SIGNS = 5  # different ones in a password
# The most used passwords that are long enough; each is compared in lower case and without what stands around it.
COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        0123456789 1234567890 0987654321 1q2w3e4r5t 1qaz2wsx3edc abcdefghij administrator changemenow daozhang123
        helpdesk123 iloveyou123 letmein123 password12 password123 password1234 passw0rd123 qwerty12345 qwertyuiop
        woaini1314520 woaini5201314 zaq12wsxcde3
        """,
    )
)

IDLE_FOR = timedelta(hours=12)
LASTS_FOR = timedelta(days=7)
# A request within this time of the last one is not written down, so that most requests only read.
SEEN_EVERY = timedelta(minutes=1)

TRIES_WITHIN = timedelta(minutes=15)
TRIES_OF_NAME = 5
TRIES_OF_ADDRESS = 20

CODE_SECONDS = 30
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """What somebody may do; each may also do what those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "too_short"
    LONG = "too_long"
    SIMPLE = "too_simple"
    COMMON = "too_common"
    NAME = "holds_the_username"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who works at the desk. `capacity`: how many conversations at once; `demo`: works only in the demo."""

    username: str
    name: str
    role: Role
    team: str | None = None
    language: str = "zh"
    capacity: int = 5
    totp: bool = False
    sound: bool = True
    notifications: bool = True
    demo: bool = False
    disabled: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser that is signed in."""

    token_hash: str
    username: str
    created_at: datetime
    seen_at: datetime


def session_ends_at(session: Session) -> datetime:
    """When it is over, if nothing more comes."""
    return min(session.seen_at + IDLE_FOR, session.created_at + LASTS_FOR)


def plain_username(text: str) -> str:
    """A name as it is stored: people write it in any case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def plain_password(text: str) -> str:
    """The same password from every keyboard: a letter with its accent has two spellings in Unicode."""
    return unicodedata.normalize("NFKC", text)


def weakness_of(password: str, username: str) -> Weakness | None:
    """Why this cannot be the password of this account; None when it can."""
    password = plain_password(password)
    lowered = password.lower()
    if len(password) < SHORTEST_PASSWORD:
        return Weakness.SHORT
    if len(password) > LONGEST_PASSWORD:
        return Weakness.LONG
    if len(set(password)) < FEWEST_SIGNS:
        return Weakness.SIMPLE
    if lowered in COMMON or lowered.strip(" !@#$%^&*.?_-") in COMMON:
        return Weakness.COMMON
    if len(username) >= 4 and username in lowered:
        return Weakness.NAME
    return None


def retry_after(tries: Sequence[datetime], most: int, now: datetime) -> int | None:
    """Seconds until one more wrong try is allowed; None when it is allowed now."""
    recent = recent_tries(tries, now)
    if len(recent) < most:
        return None
    return max(1, int((recent[-most] + TRIES_WITHIN - now).total_seconds()) + 1)


def recent_tries(tries: Sequence[datetime], now: datetime) -> list[datetime]:
    """Those that still count, oldest first."""
    return sorted(each for each in tries if each > now - TRIES_WITHIN)


def name_key(username: str) -> str:
    """What the tries for a name are counted under; hashed, as people type their password there by mistake."""
    return hashlib.sha256(f"name:{plain_username(username)}".encode("utf-8", "replace")).hexdigest()


def address_key(address: str) -> str:
    """What the tries of an address are counted under: one customer of a provider has a whole /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return hashlib.sha256(f"address:{address}".encode("utf-8", "replace")).hexdigest()
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    bits = 64 if parsed.version == 6 else 32
    network = ipaddress.ip_network(f"{parsed}/{bits}", strict=False)
    return hashlib.sha256(f"address:{network}".encode()).hexdigest()


def is_own_origin(origin: str, host: str, public_url: str, demo: bool) -> bool:
    """Whether this `Origin` is the desk's own page; in the demo also under the address that the request was sent to."""
    try:
        given, own = urlsplit(origin.lower()), urlsplit(public_url.lower())
    except ValueError:
        return False
    if given.scheme not in ("http", "https") or not given.netloc or given.path or given.query:
        return False
    if (given.scheme, given.netloc) == (own.scheme, own.netloc):
        return True
    return demo and given.netloc == host.lower()


def csrf_from(key: str, token: str) -> str:
    """The token that a page has to send with each change; it belongs to one session."""
    return hmac.new(key.encode(), token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
