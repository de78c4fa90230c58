"""`/desk/api`: canned replies and macros, of which agents change their own and supervisors all; known tags."""

from typing import Any

from aiohttp import web

from bot.errors import ForbiddenError, InvalidError
from bot.gateway.accounts.http import account_of, audit
from bot.gateway.accounts.model import Account, Role
from bot.gateway.canned.bodies import CannedChange, CannedFor, MacroChange, NewCanned, NewMacro
from bot.gateway.canned.rendering import CANNED, render
from bot.gateway.canned.store import Row
from bot.gateway.http import body_of, json_answer
from bot.gateway.keys import SWITCHBOARD
from bot.gateway.static import EXAMPLES

routes = web.RouteTableDef()

MOST_TAGS = 200
_CANNED = "/desk/api/canned/{canned_id:[0-9a-f]{32}}"
_MACRO = "/desk/api/macros/{macro_id:[0-9a-f]{32}}"


@routes.get("/desk/api/canned")
async def list_canned(request: web.Request) -> web.Response:
    """The replies that this account may use."""
    account, language = await account_of(request), request.query.get("language") or None
    if language not in (None, "zh", "en"):
        raise InvalidError(fields=["language"])
    every_team = account.role.covers(Role.SUPERVISOR)
    found = await request.app[CANNED].replies(language, account.team, every_team=every_team)
    return json_answer({"canned": [canned_view(each, account) for each in found]})


@routes.post("/desk/api/canned")
async def add_canned(request: web.Request) -> web.Response:
    """A new reply."""
    account = await account_of(request)
    values = (await body_of(request, NewCanned)).model_dump()
    _check(account, values)
    made = await request.app[CANNED].add_reply(values, account.username, request.app[SWITCHBOARD].now())
    await audit(request, "canned.add", details={"shortcut": made["shortcut"]})
    return json_answer(canned_view(made, account), 201)


@routes.patch(_CANNED)
async def change_canned(request: web.Request) -> web.Response:
    """Other words, another shortcut."""
    account = await account_of(request)
    values = (await body_of(request, CannedChange)).model_dump(exclude_unset=True)
    _check(account, values)
    old = await _reply(request, account, to_change=True)
    made = await request.app[CANNED].change_reply(old["canned_id"], values, request.app[SWITCHBOARD].now())
    await audit(request, "canned.change", details={"shortcut": made["shortcut"]})
    return json_answer(canned_view(made, account))


@routes.delete(_CANNED)
async def remove_canned(request: web.Request) -> web.Response:
    """Macros that used it skip that step."""
    old = await _reply(request, await account_of(request), to_change=True)
    await request.app[CANNED].remove_reply(old["canned_id"])
    await audit(request, "canned.remove", details={"shortcut": old["shortcut"]})
    return web.Response(status=204)


@routes.post(f"{_CANNED}/render")
async def render_canned(request: web.Request) -> web.Response:
    """The reply for a conversation; what is in `missing` still stands in the text."""
    account = await account_of(request)
    body = await body_of(request, CannedFor)
    canned_id = (await _reply(request, account))["canned_id"]
    found = await render(request.app, account, canned_id, body.conversation_id, body.order_no)
    await request.app[CANNED].count_use(canned_id)
    order_no = found.order_version.rpartition(":")[0] or None
    await audit(request, "canned.render", body.conversation_id, order_no)
    return json_answer({"text": found.text, "order_version": found.order_version, "missing": list(found.missing)})


@routes.get("/desk/api/macros")
async def list_macros(request: web.Request) -> web.Response:
    """All of them."""
    account = await account_of(request)
    return json_answer({"macros": [macro_view(each, account) for each in await request.app[CANNED].macros()]})


@routes.post("/desk/api/macros")
async def add_macro(request: web.Request) -> web.Response:
    """A new macro."""
    account, body = await account_of(request), await body_of(request, NewMacro)
    steps = [each.model_dump() for each in body.steps]
    made = await request.app[CANNED].add_macro(body.title, steps, account.username, request.app[SWITCHBOARD].now())
    await audit(request, "macro.add", details={"title": made["title"]})
    return json_answer(macro_view(made, account), 201)


@routes.patch(_MACRO)
async def change_macro(request: web.Request) -> web.Response:
    """Another title, other steps."""
    account = await account_of(request)
    values = (await body_of(request, MacroChange)).model_dump(exclude_unset=True)
    old = await _macro(request, account)
    made = await request.app[CANNED].change_macro(old["macro_id"], values, request.app[SWITCHBOARD].now())
    await audit(request, "macro.change", details={"title": made["title"]})
    return json_answer(macro_view(made, account))


@routes.delete(_MACRO)
async def remove_macro(request: web.Request) -> web.Response:
    old = await _macro(request, await account_of(request))
    await request.app[CANNED].remove_macro(old["macro_id"])
    await audit(request, "macro.remove", details={"title": old["title"]})
    return web.Response(status=204)


@routes.get("/desk/api/tags")
async def list_tags(request: web.Request) -> web.Response:
    """The tags that conversations have, the most used first."""
    found = await request.app[CANNED].tags(MOST_TAGS)
    return json_answer({"tags": [{"tag": tag, "count": count} for tag, count in found]})


def canned_view(row: Row, account: Account) -> dict[str, Any]:
    """A reply as the page gets it; `mine`: this account may change it."""
    same = ("shortcut", "title", "language", "text", "team", "uses")
    picture = {"url": f"/examples/{row['picture']}"} if row["picture"] else None
    return {
        "id": row["canned_id"],
        **{name: row[name] for name in same},
        "picture": picture,
        "mine": _may_change(row, account),
    }


def macro_view(row: Row, account: Account) -> dict[str, Any]:
    return {
        "id": row["macro_id"],
        "title": row["title"],
        "steps": [{name: value for name, value in step.items() if value is not None} for step in row["steps"]],
        "mine": _may_change(row, account),
    }


def _may_change(row: Row, account: Account) -> bool:
    return account.role.covers(Role.SUPERVISOR) or row["owner"] == account.username


def _check(account: Account, values: dict[str, Any]) -> None:
    """An agent writes for everybody or for the own team; a picture is one that there is."""
    team, picture = values.get("team"), values.get("picture")
    if team and team != account.team and not account.role.covers(Role.SUPERVISOR):
        raise ForbiddenError("This is not your team.")
    if picture and not (EXAMPLES / picture).is_file():
        raise InvalidError(fields=["picture"])


async def _reply(request: web.Request, account: Account, *, to_change: bool = False) -> Row:
    found = await request.app[CANNED].reply(request.match_info["canned_id"])
    hidden = found["team"] not in (None, account.team) and not account.role.covers(Role.SUPERVISOR)
    if hidden or (to_change and not _may_change(found, account)):
        raise ForbiddenError
    return found


async def _macro(request: web.Request, account: Account) -> Row:
    found = await request.app[CANNED].macro(request.match_info["macro_id"])
    if not _may_change(found, account):
        raise ForbiddenError
    return found
