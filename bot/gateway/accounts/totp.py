"""Codes of an authenticator app. The database holds a nonce; the secret comes of it and of a key, and is not stored."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

from bot.gateway.accounts.model import CODE_SECONDS

ISSUER = "DaoZhang"
# Clocks differ: the code before and the code after count too.
AROUND = (0, -1, 1)


def new_nonce() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def secret_from(key: str, username: str, nonce: str) -> str:
    """The secret (160 bits in base 32) that the app and we share."""
    digest = hmac.digest(key.encode(), f"{username}\x00{nonce}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode()


def uri_of(secret: str, username: str) -> str:
    """What the app reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step of a code that is right and was not used; None otherwise. The step is to be remembered."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    totp, current = pyotp.TOTP(secret, interval=CODE_SECONDS), int(now.timestamp()) // CODE_SECONDS
    steps = (current + each for each in AROUND)
    found = [each for each in steps if hmac.compare_digest(totp.generate_otp(each), digits)]
    fresh = [each for each in found if last_step is None or each > last_step]
    return fresh[0] if fresh else None
