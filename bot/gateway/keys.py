"""What the application holds, by typed key; `app.py` fills it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.conversations.hub import Hub
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.limiter import Limiter
from bot.gateway.metrics import Metrics
from bot.gateway.rasa_client import RasaClient
from bot.gateway.switchboard import Switchboard
from bot.settings import Settings
from bot.texts import Texts


class Backend(Protocol):
    """What the gateway needs of the backend's client; errors are raised as the classes of `bot.errors`."""

    async def upload_evidence(
        self, data: bytes, mime: str, customer_ref: str, order_no: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/evidence`."""

    async def evidence(self, evidence_id: str) -> bytes:
        """`GET /v1/evidence/{evidence_id}`."""

    async def open_ticket(self, body: dict[str, Any], idempotency_key: str, proof: str | None = None) -> dict[str, Any]:
        """`POST /v1/tickets`."""

    async def demo_orders(self) -> Any:
        """`GET /v1/demo/orders`."""

    async def health(self) -> Any:
        """`GET /healthz`."""


SETTINGS = web.AppKey("SETTINGS", Settings)
ENGINE = web.AppKey("ENGINE", AsyncEngine)
STORE = web.AppKey("STORE", ConversationStore)
HUB = web.AppKey("HUB", Hub)
TEXTS = web.AppKey("TEXTS", Texts)
SWITCHBOARD = web.AppKey("SWITCHBOARD", Switchboard)
LIMITER = web.AppKey("LIMITER", Limiter)
METRICS = web.AppKey("METRICS", Metrics)
RASA = web.AppKey("RASA", RasaClient)
BACKEND: web.AppKey[Backend] = web.AppKey("BACKEND")
DIST = web.AppKey("DIST", Path)
Context = AsyncIterator[None]
