"""A demo's time can be moved for all processes at once; a real helpdesk's cannot."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import FILE, clock_of, move_clock, utc_now
from bot.settings import Settings

SECOND = timedelta(seconds=1)


def settings_in(folder: Path, demo: bool = True) -> Settings:
    return Settings(_env_file=None, demo=demo, var_dir=folder)


def ahead(settings: Settings) -> timedelta:
    return clock_of(settings)() - utc_now()


def test_it_is_the_real_time_until_it_is_moved(tmp_path: Path):
    assert abs(ahead(settings_in(tmp_path))) < SECOND


def test_a_clock_made_before_hears_of_every_move(tmp_path: Path):
    settings = settings_in(tmp_path)
    clock = clock_of(settings)
    assert move_clock(settings, timedelta(hours=3)) == timedelta(hours=3)
    assert abs(clock() - utc_now() - timedelta(hours=3)) < SECOND
    assert move_clock(settings, timedelta(minutes=30)) == timedelta(hours=3, minutes=30)
    assert abs(clock() - utc_now() - timedelta(hours=3, minutes=30)) < SECOND
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_it_does_not_move_outside_the_demo(tmp_path: Path):
    move_clock(settings_in(tmp_path), timedelta(hours=3))
    assert abs(ahead(settings_in(tmp_path, demo=False))) < SECOND


@pytest.mark.parametrize("content", ["", "soon", "nan", "1e400", "1e300"])
def test_a_file_that_cannot_be_read_moves_nothing(tmp_path: Path, content: str):
    (tmp_path / FILE).write_text(content)
    assert abs(ahead(settings_in(tmp_path))) < SECOND
