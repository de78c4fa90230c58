"""A whole gateway whose bot talks to a Bot API server of the test."""

from collections.abc import AsyncIterator

import pytest

from bot.gateway.channels.telegram.api import PACE
from bot.gateway.channels.telegram.inbox import Pace
from bot.qa.bot_api import TOKEN
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.telegram.forum_api import ForumApi

QUICK_PACE = Pace(album=0.3, pause=0.02, files=(0.01, 0.01), sender=(0.02,))


@pytest.fixture
async def api() -> AsyncIterator[ForumApi]:
    async with ForumApi() as server:
        yield server
        assert server.wrong == []


@pytest.fixture
def settings(settings: Settings, api: ForumApi) -> Settings:
    settings.telegram_token = type(settings.secret_key)(TOKEN)
    settings.telegram_api_url = api.url
    settings.public_url = "https://helpdesk.example"
    return settings


def make_gateway(settings: Settings, rasa: FakeRasa) -> Gateway:
    """Not started yet."""
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    gateway = Gateway(settings)
    gateway.app[PACE] = QUICK_PACE
    return gateway


@pytest.fixture
async def gateway(settings: Settings, rasa: FakeRasa, backend: FakeBackendServer) -> AsyncIterator[Gateway]:
    async with make_gateway(settings, rasa) as gateway:
        yield gateway
