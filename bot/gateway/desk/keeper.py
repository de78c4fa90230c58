"""What happens at the desk by itself: silent assignees lose their case, counts and presences are told."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import NotFoundError
from bot.gateway.desk.hub import DeskHub
from bot.gateway.desk.model import lose_outcome
from bot.gateway.desk.presence import PresenceStore
from bot.gateway.desk.store import DeskStore
from bot.gateway.switchboard import Switchboard

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
# Presences end by the clock, so they are looked at even when nothing was written.
LOOK_SECONDS = 10.0


class Keeper:
    """A loop in each gateway; what several of them do at once is done once, as each write looks again."""

    def __init__(
        self, switchboard: Switchboard, hub: DeskHub, store: DeskStore, presences: PresenceStore, silent: timedelta
    ) -> None:
        self._switchboard = switchboard
        self._hub = hub
        self._store = store
        self._presences = presences
        self._silent = silent
        self._counts: dict[str, int] = {}
        self._seen: dict[str, tuple[str, int]] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        loop = asyncio.get_running_loop()
        looked = loop.time() - LOOK_SECONDS
        while True:
            due = loop.time() - looked >= LOOK_SECONDS
            try:
                if due:
                    looked = loop.time()
                    await self.release_silent()
                if due or self._hub.changed:
                    await self.tell()
            except (SQLAlchemyError, OSError):
                log.exception("the desk could not be kept")
            await asyncio.sleep(TICK_SECONDS)

    async def release_silent(self) -> int:
        """Cases of agents who left their customer without an answer go back to the queue; how many did."""
        before = self._switchboard.now() - self._silent
        lost = 0
        for conversation_id in await self._store.silent(before):
            try:
                written = await self._switchboard.write(
                    conversation_id, lambda it: lose_outcome(it, before, self._switchboard.texts.render)
                )
            except NotFoundError:
                continue
            lost += written is not None
        return lost

    async def tell(self) -> None:
        """Publish what became different of the counts and of who is there."""
        self._hub.changed = False
        counts = await self._store.counts()
        if counts != self._counts:
            self._counts = counts
            self._hub.publish({"type": "counts_changed", **{name: counts[name] for name in ("queue", "booked", "bot")}})
        seen = await self.standings()
        for username, (status, cases) in seen.items():
            if self._seen.get(username) != (status, cases):
                frame: dict[str, Any] = {"type": "presence_changed", "username": username, "status": status}
                self._hub.publish({**frame, "open": cases})
        self._seen = seen

    async def standings(self) -> dict[str, tuple[str, int]]:
        """Everybody's status and number of cases."""
        statuses = await self._presences.all(self._switchboard.now())
        cases = await self._presences.open_cases()
        return {name: (statuses.get(name, "offline"), cases.get(name, 0)) for name in {*statuses, *cases}}
