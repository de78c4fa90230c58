"""The time that a script begins at, and who its customer is to the shop."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.clock import clock_of
from bot.formats import SHANGHAI
from bot.gateway.desk.hours import Hours
from bot.gateway.identity import check_identity
from bot.qa.bench import bench_settings, hours_around
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


def test_closing_is_the_next_time_at_which_the_desk_is_empty(tmp_path: Path):
    settings = bench_settings(tmp_path)
    hours, now = Hours.parse(settings.desk_hours, settings.desk_days), clock_of(settings)()
    assert all(hours.is_open(now + timedelta(minutes=each)) for each in range(11 * 60))
    Outside(None, settings).set_clock("closing")  # type: ignore[arg-type]
    assert not hours.is_open(clock_of(settings)())


@pytest.mark.parametrize("at", ["2026-05-12 12:00", "2026-05-12 11:58", "2026-05-12 23:59"])
def test_the_desk_is_closed_half_a_day_later_only(at: str):
    now = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    hours = Hours.parse(hours_around(now), range(1, 8))
    closed = [each for each in range(24 * 60) if not hours.is_open(now + timedelta(minutes=each))]
    assert closed == [720, 721, 722]


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
