"""Which web pages may talk to the gateway (pure)."""

from collections.abc import Collection
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_allowed(origin: str, host: str, public_url: str, allowed: Collection[str], demo: bool) -> bool:
    """Whether a request with this `Origin` may go on.

    The gateway's own pages always may (`host` is the request's), others when they are in `allowed`; on a demo
    also pages of this machine. The scheme is not compared for our own, as a proxy may have ended TLS.
    """
    try:
        parts = urlsplit(origin)
        name = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not name:
        return False
    if parts.netloc.lower() == host.lower() or origin.lower() == public_url.rstrip("/").lower():
        return True
    if origin.lower().rstrip("/") in {each.lower().rstrip("/") for each in allowed}:
        return True
    return demo and name in LOOPBACK
