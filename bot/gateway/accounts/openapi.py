"""The accounts of the desk in the OpenAPI document."""

from bot.gateway.accounts.bodies import Login, MyChange, NewPassword, PasswordAgain, TotpCode
from bot.gateway.accounts.model import Role
from bot.gateway.schemas import (
    BOOLEAN,
    COUNT,
    IDENT,
    TEXT,
    TIME,
    Json,
    answer,
    array,
    desk_operation,
    nullable,
    one_of,
    parameter,
    record,
    ref,
)

BODIES = (Login, MyChange, NewPassword, PasswordAgain, TotpCode)

_COLLEAGUE: Json = {
    "username": TEXT,
    "name": TEXT,
    "team": nullable(TEXT),
    "presence": {"type": "string", "enum": ["online", "away", "busy", "offline"]},
    "open": COUNT,
}
_SCHEMAS: Json = {
    "Me": record(
        {
            "username": TEXT,
            "name": TEXT,
            "role": one_of(Role),
            "team": nullable(TEXT),
            "language": {"type": "string", "enum": ["zh", "en"]},
            "csrf": TEXT,
            "totp": BOOLEAN,
            "capacity": COUNT,
            "demo": BOOLEAN,
            "settings": record({"sound": BOOLEAN, "notifications": BOOLEAN}),
        }
    ),
    "Colleague": record(_COLLEAGUE),
    "Account": record({**_COLLEAGUE, "role": one_of(Role), "capacity": COUNT, "disabled": BOOLEAN}),
    "AuditEntry": record(
        {
            "id": COUNT,
            "at": TIME,
            "username": TEXT,
            "action": TEXT,
            "conversation_id": nullable(IDENT),
            "order_no": nullable(TEXT),
            "ticket_no": nullable(TEXT),
            "address": TEXT,
            "details": {"type": "object"},
        }
    ),
}

_ME = {"200": answer("The own account.", ref("Me"))}
_GONE: Json = {"204": {"description": "Done."}}


def _query(name: str, description: str) -> Json:
    return parameter(name, "query", TEXT, description)


_PATHS: Json = {
    "/desk/api/login": {
        "post": {
            **desk_operation(
                "Sign in; 401 `wrong_login`, or `code_needed` when only the code is missing",
                {"200": answer("Signed in; the session is in the cookie.", ref("Me"))},
                (429,),
                body="Login",
            ),
            "security": [],
        }
    },
    "/desk/api/logout": {"post": desk_operation("Sign out", _GONE, changes=True)},
    "/desk/api/me": {
        "get": desk_operation("Who is signed in", _ME),
        "patch": desk_operation("Change the own settings", _ME, body="MyChange"),
    },
    "/desk/api/me/password": {
        "post": desk_operation(
            "A new password; the account's other sessions end; 422 with `reason` when it is too weak",
            _ME,
            (429,),
            body="NewPassword",
        )
    },
    "/desk/api/me/totp": {
        "post": desk_operation(
            "Begin with an authenticator app",
            {"200": answer("For the app, as a QR code or typed.", record({"uri": TEXT, "secret": TEXT}))},
            (409,),
            changes=True,
        ),
        "delete": desk_operation("Sign in without the app again", _ME, (429,), body="PasswordAgain"),
    },
    "/desk/api/me/totp/confirm": {
        "post": desk_operation("The first code of the app; needed from now on", _ME, (409,), body="TotpCode")
    },
    "/desk/api/accounts": {
        "get": desk_operation(
            "Everybody, for supervisors", {"200": answer("By username.", record({"accounts": array(ref("Account"))}))}
        )
    },
    "/desk/api/colleagues": {
        "get": desk_operation(
            "To whom a conversation can be given",
            {"200": answer("By username.", record({"colleagues": array(ref("Colleague"))}))},
        )
    },
    "/desk/api/audit": {
        "get": desk_operation(
            "Who looked at and changed what, for admins",
            {
                "200": answer(
                    "The newest first.",
                    record({"entries": array(ref("AuditEntry")), "next_cursor": nullable(TEXT)}),
                )
            },
            (422,),
            parameters=[
                _query("conversation_id", "Only what was done in this conversation."),
                _query("username", "Only what this account did."),
                _query("order_no", "Only what was done about this order."),
                _query("cursor", "`next_cursor` of the page before."),
                _query("limit", "At most 200, else 50."),
            ],
        )
    },
}
OPENAPI: Json = {"paths": _PATHS, "schemas": _SCHEMAS}
