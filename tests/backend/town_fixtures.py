"""A backend that a shop may tell of changes, and a gateway for what comes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

from bot.settings import Settings
from tests.backend.changes.shop import SECRET
from tests.backend.conftest import make_settings
from tests.backend.events.receiver import Receiver
from tests.backend.factories import add_order


@pytest.fixture
def gateway_port() -> int:
    return unused_port()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, gateway_port: int) -> Settings:
    return make_settings(
        tmp_path, backend_database_url=database_url, gateway_url=f"http://127.0.0.1:{gateway_port}",
        shop_webhook_secret=SECRET,
    )  # fmt: skip


@pytest.fixture
async def receiver(settings: Settings, gateway_port: int) -> AsyncIterator[Receiver]:
    found = Receiver(settings.derived_key("events"))
    async with TestServer(found.make_app(), port=gateway_port):
        yield found


@pytest.fixture
async def client(backend_client: TestClient) -> TestClient:
    """With an order that is on its way."""
    await add_order(backend_client)
    return backend_client
