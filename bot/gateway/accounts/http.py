"""What every handler below `/desk/api/` shares: who is signed in, what their role allows, and the log of it.

Nobody gets as far as a handler of the desk unless they are signed in; a change needs the page's CSRF token and the
desk's own web origin. `app.py` puts `desk_middleware` inside of `request_middleware`.
"""

import functools
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import CsrfError, ForbiddenError, NotSignedInError
from bot.gateway.accounts.audit import write_audit
from bot.gateway.accounts.model import LASTS_FOR, Account, Role, csrf_from, is_own_origin
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import AccountStore
from bot.gateway.conversations.tokens import token_hash
from bot.gateway.http import Handler, client_address
from bot.gateway.keys import ENGINE, SETTINGS, SWITCHBOARD

ACCOUNTS = web.AppKey("ACCOUNTS", AccountStore)
PASSWORDS = web.AppKey("PASSWORDS", Passwords)


@dataclass(frozen=True)
class Standing:
    """What colleagues see of somebody now; `status` is online, away, busy or offline."""

    status: str = "offline"
    open: int = 0


# By username; the part that holds the sockets sets it.
Standings = Callable[[], Awaitable[Mapping[str, Standing]]]
STANDINGS: web.AppKey[Standings] = web.AppKey("STANDINGS")

COOKIE = "daozhang_desk"
COOKIE_PATH = "/desk"
PREFIX = "/desk/api/"
LOGIN = f"{PREFIX}login"
CSRF_HEADER = "X-CSRF-Token"
CSRF_PURPOSE = "desk-csrf"
READING = ("GET", "HEAD")
_ACCOUNT = web.RequestKey("ACCOUNT", Account)


@web.middleware
async def desk_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets through to the desk's handlers only who is signed in, and changes only from the desk's own page."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    if request.method not in READING:
        check_own_origin(request)
    if request.path != LOGIN:
        await account_of(request)
        if request.method not in READING:
            check_csrf(request)
    return await handler(request)


async def account_of(request: web.Request, role: Role | str = Role.AGENT) -> Account:
    """Who is signed in. NotSignedInError when nobody is, ForbiddenError when their role is not enough."""
    if _ACCOUNT not in request:
        token = session_token(request)
        found = await request.app[ACCOUNTS].account_of_session(token_hash(token), _now(request)) if token else None
        if found is None:
            raise NotSignedInError
        request[_ACCOUNT] = found
    account = request[_ACCOUNT]
    if not account.role.covers(Role(role)):
        raise ForbiddenError
    return account


async def session_holds(request: web.Request) -> bool:
    """Whether the session of an open socket is still good; asks the database."""
    token = session_token(request)
    found = await request.app[ACCOUNTS].account_of_session(token_hash(token), _now(request)) if token else None
    return found is not None


def signed_in(role: Role | str = Role.AGENT) -> Callable[[Handler], Handler]:
    """A handler for those who have this role or a higher one."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            await account_of(request, role)
            return await handler(request)

        return checked

    return decorate


def check_own_origin(request: web.Request) -> None:
    """CsrfError unless the request comes from the desk's own page; every browser says so with a change or a socket."""
    settings = request.app[SETTINGS]
    origin = request.headers.get("Origin", "")
    if not is_own_origin(origin, request.host, settings.public_url, settings.demo):
        raise CsrfError("The request comes from another page.")


def check_csrf(request: web.Request) -> None:
    """CsrfError unless the page sent the token that belongs to its session."""
    given = request.headers.get(CSRF_HEADER, "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(given, csrf_of(request).encode()):
        raise CsrfError


def csrf_of(request: web.Request, token: str | None = None) -> str:
    """The CSRF token of the request's session, or of another session's token."""
    return csrf_from(request.app[SETTINGS].derived_key(CSRF_PURPOSE), token or session_token(request))


def session_token(request: web.Request) -> str:
    """What the cookie holds; empty without one."""
    return request.cookies.get(COOKIE, "")


def set_session(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Give the browser its session; its scripts cannot read it and other sites' pages cannot send it."""
    secure = urlsplit(request.app[SETTINGS].public_url).scheme == "https"
    age = int(LASTS_FOR.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, path=COOKIE_PATH, secure=secure, httponly=True, samesite="Strict")


def forget_session(response: web.StreamResponse) -> None:
    """Take it away."""
    response.del_cookie(COOKIE, path=COOKIE_PATH)


async def audit(
    request: web.Request,
    action: str,
    conversation_id: str | None = None,
    order_no: str | None = None,
    details: Mapping[str, Any] | None = None,
    *,
    ticket_no: str | None = None,
) -> None:
    """Write down what the signed-in account looks at or changes; `details` must hold no secret."""
    await _audit(request, action, conversation_id, [order_no], details, ticket_no)


async def audit_orders(request: web.Request, action: str, conversation_id: str, order_nos: Sequence[str]) -> None:
    """The same for several orders at once, a row for each; one row when there is none."""
    await _audit(request, action, conversation_id, order_nos or [None])


async def _audit(
    request: web.Request,
    action: str,
    conversation_id: str | None,
    order_nos: Sequence[str | None],
    details: Mapping[str, Any] | None = None,
    ticket_no: str | None = None,
) -> None:
    account, address, now = await account_of(request), client_address(request), _now(request)
    async with request.app[ENGINE].begin() as connection:
        for order_no in order_nos:
            await write_audit(
                connection,
                at=now,
                username=account.username,
                action=action,
                address=address,
                conversation_id=conversation_id,
                order_no=order_no,
                ticket_no=ticket_no,
                details=details,
            )


def _now(request: web.Request) -> datetime:
    return request.app[SWITCHBOARD].now()
