"""The order backend: one web application on loopback for our own processes."""

from collections.abc import AsyncIterator

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.backend.changes.api import routes as changes_routes
from bot.backend.database import DATABASE, SETTINGS, database_context
from bot.backend.events.dispatcher import dispatch, session_context
from bot.backend.events.store import counts
from bot.backend.evidence.api import routes as evidence_routes
from bot.backend.evidence.checking import routes as check_routes
from bot.backend.evidence.reading.reader import Reader
from bot.backend.evidence.readings import MAKE_READER, readings_context
from bot.backend.facts.api import routes as facts_routes
from bot.backend.http import CLOCK, error_middleware, json_answer, token_middleware
from bot.backend.incidents.api import routes as incidents_routes
from bot.backend.openapi import routes as openapi_routes
from bot.backend.orders.api import routes as orders_routes
from bot.backend.orders.sources import SOURCES
from bot.backend.orders.sources.embedded import EmbeddedSource
from bot.backend.orders.sources.outage import OutageSource
from bot.backend.ownership.api import routes as ownership_routes
from bot.backend.payments.api import routes as payments_routes
from bot.backend.seed import demo_context
from bot.backend.seed import routes as demo_routes
from bot.backend.tickets.api import routes as tickets_routes
from bot.backend.tickets.desk_api import routes as desk_routes
from bot.backend.timers.handlers import TIMERS
from bot.backend.timers.runner import HANDLERS, fire_timers
from bot.backend.upkeep import upkeep_context
from bot.backend.workers import worker_context
from bot.clock import clock_of
from bot.errors import BackendUnavailableError
from bot.logs import configure_logs
from bot.migrate import upgrade
from bot.settings import Settings

health_routes = web.RouteTableDef()

ROUTES = (
    health_routes, openapi_routes, ownership_routes, orders_routes, demo_routes, payments_routes, tickets_routes,
    desk_routes, evidence_routes, check_routes, changes_routes, incidents_routes, facts_routes,
)  # fmt: skip
WORKERS = (dispatch, fire_timers)


@health_routes.get("/healthz")
async def show_health(request: web.Request) -> web.Response:
    """200 when the database answers; with the number of events that wait for the gateway or were given up."""
    try:
        async with request.app[DATABASE].begin() as connection:
            found = await counts(connection)
    except (SQLAlchemyError, OSError) as error:
        raise BackendUnavailableError("The database does not answer.") from error
    return json_answer({"status": "ok", "events": found})


async def sources_context(app: web.Application) -> AsyncIterator[None]:
    """The shop systems that orders may come from; `outage` is for the demo."""
    sources = (EmbeddedSource(app[DATABASE]), OutageSource())
    app[SOURCES] = {source.name: source for source in sources}
    yield


def make_app(settings: Settings, *, workers: bool = True) -> web.Application:
    """The application; its database must be at the newest revision.

    Without `workers` nothing happens by itself: no event is delivered and no timer fires.
    """
    app = web.Application(middlewares=[error_middleware, token_middleware])
    app[SETTINGS] = settings
    app[CLOCK] = clock_of(settings)
    app[MAKE_READER] = Reader
    app[HANDLERS] = dict(TIMERS)
    app.cleanup_ctx.extend([
        database_context, sources_context, readings_context, demo_context, upkeep_context, session_context,
    ])  # fmt: skip
    if workers:
        app.cleanup_ctx.extend(worker_context(work) for work in WORKERS)
    for routes in ROUTES:
        app.add_routes(routes)
    return app


def main(settings: Settings) -> None:
    """Migrate, then serve on loopback until stopped."""
    configure_logs(settings.log_level)
    upgrade(settings, "backend")
    web.run_app(make_app(settings), host="127.0.0.1", port=settings.backend_port, print=None, access_log=None)
