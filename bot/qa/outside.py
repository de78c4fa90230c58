"""What happens outside of the conversation: the shop, the people who work on tickets, disturbances, and time."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.clock import clock_of, move_clock
from bot.gateway.identity import sign_identity
from bot.settings import Settings

AGENT = {"kind": "agent", "name": "小林"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
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
            await self._call("PATCH", f"/v1/tickets/{ticket_no}", {"actor": AGENT, **values})
        else:
            await self._post(f"/v1/desk/tickets/{ticket_no}/{action}", {"actor": AGENT, **values})

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

    def set_clock(self, wanted: str) -> None:
        """`+2h`, `23:30` (the next one in Chinese time), `2030-02-14 23:30` or `closing`. ValueError for the past."""
        if wanted.startswith("+"):
            self.move_clock(wanted)
        else:
            now = clock_of(self._settings)()
            wanted = self._settings.desk_hours.partition("-")[2] if wanted == "closing" else wanted
            move_clock(self._settings, moment_of(wanted, now) - now)

    def signed_identity(self, user_id: str) -> dict[str, Any]:
        """What the shop's server gives to its page: who the visitor is."""
        issued_at = int(clock_of(self._settings)().timestamp())
        signature = sign_identity(self._settings.identity_secret.get_secret_value(), user_id, issued_at)
        return {"user_id": user_id, "issued_at": issued_at, "signature": signature}

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


def moment_of(wanted: str, now: datetime) -> datetime:
    """An hour (`23:30`, the next one) or a time (`2030-02-14 23:30`), in Chinese time. ValueError for the past."""
    local = now.astimezone(SHANGHAI)
    if re.fullmatch(r"\d\d:\d\d", wanted):
        hour, minute = map(int, wanted.split(":"))
        found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return (found if found > local else found + timedelta(days=1)).astimezone(UTC)
    found = datetime.strptime(wanted, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    if found < local:
        raise ValueError(f"the clock only goes forward: {wanted} is over, it is {local:%Y-%m-%d %H:%M}")
    return found.astimezone(UTC)
