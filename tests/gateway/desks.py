"""Agents for tests: accounts, and a browser for each of them that talks to the desk's API."""

import json
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from argon2 import PasswordHasher

from bot.gateway.accounts.http import ACCOUNTS, COOKIE, PASSWORDS
from bot.gateway.accounts.model import Account, Role
from bot.gateway.keys import SWITCHBOARD
from tests.gateway.gateways import Gateway

Json = dict[str, Any]
# As argon2id, but quick: what it costs is no matter here.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PASSWORD = "Korrekt-Pferd-7"
NOW = datetime.fromisoformat("2026-11-30T09:00:00+00:00")


async def add_account(gateway: Gateway, username: str, role: str = "agent", **fields: Any) -> Account:
    account = Account(username=username, name=username.title(), role=Role(role), **fields)
    gateway.app[PASSWORDS]._hasher = QUICK_HASHER
    password_hash = await gateway.app[PASSWORDS].hash(PASSWORD)
    assert await gateway.app[ACCOUNTS].add(account, password_hash, gateway.app[SWITCHBOARD].now())
    return account


class Clock:
    """The time of a gateway, which a test moves."""

    def __init__(self, gateway: Gateway) -> None:
        self.now = NOW
        gateway.app[SWITCHBOARD].now = lambda: self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


class Browser:
    """One browser at the desk, with its own cookies. `me` is what the last sign-in answered."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.origin: str | None = gateway.settings.public_url
        self.cookie = ""
        self.csrf = ""
        self.me: Json = {}
        self.set_cookie = ""
        self.headers: dict[str, str] = {}

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Json]:
        """Status and JSON body, as the page of the desk would ask."""
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        if method != "GET":
            headers |= {"X-CSRF-Token": self.csrf} | ({"Origin": self.origin} if self.origin else {})
        headers |= options.pop("headers", {})
        url = self.gateway.client.make_url(f"/desk/api{path}")
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, url, headers=headers, **options) as response,
        ):
            self.headers = dict(response.headers)
            if "Set-Cookie" in response.headers:
                self.set_cookie = response.headers["Set-Cookie"]
                self.cookie = response.cookies[COOKIE].value
            return response.status, json.loads(await response.text() or "{}")

    async def sign_in(self, username: str, password: str = PASSWORD, **more: Any) -> tuple[int, Json]:
        status, body = await self.call("POST", "/login", json={"username": username, "password": password, **more})
        if status == 200:
            self.me, self.csrf = body, body["csrf"]
        return status, body


async def agent(gateway: Gateway, username: str, role: str = "agent", **fields: Any) -> Browser:
    """A new account, signed in."""
    await add_account(gateway, username, role, **fields)
    browser = Browser(gateway)
    status, body = await browser.sign_in(username)
    assert status == 200, body
    return browser
