"""The order backend: one web application on loopback for our own processes."""

from aiohttp import web

from bot.backend.database import SETTINGS, database_context
from bot.backend.evidence.api import routes as evidence_routes
from bot.backend.http import CLOCK, error_middleware, token_middleware, utc_now
from bot.backend.ownership.api import routes as ownership_routes
from bot.backend.tickets.api import routes as tickets_routes
from bot.migrate import upgrade
from bot.settings import Settings

ROUTES = (ownership_routes, tickets_routes, evidence_routes)


def make_app(settings: Settings) -> web.Application:
    """The application; its database must be at the newest revision."""
    app = web.Application(middlewares=[error_middleware, token_middleware])
    app[SETTINGS] = settings
    app[CLOCK] = utc_now
    app.cleanup_ctx.append(database_context)
    for routes in ROUTES:
        app.add_routes(routes)
    return app


def main(settings: Settings) -> None:
    """Migrate, then serve on loopback until stopped."""
    upgrade(settings, "backend")
    web.run_app(make_app(settings), host="127.0.0.1", port=settings.backend_port, print=None, access_log=None)
