"""Resume codes: eight signs by which a customer goes on with their tickets on another device. Pure rules.

A code is never stored. It is computed from a random nonce and a key, so that neither the message that shows it nor the
table that recognises it holds it; both are worthless without the key.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.texts import RESUME_MARK

# Crockford's alphabet, which leaves out what is easily mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SAME = str.maketrans("OILU", "011V")
# Seven random signs (35 bits) and one that tells a slip from a wrong code.
RANDOM_SIGNS = 7
VALID_FOR = timedelta(days=30)
HIDDEN = "****-****"

_GROUPS = r"([0-9A-Z]{4})[ \-]{0,3}([0-9A-Z]{4})(?![0-9A-Z])"
_ASKED = re.compile(rf"(?:继续码?|恢复|接着|续查|RESUME|CONTINUE)(?:\s*CODE)?(?:\s*(?:是|为|IS|[:：,，]))?\s*{_GROUPS}")
_ALONE = re.compile(rf"\s*{_GROUPS}[\s.,。!！]*")
_PLACE = re.compile(r"⟦resume:([0-9a-f]{32})⟧")


class Result(StrEnum):
    """What became of a code that a customer sent; a value is the end of a sentence's name."""

    LINKED = "linked"
    SAME = "same"  # it belongs to this conversation
    UNKNOWN = "unknown"  # wrong or too old
    TYPO = "typo"  # its check sign does not fit
    LIMITED = "limited"  # too many tries


@dataclass(frozen=True)
class Found:
    """A code in a message, None when it has a slip; and the message as it may be kept."""

    code: str | None
    text: str


def code_from(key: str, nonce: str) -> str:
    """The code that belongs to a nonce."""
    number = int.from_bytes(hmac.digest(key.encode(), nonce.encode(), hashlib.sha256)[:5]) >> 5
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in range(RANDOM_SIGNS))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """Luhn's check in base 32: finds every single wrong sign and nearly every swap of neighbours."""
    total = 0
    for place, sign in enumerate(reversed(signs)):
        doubled = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += doubled // 32 + doubled % 32
    return ALPHABET[-total % 32]


def digest_of(key: str, code: str) -> str:
    """What the table knows of a code (64 hex digits)."""
    return hmac.new(key.encode(), b"stored:" + code.encode(), hashlib.sha256).hexdigest()


def written(code: str) -> str:
    """As customers read it."""
    return f"{code[:4]}-{code[4:]}"


def is_code(code: str) -> bool:
    """Whether it is made like one: with a letter and a digit, so that no date or word is one, and the check fits."""
    if len(code) != RANDOM_SIGNS + 1 or not set(code) <= set(ALPHABET):
        return False
    return not code.isdigit() and not code.isalpha() and check_sign(code[:-1]) == code[-1]


def find_code(text: str) -> Found | None:
    """The code after "继续" or "resume", or alone in a message; None when the message has none."""
    # Full-width signs and dashes of all kinds, one for one, so that places in the text stay.
    line = "".join(_narrow(char) for char in text).upper()
    if len(line) != len(text):
        return None
    if asked := _ASKED.search(line):
        return _found(asked, text)
    alone = _ALONE.fullmatch(line)
    found = _found(alone, text) if alone else None
    return found if found and found.code else None


def _found(match: re.Match[str], text: str) -> Found | None:
    """None for words that only stand where a code would, as in "continue checking"."""
    code = (match[1] + match[2]).translate(_SAME)
    hidden = text[: match.start(1)] + HIDDEN + text[match.end(2) :]
    if is_code(code):
        return Found(code, hidden)
    meant = "-" in match[0] or (re.search("[0-9]", match[0]) and re.search("[A-Z]", match[0]))
    return Found(None, hidden) if meant else None


def _narrow(char: str) -> str:
    if unicodedata.category(char) == "Pd" or char in "−_":
        return "-"
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def place_in(text: str, nonce: str) -> str:
    """The text as it is stored: where the dialog wants the code, a place for it."""
    return text.replace(RESUME_MARK, f"⟦resume:{nonce}⟧")


def revealer(key: str) -> Callable[[str], str]:
    """What puts the codes into stored texts, for the customer alone."""
    return lambda text: _PLACE.sub(lambda match: written(code_from(key, match[1])), text)


def hide(text: str) -> str:
    """A stored text for everybody else."""
    return _PLACE.sub(HIDDEN, text)
