"""A gateway that takes events: it checks who they are from and remembers what it would tell."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.errors import NotAuthorizedError
from bot.webhooks import verified_id

Trouble = Callable[[dict[str, Any], int], Awaitable[int]]


class Receiver:
    """`told` are the events by their id, in the order of their first arrival; `arrivals` counts every one.

    `trouble` gets an event and how often it has come, after it was taken, and decides on the answer's status.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.told: dict[str, dict[str, Any]] = {}
        self.arrivals: Counter[str] = Counter()
        self.refused = 0
        self.takes = True
        self.trouble: Trouble | None = None
        self._arrived = asyncio.Event()

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/hooks/backend", self.take)
        return app

    async def take(self, request: web.Request) -> web.Response:
        try:
            webhook_id = verified_id(self.key, request.headers, await request.read())
        except NotAuthorizedError:
            self.refused += 1
            return web.Response(status=401)
        event = await request.json()
        assert event["event_id"] == webhook_id
        self.arrivals[webhook_id] += 1
        if self.takes:
            self.told.setdefault(webhook_id, event)
        self._arrived.set()
        return web.Response(status=await self.trouble(event, self.arrivals[webhook_id]) if self.trouble else 200)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for arrivals until this holds."""
        while not condition():
            self._arrived.clear()
            await self._arrived.wait()

    def sequences_of(self, customer_ref: str) -> list[int]:
        """The sequence numbers of what this customer was told, as they came."""
        return [each["sequence"] for each in self.told.values() if each["customer_ref"] == customer_ref]
