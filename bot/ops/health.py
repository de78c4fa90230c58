"""Asking over loopback HTTP whether a process works."""

import json
import urllib.error
import urllib.request
from typing import Any

from bot.settings import Settings

# A proxy from the environment must not get requests to our own loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET of this URL gives 200 within `timeout` seconds."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def events_of(settings: Settings) -> dict[str, int] | None:
    """How many events the running backend could not deliver yet (`waiting`) or gave up (`dead`)."""
    try:
        with _opener.open(f"{settings.backend_url}/healthz", timeout=5) as response:
            return {name: int(count) for name, count in json.load(response)["events"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def demo_orders(settings: Settings) -> list[dict[str, Any]]:
    """The demo orders that the running backend offers; none when the demo is off."""
    request = urllib.request.Request(  # noqa: S310
        f"{settings.backend_url}/v1/demo/orders",
        headers={"Authorization": f"Bearer {settings.derived_key('backend')}"},
    )
    try:
        with _opener.open(request, timeout=10) as response:
            found: list[dict[str, Any]] = json.load(response)["orders"]
            return found
    except (OSError, ValueError, KeyError):
        return []
