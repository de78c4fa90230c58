"""`/desk/api`: signing in and out, the own account, colleagues, and the log for admins."""

from typing import Any

from aiohttp import web

from bot.errors import ActionRefusedError, InvalidError, NotSignedInError, WrongLoginError
from bot.gateway.accounts.audit import MOST, Wanted, read_audit, write_audit
from bot.gateway.accounts.bodies import Login, MyChange, NewPassword, PasswordAgain, TotpCode
from bot.gateway.accounts.http import (
    ACCOUNTS,
    PASSWORDS,
    STANDINGS,
    Standing,
    account_of,
    audit,
    csrf_of,
    forget_session,
    session_token,
    set_session,
    signed_in,
)
from bot.gateway.accounts.model import Account, Role, weakness_of
from bot.gateway.accounts.signing_in import TOTP_PURPOSE, check_login, is_my_password, use_code
from bot.gateway.accounts.totp import new_nonce, secret_from, uri_of
from bot.gateway.conversations.tokens import new_token, token_hash
from bot.gateway.http import body_of, client_address, json_answer, number_in
from bot.gateway.keys import ENGINE, SETTINGS, SWITCHBOARD

routes = web.RouteTableDef()


@routes.post("/desk/api/login")
async def login(request: web.Request) -> web.Response:
    """Sign in. The session is always a new one, so that nobody can have known its token before."""
    body = await body_of(request, Login)
    account = await check_login(request, body)
    now, token, old = request.app[SWITCHBOARD].now(), new_token(), session_token(request)
    instead = token_hash(old) if old else None
    if not await request.app[ACCOUNTS].begin_session(token_hash(token), account.username, now, instead):
        raise WrongLoginError
    async with request.app[ENGINE].begin() as connection:
        username, address = account.username, client_address(request)
        await write_audit(connection, at=now, username=username, action="account.sign_in", address=address)
    answer = json_answer(me_view(request, account, csrf_of(request, token)))
    set_session(request, answer, token)
    return answer


@routes.post("/desk/api/logout")
async def logout(request: web.Request) -> web.Response:
    """End this session."""
    await audit(request, "account.sign_out")
    await request.app[ACCOUNTS].end_session(token_hash(session_token(request)))
    answer = web.Response(status=204, headers={"Cache-Control": "no-store"})
    forget_session(answer)
    return answer


@routes.get("/desk/api/me")
async def show_me(request: web.Request) -> web.Response:
    """Who is signed in, with the CSRF token."""
    return json_answer(me_view(request, await account_of(request), csrf_of(request)))


@routes.patch("/desk/api/me")
async def change_me(request: web.Request) -> web.Response:
    """The own settings."""
    account = await account_of(request)
    body = await body_of(request, MyChange)
    changes = body.model_dump(exclude_none=True)
    if changes:
        await request.app[ACCOUNTS].change(account.username, request.app[SWITCHBOARD].now(), **changes)
    return json_answer(me_view(request, Account(**{**vars(account), **changes}), csrf_of(request)))


@routes.post("/desk/api/me/password")
async def change_password(request: web.Request) -> web.Response:
    """A new password; all other sessions of the account end."""
    account = await account_of(request)
    body = await body_of(request, NewPassword)
    if not await is_my_password(request, account, body.old):
        raise InvalidError("The old password is wrong.", fields=["old"])
    if weakness := weakness_of(body.new, account.username):
        raise InvalidError("The new password is too weak.", fields=["new"], reason=weakness.value)
    await _change(request, account, "account.password", password_hash=await request.app[PASSWORDS].hash(body.new))
    return json_answer(me_view(request, account, csrf_of(request)))


@routes.post("/desk/api/me/totp")
async def begin_totp(request: web.Request) -> web.Response:
    """The secret for an authenticator app; it counts once the app's first code is confirmed."""
    account = await account_of(request)
    if account.totp:
        raise ActionRefusedError("Turn the present one off first.", reason="totp_on")
    nonce = new_nonce()
    await request.app[ACCOUNTS].change(account.username, request.app[SWITCHBOARD].now(), totp_pending=nonce)
    secret = secret_from(request.app[SETTINGS].derived_key(TOTP_PURPOSE), account.username, nonce)
    return json_answer({"uri": uri_of(secret, account.username), "secret": secret})


