"""What a tester may see and no customer: Rasa's tracker and the backend's tickets."""

import asyncio
from functools import cached_property
from http import HTTPStatus
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.qa.databases import rasa_events, read_only
from bot.settings import Settings

MOST_STRETCHES = 20


class Insight:
    """Reads with the keys of the settings; raises aiohttp's ClientError when a process does not answer."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def tracker(self, conversation_id: str, stretch: int = 1) -> dict[str, Any]:
        """Rasa's tracker of one stretch of a conversation (a new stretch begins when an agent hands back)."""
        url = f"{self._settings.rasa_url}/conversations/{conversation_id}.{stretch}/tracker"
        params = {"token": self._settings.derived_key("rasa"), "include_events": "ALL"}
        return await self._get(url, params=params)

    async def events(self, conversation_id: str, stretch: int = 1) -> list[dict[str, Any]]:
        """The events of that tracker, from the database: for Rasa it is work to tell a whole tracker."""
        return await asyncio.to_thread(self._events, f"{conversation_id}.{stretch}")

    @cached_property
    def _rasa(self) -> sa.Engine:
        return read_only(self._settings.rasa_database_url)

    def _events(self, sender_id: str) -> list[dict[str, Any]]:
        with self._rasa.connect() as connection:
            return rasa_events(connection, sender_id)

    async def demo_orders(self) -> list[dict[str, Any]]:
        """The seeded orders, one per diagnosis."""
        found = await self._get(f"{self._settings.backend_url}/v1/demo/orders", headers=self._backend_headers())
        return list(found["orders"])

    async def tickets_of(self, tracker: dict[str, Any]) -> list[dict[str, Any]]:
        """Every ticket of the customer in this tracker and of the order that they proved to own, newest first."""
        slots = tracker.get("slots") or {}
        queries: list[tuple[dict[str, str], str | None]] = [
            ({"customer_ref": ref}, None) for ref in sorted(customers_in(tracker))
        ]
        if slots.get("proof") and slots.get("verified_order"):
            queries.append(({"order_no": slots["verified_order"]}, slots["proof"]))
        found: dict[str, dict[str, Any]] = {}
        for query, proof in queries:
            headers = self._backend_headers() | ({"X-Owner-Proof": proof} if proof else {})
            try:
                answer = await self._get(f"{self._settings.backend_url}/v1/tickets", params=query, headers=headers)
            except aiohttp.ClientResponseError as error:
                if proof and error.status == HTTPStatus.NOT_FOUND:  # it ran out meanwhile
                    continue
                raise
            found |= {each["ticket_no"]: each for each in answer["tickets"]}
        return sorted(found.values(), key=lambda each: str(each["created_at"]), reverse=True)

    async def ticket(self, ticket_no: str) -> dict[str, Any]:
        """A ticket with all that the desk sees of it."""
        url = f"{self._settings.backend_url}/v1/desk/tickets/{ticket_no}"
        return await self._get(url, headers=self._backend_headers())

    def logs(self) -> dict[str, str]:
        """What the processes have written so far, by the name of the file; nothing where they log elsewhere."""
        files = sorted((self._settings.var_dir / "log").glob("*.log"))
        return {each.name: each.read_text(encoding="utf-8", errors="replace") for each in files}

    async def close_ticket(self, ticket_no: str) -> None:
        """Close a ticket, so that the next script finds its order without one."""
        url = f"{self._settings.backend_url}/v1/tickets/{ticket_no}"
        headers = self._backend_headers()
        async with self._session.patch(url, json={"status": "closed"}, headers=headers) as response:
            response.raise_for_status()

    def _backend_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.derived_key('backend')}"}

    async def _get(self, url: str, **options: Any) -> dict[str, Any]:
        async with self._session.get(url, **options) as response:
            response.raise_for_status()
            return dict(await response.json())


def customers_in(tracker: dict[str, Any]) -> set[str]:
    """The customer references under which the messages of a tracker were sent, and those that were resumed there."""
    metadata = [each.get("metadata") or {} for each in tracker.get("events") or [] if each["event"] == "user"]
    resumed = {str(ref) for each in metadata for ref in each.get("resumed") or ()}
    return {str(each["customer_id"]) for each in metadata if each.get("customer_id")} | resumed
