"""A backend that delivers to a gateway on a free port."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer, unused_port

from bot.settings import Settings
from tests.backend.conftest import make_settings
from tests.backend.events.receiver import Receiver


@pytest.fixture
def gateway_port() -> int:
    return unused_port()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, gateway_port: int) -> Settings:
    return make_settings(tmp_path, backend_database_url=database_url, gateway_url=f"http://127.0.0.1:{gateway_port}/")


@pytest.fixture
async def receiver(settings: Settings, gateway_port: int) -> AsyncIterator[Receiver]:
    found = Receiver(settings.derived_key("events"))
    async with TestServer(found.make_app(), port=gateway_port):
        yield found