@routes.post("/desk/api/me/totp/confirm")
async def confirm_totp(request: web.Request) -> web.Response:
    """From now on a code is needed to sign in; all other sessions of the account end."""
    account = await account_of(request)
    body = await body_of(request, TotpCode)
    found = await request.app[ACCOUNTS].find(account.username)
    nonce = found[1].totp_pending if found else None
    if nonce is None or account.totp:
        raise ActionRefusedError("There is nothing to confirm.", reason="totp_not_begun")
    try:
        await use_code(request, account.username, nonce, body.code, None)
    except WrongLoginError as error:
        raise InvalidError("The code is wrong.", fields=["code"]) from error
    await _change(request, account, "account.totp_on", totp_nonce=nonce, totp_pending=None)
    return json_answer(me_view(request, Account(**{**vars(account), "totp": True}), csrf_of(request)))


@routes.delete("/desk/api/me/totp")
async def end_totp(request: web.Request) -> web.Response:
    """No code is needed any more."""
    account = await account_of(request)
    body = await body_of(request, PasswordAgain)
    if not await is_my_password(request, account, body.password):
        raise InvalidError("The password is wrong.", fields=["password"])
    await _change(request, account, "account.totp_off", totp_nonce=None, totp_pending=None, totp_step=None)
    return json_answer(me_view(request, Account(**{**vars(account), "totp": False}), csrf_of(request)))


@routes.get("/desk/api/accounts")
@signed_in(Role.SUPERVISOR)
async def list_accounts(request: web.Request) -> web.Response:
    """Everybody, the disabled too."""
    found = await _with_standing(request, only_enabled=False)
    rows = [
        {**_colleague(account, standing), "role": account.role.value, "capacity": account.capacity}
        | {"disabled": account.disabled}
        for account, standing in found
    ]
    return json_answer({"accounts": rows})


@routes.get("/desk/api/colleagues")
async def list_colleagues(request: web.Request) -> web.Response:
    """To whom a conversation can be given."""
    found = await _with_standing(request, only_enabled=True)
    return json_answer({"colleagues": [_colleague(*each) for each in found]})


@routes.get("/desk/api/audit")
@signed_in(Role.ADMIN)
async def show_audit(request: web.Request) -> web.Response:
    """Who looked at and changed what, the newest first."""
    given = {name: request.query.get(name) or None for name in ("conversation_id", "username", "order_no")}
    before = number_in(request, "cursor", 0, 2**31 - 1) or None
    wanted = Wanted(**given, before=before, limit=max(1, number_in(request, "limit", 50, MOST)))
    await audit(request, "audit.read", given["conversation_id"], given["order_no"], {"of": given["username"]})
    rows = await read_audit(request.app[ENGINE], wanted)
    more = len(rows) == wanted.limit
    return json_answer({"entries": rows, "next_cursor": str(rows[-1]["id"]) if more else None})


def me_view(request: web.Request, account: Account, csrf: str) -> dict[str, Any]:
    """The own account as the page gets it."""
    same = ("username", "name", "team", "language", "totp", "capacity")
    return {
        **{name: getattr(account, name) for name in same},
        "role": account.role.value,
        "csrf": csrf,
        "demo": request.app[SETTINGS].demo,
        "settings": {"sound": account.sound, "notifications": account.notifications},
    }


async def _change(request: web.Request, account: Account, action: str, **values: Any) -> None:
    """Write something about how one signs in; this session goes on, the others end."""
    own = token_hash(session_token(request))
    if not await request.app[ACCOUNTS].change(account.username, request.app[SWITCHBOARD].now(), keep=own, **values):
        raise NotSignedInError
    await audit(request, action)


async def _with_standing(request: web.Request, *, only_enabled: bool) -> list[tuple[Account, Standing]]:
    standings = await request.app[STANDINGS]()
    everybody = [each for each in await request.app[ACCOUNTS].every() if not (only_enabled and each.disabled)]
    return [(each, standings.get(each.username, Standing())) for each in everybody]


def _colleague(account: Account, standing: Standing) -> dict[str, Any]:
    same = {name: getattr(account, name) for name in ("username", "name", "team")}
    return {**same, "presence": standing.status, "open": standing.open}
