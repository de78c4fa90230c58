"""Asking over loopback HTTP whether a process works."""

import urllib.error
import urllib.request

# A proxy from the environment must not get requests to our own loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET of this URL gives 200 within `timeout` seconds."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
