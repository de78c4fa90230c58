"""A real order backend behind a gateway, with customers who have orders there."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.backend.app import make_app
from bot.backend.changes.store import watch
from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.gateway.keys import BACKEND
from bot.settings import Settings
from tests.backend.conftest import Clock, make_settings
from tests.backend.factories import add_order, make_order
from tests.backend.tickets.desk import make_report, prove, send
from tests.gateway.desks import NOW
from tests.gateway.gateways import Customer, Gateway

Json = dict[str, Any]


class Shop:
    """The backend of a test; `client` talks to it directly."""

    def __init__(self, client: TestClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock

    async def add_order(self, order_no: str, customer: Customer | None = None, **fields: Any) -> str:
        """An order, which that customer has proved in their conversation."""
        secret = fields.pop("card_secret", None)
        await add_order(self.client, order_no, record=make_order(order_no, **fields), card_secret=secret)
        if customer:
            async with self.client.app[DATABASE].begin() as connection:
                await watch(connection, order_no, customer.conversation_id, NOW)
        return order_no

    async def report(self, order_no: str, customer: Customer, **fields: Any) -> str:
        """A ticket of that customer; its number."""
        who = customer.conversation_id
        proof = await prove(self.client, who, order_no)
        body = make_report(order_no=order_no, customer_ref=who, conversation_id=who, **fields)
        status, opened = await send(self.client, "POST", "/v1/tickets", body, f"{who}:{order_no}", proof)
        assert status == 201, opened
        return str(opened["ticket_no"])


@asynccontextmanager
async def open_shop(gateway_settings: Settings, template: Path, folder: Path) -> AsyncIterator[Shop]:
    """A backend that shares the gateway's secret; the gateway reaches it from now on."""
    shutil.copy(template, folder / "backend.db")
    secret = gateway_settings.secret_key.get_secret_value()
    settings = make_settings(folder, secret_key=secret, evidence_reading=False)
    app, clock = make_app(settings, workers=False), Clock()
    clock.now = NOW
    app[CLOCK] = clock
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    async with TestClient(TestServer(app), headers=headers) as client:
        assert client.port is not None
        gateway_settings.backend_port, gateway_settings.backend_url = client.port, f"http://127.0.0.1:{client.port}"
        yield Shop(client, clock)


async def without_backend(gateway: Gateway) -> None:
    """The backend is away from now on; no time is lost with trying again."""
    gateway.app[BACKEND]._base_url = "http://127.0.0.1:9"
