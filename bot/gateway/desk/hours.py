"""When there are people at the desk, in Chinese time (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.formats import SHANGHAI

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True)
class Hours:
    """From `opens` for `length`, on some weekdays (1 is Monday); a night belongs to the day on which it begins."""

    opens: time = time(0)
    length: timedelta = timedelta(hours=24)
    days: frozenset[int] = frozenset(range(1, 8))

    @classmethod
    def parse(cls, text: str, days: Sequence[int]) -> "Hours":
        """`09:00-22:00`, `22:00-06:00`, `00:00-24:00`; raises ValueError."""
        match = _HOURS.fullmatch(text)
        if match is None or not days or not set(days) <= set(range(1, 8)):
            raise ValueError(f"opening hours are like 09:00-22:00 on days 1 to 7, not {text!r} on {list(days)}")
        first, last = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if last > 24 * 60 or first == last:
            raise ValueError(f"opening hours are like 09:00-22:00, not {text!r}")
        length = timedelta(minutes=last - first if last > first else last - first + 24 * 60)
        return cls(time(first // 60, first % 60), length, frozenset(days))

    def is_open(self, now: datetime) -> bool:
        """Whether somebody should be there."""
        return any(start <= now < start + self.length for start in self._starts(now, range(-1, 1)))

    def opening_after(self, now: datetime) -> datetime:
        """When the desk opens next, aware UTC."""
        return next(start for start in self._starts(now, range(9)) if start > now)

    def _starts(self, now: datetime, days: Sequence[int]) -> list[datetime]:
        today = now.astimezone(SHANGHAI).date()
        dates = [today + timedelta(days=each) for each in days]
        return [
            datetime.combine(each, self.opens, SHANGHAI).astimezone(UTC)
            for each in dates
            if each.isoweekday() in self.days
        ]
