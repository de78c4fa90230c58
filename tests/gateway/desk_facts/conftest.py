"""A gateway with a real backend."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.migrate import upgrade
from bot.settings import Settings
from tests.backend.conftest import make_settings
from tests.fakes import FakeRasa
from tests.gateway.desks import Clock
from tests.gateway.gateways import Gateway
from tests.gateway.shops import Shop, open_shop


@pytest.fixture(scope="session")
def backend_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backend-template")
    upgrade(make_settings(folder), "backend")
    return folder / "backend.db"


@pytest.fixture
async def shop(settings: Settings, backend_template: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    async with open_shop(settings, backend_template, folder) as shop:
        yield shop


@pytest.fixture
async def gateway(settings: Settings, rasa: FakeRasa, shop: Shop) -> AsyncIterator[Gateway]:
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    async with Gateway(settings) as gateway:
        Clock(gateway)
        yield gateway
