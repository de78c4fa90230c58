"""The time that a script begins at, and who its customer is to the shop."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.clock import clock_of
from bot.gateway.identity import check_identity
from bot.qa.bench import bench_settings
from bot.qa.outside import Outside, moment_of

NOW = datetime(2026, 5, 12, 15, 0, tzinfo=UTC)  # 23:00 in China


@pytest.mark.parametrize(
    ("wanted", "moment"),
    [
        ("23:30", datetime(2026, 5, 12, 15, 30, tzinfo=UTC)),
        ("22:30", datetime(2026, 5, 13, 14, 30, tzinfo=UTC)),
        ("23:00", datetime(2026, 5, 13, 15, 0, tzinfo=UTC)),
        ("2026-05-14 08:00", datetime(2026, 5, 14, 0, 0, tzinfo=UTC)),
    ],
)
def test_an_hour_is_the_next_one_in_china(wanted: str, moment: datetime):
    assert moment_of(wanted, NOW) == moment


def test_the_clock_never_goes_back():
    with pytest.raises(ValueError, match="the clock only goes forward: 2026-05-12 22:59 is over"):
        moment_of("2026-05-12 22:59", NOW)


async def test_the_signed_customer_is_one_to_the_gateway_also_in_another_time(tmp_path: Path):
    settings = bench_settings(tmp_path)
    clock = clock_of(settings)
    before = clock()
    async with aiohttp.ClientSession() as session:
        outside = Outside(session, settings)
        outside.set_clock("+2d")
        assert clock() - before >= timedelta(days=2)
        found = outside.signed_identity("demo-7")
    assert check_identity(settings.identity_secret.get_secret_value(), now=clock(), **found) == "demo-7"
