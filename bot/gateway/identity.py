"""The signed identity that a shop's page may give (pure)."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from bot.errors import NotAuthorizedError

# A page may stay open for a while before its visitor opens the chat; clocks differ a little.
FRESH_FOR = timedelta(hours=12)
AHEAD = timedelta(minutes=5)


def sign_identity(secret: str, user_id: str, issued_at: int) -> str:
    """The signature (64 hex digits) that the shop's server computes; `issued_at` is Unix time in seconds."""
    return hmac.new(secret.encode(), f"{user_id}.{issued_at}".encode(), hashlib.sha256).hexdigest()


def check_identity(secret: str, user_id: str, issued_at: int, signature: str, now: datetime) -> str:
    """The user's id, when the signature holds and is fresh. Raises NotAuthorizedError."""
    if not secret:
        raise NotAuthorizedError("Signed identities are not set up here.")
    expected = sign_identity(secret, user_id, issued_at)
    if not hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace")):
        raise NotAuthorizedError("The signature of the identity is wrong.")
    try:
        age = now - datetime.fromtimestamp(issued_at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotAuthorizedError("The time of the identity is wrong.") from error
    if not -AHEAD <= age <= FRESH_FOR:
        raise NotAuthorizedError("The signature of the identity is too old.")
    return user_id
