"""An agent at the desk, through the same API as the page: the agent of the demo."""

import asyncio
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp

from bot.clock import clock_of
from bot.settings import Settings

# After these the bot begins a dialog of its own.
NEW_STRETCH = ("hand_back", "resolve")
# Whether the agent takes new cases; `come` holds for a minute, as without an open page.
PRESENCES = {"come": "online", "go": "away"}
COOKIE = "daozhang_desk"
# Scripts move the time, and a session that was long not used is over.
SIGNED_IN_FOR = timedelta(hours=1)


class DeskAgent:
    """Signs in when that is needed; aiohttp's ClientError when something is refused."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._headers: dict[str, str] = {}
        self._clock = clock_of(settings)
        self._signed_in_at = self._clock() - SIGNED_IN_FOR
        self._signing_in = asyncio.Lock()

    async def act(self, conversation_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """One act in a conversation; the answer of the API."""
        async with self._signing_in:
            if (now := self._clock()) - self._signed_in_at >= SIGNED_IN_FOR:
                self._headers, self._signed_in_at = await self._sign_in(), now
        action = fields["do"]
        if action in PRESENCES:
            return await self._be(PRESENCES[action])
        body = {name: each for name, each in fields.items() if name != "do"}
        if action in ("reply", "note"):
            body |= {"client_id": uuid.uuid4().hex, "kind": action}
            action = "messages"
        return await self._post(f"/conversations/{conversation_id}/{action}", body)

    async def read(self, path: str) -> str:
        """What the API answers to a GET, as text."""
        async with self._signing_in:
            if not self._headers:
                self._headers = await self._sign_in()
        async with self._session.get(f"{self._settings.public_url}/desk/api{path}", headers=self._headers) as response:
            response.raise_for_status()
            return await response.text()

    async def _sign_in(self) -> dict[str, str]:
        file = (self._settings.var_dir / "demo-agent.txt").read_text(encoding="utf-8")
        body = dict(line.split(": ", 1) for line in file.splitlines())
        origin = {"Origin": self._settings.public_url}
        url = f"{self._settings.public_url}/desk/api/login"
        async with self._session.post(url, json=body, headers=origin) as response:
            response.raise_for_status()
            me, cookie = await response.json(), response.cookies[COOKIE].value
        return origin | {"Cookie": f"{COOKIE}={cookie}", "X-CSRF-Token": me["csrf"]}

    async def _be(self, status: str) -> dict[str, Any]:
        """Here as long as a page says so, which this one does once."""
        if status == "online":
            url = f"{self._settings.public_url}/desk/api/socket"
            async with self._session.ws_connect(url, headers=self._headers) as socket:
                await socket.receive()
                await socket.send_json({"type": "resume"})
        return await self._call("PUT", "/presence", {"status": status})

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._call("POST", path, body)

    async def _call(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._settings.public_url}/desk/api{path}"
        async with self._session.request(method, url, json=body, headers=self._headers) as response:
            if response.status >= 400:
                raise aiohttp.ClientError(f"{path}: HTTP {response.status} {await response.text()}")
            return dict(await response.json())
