"""Links to a picture that work for a short time, for its conversation only (standard library only)."""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

# Seconds since 1970, without signs or leading zeros: one spelling for one moment.
_MOMENT = re.compile(r"[1-9]\d{0,11}", re.ASCII)


def link_to(key: str, conversation_id: str, picture_id: str, expires_at: datetime) -> str:
    """The path with the query that shows the picture until then; whoever has it may see the picture."""
    expires = str(int(expires_at.timestamp()))
    query = urlencode({"expires": expires, "signature": _signature(key, conversation_id, picture_id, expires)})
    return f"/api/conversations/{conversation_id}/pictures/{picture_id}/file?{query}"


def link_holds(
    key: str, conversation_id: str, picture_id: str, expires: str, signature: str, now: datetime
) -> bool:  # fmt: skip
    """Whether a link is one of ours, unaltered and not expired."""
    expected = _signature(key, conversation_id, picture_id, expires)
    same = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape"))
    return same and bool(_MOMENT.fullmatch(expires)) and now < datetime.fromtimestamp(int(expires), UTC)


def _signature(key: str, conversation_id: str, picture_id: str, expires: str) -> str:
    message = "\x00".join((conversation_id, picture_id, expires)).encode("utf-8", "surrogateescape")
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
