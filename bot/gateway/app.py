"""The gateway: the one process that customers reach."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.backend.client import BackendClient
from bot.clock import clock_of
from bot.db import make_engine
from bot.gateway import health, openapi, static
from bot.gateway.accounts import api as accounts_api
from bot.gateway.accounts.demo import make_demo_agent
from bot.gateway.accounts.http import ACCOUNTS, PASSWORDS, desk_middleware
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import AccountStore
from bot.gateway.asking import Patience
from bot.gateway.canned import api as canned_api
from bot.gateway.canned import summaries_api
from bot.gateway.canned.defaults import add_defaults
from bot.gateway.canned.rendering import CANNED
from bot.gateway.canned.store import CannedStore
from bot.gateway.channels.telegram import api as telegram_api
from bot.gateway.conversations import api, pictures, socket
from bot.gateway.conversations.hub import Hub
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.desk import api as desk_api
from bot.gateway.desk import messages_api as desk_messages_api
from bot.gateway.desk import socket as desk_socket
from bot.gateway.desk.hub import DeskHub
from bot.gateway.desk.keys import DESK_HUB
from bot.gateway.desk.wiring import fill_desk, reception_of, standards_of
from bot.gateway.desk_facts import api as facts_api
from bot.gateway.http import request_middleware
from bot.gateway.keys import (
    BACKEND,
    DIST,
    ENGINE,
    HUB,
    LIMITER,
    METRICS,
    NEWS,
    RASA,
    SETTINGS,
    STORE,
    SWITCHBOARD,
    TELLER,
    TEXTS,
    UPLOADS,
)
from bot.gateway.limiter import Limiter
from bot.gateway.metrics import Metrics
from bot.gateway.news import api as news_api
from bot.gateway.news.store import NewsStore
from bot.gateway.news.worker import Teller
from bot.gateway.outbox import Outbox, OutboxStore
from bot.gateway.rasa_client import RasaClient
from bot.gateway.reading import PicturesReady
from bot.gateway.recording import api as recording_api
from bot.gateway.reports import api as reports_api
from bot.gateway.resume.store import ResumeCodes
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import end
from bot.gateway.worker import Workers
from bot.logs import configure_logs
from bot.migrate import upgrade
from bot.settings import ROOT, Settings
from bot.texts import Texts

ROUTES = (
    api.routes, socket.routes, pictures.routes, news_api.routes, health.routes, openapi.routes, static.routes,
    accounts_api.routes, facts_api.routes, canned_api.routes, summaries_api.routes,
    desk_api.routes, desk_messages_api.routes, desk_socket.routes, reports_api.routes, telegram_api.routes,
    recording_api.routes,
)  # fmt: skip
LARGEST_BODY = 64 * 1024
SHUTDOWN_SECONDS = 10.0


def make_app(settings: Settings, patience: Patience | None = None, dist: Path | None = None) -> web.Application:
    """The application; its database must be at the newest revision. `dist` is the folder of the built web part."""
    app = web.Application(middlewares=[request_middleware, desk_middleware], client_max_size=LARGEST_BODY)
    app[SETTINGS] = settings
    app[DIST] = dist or ROOT / "web" / "dist"
    app[TEXTS] = Texts.load(ROOT / "domain.yml")
    app[METRICS] = Metrics()
    app[HUB], app[DESK_HUB] = Hub(), DeskHub()
    app[UPLOADS] = asyncio.Semaphore(pictures.MOST_UPLOADS)
    app[PASSWORDS] = Passwords()
    for routes in ROUTES:
        app.add_routes(routes)

    async def inside(app: web.Application) -> AsyncIterator[None]:
        async with _inside(app, patience or Patience.from_settings(settings)):
            yield

    app.cleanup_ctx.append(inside)
    app.on_shutdown.append(_close_clients)
    return app


@contextlib.asynccontextmanager
async def _inside(app: web.Application, patience: Patience) -> AsyncIterator[None]:
    """Everything that lives in the event loop, from the database to the workers."""
    settings = app[SETTINGS]
    engine = make_engine(settings.gateway_database_url)
    async with aiohttp.ClientSession() as session:
        store = ConversationStore(engine, ResumeCodes(settings.derived_key("resume")))
        store.standards = standards_of(settings)
        store.receive_handoff = reception_of(settings, app[TEXTS]).receive
        switchboard = Switchboard(store, app[HUB], app[TEXTS], app[METRICS])
        switchboard.now = clock_of(settings)
        rasa = RasaClient(session, settings.rasa_url, settings.derived_key("rasa"), patience.timeout)
        backend = BackendClient(session, settings.backend_url, settings.derived_key("backend"))
        workers = Workers(switchboard, rasa, patience, PicturesReady(backend))
        outbox = Outbox(OutboxStore(engine), switchboard, backend)
        switchboard.wake_worker, switchboard.wake_outbox = workers.wake, outbox.wake
        app[ENGINE], app[STORE], app[SWITCHBOARD] = engine, store, switchboard
        app[RASA], app[BACKEND], app[LIMITER] = rasa, backend, Limiter(settings)
        app[ACCOUNTS] = AccountStore(engine, demo=settings.demo)
        await make_demo_agent(settings, engine, app[PASSWORDS], switchboard.now())
        app[CANNED] = CannedStore(engine)
        if settings.demo:
            await add_defaults(app[CANNED], switchboard.now())
        app[NEWS] = NewsStore(engine)
        app[TELLER] = Teller(app[NEWS], switchboard)
        keeper = fill_desk(app, settings)
        telegram = telegram_api.add_telegram(app)
        await workers.resume()
        loops = [asyncio.create_task(each.run()) for each in (outbox, app[TELLER], keeper)]
        if telegram:
            loops.append(asyncio.create_task(telegram.run()))
        try:
            yield
        finally:
            for loop in loops:
                await end(loop)
            if telegram:
                await telegram.stop_receiving()
            await workers.stop()
            if telegram:
                await telegram.stop()
            await engine.dispose()


async def _close_clients(app: web.Application) -> None:
    """Sockets and long polls end at once; their customers come back to the next process."""
    app[HUB].close()
    app[DESK_HUB].close()


def main(settings: Settings) -> None:
    """Migrate, then serve until stopped."""
    configure_logs(settings.log_level)
    upgrade(settings, "gateway")
    web.run_app(
        make_app(settings),
        host=settings.gateway_host,
        port=settings.gateway_port,
        print=None,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
