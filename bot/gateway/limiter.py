"""Limits on how often a conversation or an address may do something."""

import time
from enum import StrEnum

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.errors import RateLimitedError
from bot.settings import Settings

# In an hour.
RESUME_TRIES = 6


class Limit(StrEnum):
    """What is counted; each has its own number per minute, or hour."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    MESSAGES_OF_ADDRESS = "messages_of_address"
    FRAMES = "frames"
    RESUME = "resume"
    RESUME_OF_ADDRESS = "resume_of_address"


class Limiter:
    """Counts in this process, in a moving window."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[Limit, RateLimitItem] = {
            Limit.CONVERSATIONS: RateLimitItemPerMinute(settings.conversations_per_minute),
            Limit.MESSAGES: RateLimitItemPerMinute(settings.messages_per_minute),
            # Many customers may share one address.
            Limit.MESSAGES_OF_ADDRESS: RateLimitItemPerMinute(settings.messages_per_minute * 10),
            # A code has 35 random bits; an office behind one address may have several customers who try.
            Limit.RESUME: RateLimitItemPerHour(RESUME_TRIES),
            Limit.RESUME_OF_ADDRESS: RateLimitItemPerHour(settings.resume_tries_of_address),
            Limit.FRAMES: RateLimitItemPerMinute(settings.messages_per_minute * 10),
        }

    async def check(self, limit: Limit, key: str) -> None:
        """Count once. RateLimitedError with `retry_after` (seconds) when that was once too often."""
        item = self._items[limit]
        if not await self._limiter.hit(item, limit.value, key):
            window = await self._limiter.get_window_stats(item, limit.value, key)
            raise RateLimitedError(retry_after=max(1, round(window.reset_time - time.time())))
