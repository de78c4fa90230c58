"""`/v1/incidents`: see them, open one by hand, close one when it is over."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import body_of, check_query, json_answer, now_of
from bot.backend.incidents import store, work
from bot.backend.incidents.bodies import IncidentBody
from bot.errors import InvalidError, NotFoundError

routes = web.RouteTableDef()


@routes.get("/v1/incidents")
async def list_incidents(request: web.Request) -> web.Response:
    """The newest first; only those that go on with `?live=true`."""
    check_query(request, "live")
    wish = request.query.get("live", "false")
    if wish not in ("true", "false"):
        raise InvalidError(fields=["live"])
    async with request.app[DATABASE].begin() as connection:
        found = await store.listed(connection, only_live=wish == "true")
    return json_answer({"incidents": [full_view(each) for each in found]})


@routes.post("/v1/incidents")
async def open_incident(request: web.Request) -> web.Response:
    """For a shop that knows before its customers say so; the live one when there is one."""
    body = await body_of(request, IncidentBody)
    now = now_of(request)
    since = now - timedelta(minutes=request.app[SETTINGS].incident_minutes)
    async with request.app[DATABASE].begin() as connection:
        incident = await work.open_one(connection, body.scope, body.name, since, now)
    return json_answer(work.view_of(incident))


@routes.post("/v1/incidents/{incident_no}/close")
async def close_incident(request: web.Request) -> web.Response:
    """It is over: everybody whom it concerns is told, once."""
    async with request.app[DATABASE].begin() as connection:
        incident = await work.close_one(connection, request.match_info["incident_no"], now_of(request))
    if incident is None:
        raise NotFoundError
    return json_answer(work.view_of(incident))


def full_view(incident: dict[str, Any]) -> dict[str, Any]:
    """An incident with what it has grown to."""
    same = ("incident_no", "scope", "name", "opened_at", "closed_at", "orders", "customers")
    return {name: incident[name] for name in same}
