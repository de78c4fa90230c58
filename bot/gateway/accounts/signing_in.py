"""Signing in: the same answer in the same time for an unknown name and a wrong password, and not too often."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.errors import CodeNeededError, RateLimitedError, WrongLoginError
from bot.gateway.accounts.bodies import Login
from bot.gateway.accounts.http import ACCOUNTS, PASSWORDS
from bot.gateway.accounts.model import TRIES_OF_ADDRESS, TRIES_OF_NAME, Account, address_key, name_key, plain_username
from bot.gateway.accounts.totp import secret_from, step_of
from bot.gateway.http import client_address
from bot.gateway.keys import SETTINGS, SWITCHBOARD

TOTP_PURPOSE = "desk-totp"


@dataclass(frozen=True)
class Try:
    """One that was counted."""

    name: str
    address: str
    at: datetime


async def begin_try(request: web.Request, username: str) -> Try:
    """Count a try, under the name and the address. RateLimitedError when there were too many."""
    found = Try(name_key(username), address_key(client_address(request)), request.app[SWITCHBOARD].now())
    limits = ((found.name, TRIES_OF_NAME), (found.address, TRIES_OF_ADDRESS))
    if wait := await request.app[ACCOUNTS].begin_try(limits, found.at):
        raise RateLimitedError("Too many wrong tries.", retry_after=wait)
    return found


async def forgive(request: web.Request, tried: Try, *, right: bool) -> None:
    """It was no wrong try; a `right` one also clears the name, but never the address, which may try other names."""
    await request.app[ACCOUNTS].forgive((tried.name, tried.address), tried.at, every=tried.name if right else None)


async def check_login(request: web.Request, body: Login) -> Account:
    """Whose login this is. WrongLoginError, CodeNeededError or RateLimitedError."""
    username = plain_username(body.username)
    tried = await begin_try(request, username)
    found = await request.app[ACCOUNTS].find(username)
    stored = found[1].password_hash if found else None
    right = await request.app[PASSWORDS].holds(body.password, stored)
    if not (found and right) or found[0].disabled:
        raise WrongLoginError
    account, row = found
    if account.totp:
        if not body.code:
            await forgive(request, tried, right=False)
            raise CodeNeededError
        await use_code(request, username, row.totp_nonce, body.code, row.totp_step)
    await forgive(request, tried, right=True)
    if request.app[PASSWORDS].is_outdated(row.password_hash):
        new = await request.app[PASSWORDS].hash(body.password)
        await request.app[ACCOUNTS].rehash(username, row.password_hash, new)
    return account


async def use_code(request: web.Request, username: str, nonce: str, code: str, last_step: int | None) -> int:
    """The time step of a right code, which is used up by this. WrongLoginError for a wrong or used one."""
    secret = secret_from(request.app[SETTINGS].derived_key(TOTP_PURPOSE), username, nonce)
    step = step_of(secret, code, request.app[SWITCHBOARD].now(), last_step)
    if step is None or not await request.app[ACCOUNTS].use_code(username, step):
        raise WrongLoginError
    return step


async def is_my_password(request: web.Request, account: Account, password: str) -> bool:
    """Whether who is signed in knows the password too; counted like a try to sign in."""
    tried = await begin_try(request, account.username)
    found = await request.app[ACCOUNTS].find(account.username)
    right = await request.app[PASSWORDS].holds(password, found[1].password_hash if found else None)
    if right:
        await forgive(request, tried, right=True)
    return right
