"""A backend that reads pictures with a process of the tests."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.backend.app import make_app
from bot.backend.evidence.readings import MAKE_READER
from bot.backend.http import CLOCK
from bot.settings import Settings
from tests.backend.conftest import Clock
from tests.backend.evidence.reading import Pictures, make_reader


@pytest.fixture
async def reading_client(settings: Settings, clock: Clock) -> AsyncIterator[TestClient]:
    settings.evidence_reading = True
    app = make_app(settings)
    app[CLOCK] = clock
    app[MAKE_READER] = make_reader
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    async with TestClient(TestServer(app), headers=headers) as client:
        yield client


@pytest.fixture
def pictures(reading_client: TestClient) -> Pictures:
    return Pictures(reading_client)
