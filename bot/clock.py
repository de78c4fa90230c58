"""The time of the helpdesk: the real one, which a demo or a test may move ahead for all processes at once."""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.settings import Settings

Clock = Callable[[], datetime]
# Seconds as text. The file is read at every call, so that a process that was killed comes back to the same time.
FILE = "clock-ahead"


def utc_now() -> datetime:
    """The real time, aware UTC."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Clock:
    """What tells the time, aware UTC: in the demo ahead by what `move_clock` wrote, else always the real time."""
    if not settings.demo:
        return utc_now
    path = settings.var_dir / FILE
    return lambda: utc_now() + _ahead(path)


def move_clock(settings: Settings, by: timedelta) -> timedelta:
    """Move the time of every process that has these settings; how far it is ahead now. Only for the demo and tests."""
    path = settings.var_dir / FILE
    ahead = _ahead(path) + by
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=FILE, dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(str(ahead.total_seconds()))
    # The others read the old file or the new one, never half of it.
    Path(name).replace(path)
    return ahead


def _ahead(path: Path) -> timedelta:
    try:
        return timedelta(seconds=float(path.read_text()))
    except (OSError, ValueError, OverflowError):
        return timedelta(0)
