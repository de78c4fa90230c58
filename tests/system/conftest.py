"""A town with customers around the one helpdesk of the test run."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.ops.stack import Stack
from tests.system.people import Town, open_town


@pytest_asyncio.fixture
async def town(helpdesk: Stack) -> AsyncIterator[Town]:
    async with open_town(helpdesk) as found:
        yield found
        await found.repair()
