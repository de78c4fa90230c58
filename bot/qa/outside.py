"""What happens outside of the conversation: the shop, the people who work on tickets, disturbances, and time."""

import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp

from bot.clock import move_clock
from bot.settings import Settings

AGENT = {"kind": "agent", "name": "小林"}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Outside:
    """Acts over loopback HTTP with the keys of the settings; aiohttp's ClientError when something is refused."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def change_order(self, order_no: str, fields: Mapping[str, Any]) -> None:
        """The shop says that something about the order has changed; it must be something that the backend applies."""
        found = await self._post("/v1/demo/events", {"order_no": order_no, **fields})
        if found["outcome"] != "applied":
            raise aiohttp.ClientError(f"the event was not applied: {found['outcome']}")

    async def work_on(self, ticket_no: str, fields: Mapping[str, Any]) -> None:
        """An agent does something: `do` is an action of `/v1/desk/tickets`, or `change` with the facts to set."""
        action, values = fields["do"], {name: each for name, each in fields.items() if name != "do"}
        if action == "change":
            await self._call("PATCH", f"/v1/tickets/{ticket_no}", {**values, "actor": AGENT})
        else:
            await self._post(f"/v1/desk/tickets/{ticket_no}/{action}", {**values, "actor": AGENT})

    async def open_incident(self, product: str) -> str:
        """Many orders of a product are disturbed; the incident's number."""
        found = await self._post("/v1/incidents", {"scope": "product", "name": product})
        return str(found["incident_no"])

    async def close_incident(self, incident_no: str) -> None:
        await self._post(f"/v1/incidents/{incident_no}/close", {})

    def move_clock(self, by: str) -> None:
        """`+30m`, `+3h`, `+2d`, for all processes."""
        match = re.fullmatch(r"\+(\d+)([mhd])", by)
        if match is None:
            raise ValueError(by)
        move_clock(self._settings, timedelta(**{_UNITS[match[2]]: int(match[1])}))

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._call("POST", path, body)

    async def _call(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._settings.derived_key('backend')}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        url = self._settings.backend_url + path
        async with self._session.request(method, url, json=body, headers=headers) as response:
            if response.status >= 400:
                raise aiohttp.ClientError(f"{method} {path}: HTTP {response.status} {await response.text()}")
            return dict(await response.json())
