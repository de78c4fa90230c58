"""What the application holds, by typed key; `app.py` fills it."""

import asyncio
from pathlib import Path

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.backend.client import BackendClient
from bot.gateway.conversations.hub import Hub
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.limiter import Limiter
from bot.gateway.metrics import Metrics
from bot.gateway.news.store import NewsStore
from bot.gateway.news.worker import Teller
from bot.gateway.rasa_client import RasaClient
from bot.gateway.switchboard import Switchboard
from bot.settings import Settings
from bot.texts import Texts

SETTINGS = web.AppKey("SETTINGS", Settings)
ENGINE = web.AppKey("ENGINE", AsyncEngine)
STORE = web.AppKey("STORE", ConversationStore)
HUB = web.AppKey("HUB", Hub)
TEXTS = web.AppKey("TEXTS", Texts)
SWITCHBOARD = web.AppKey("SWITCHBOARD", Switchboard)
LIMITER = web.AppKey("LIMITER", Limiter)
METRICS = web.AppKey("METRICS", Metrics)
RASA = web.AppKey("RASA", RasaClient)
UPLOADS = web.AppKey("UPLOADS", asyncio.Semaphore)
BACKEND = web.AppKey("BACKEND", BackendClient)
NEWS = web.AppKey("NEWS", NewsStore)
TELLER = web.AppKey("TELLER", Teller)
DIST = web.AppKey("DIST", Path)
