"""When a run takes a second helpdesk."""

from dataclasses import replace
from pathlib import Path

from bot.qa.model import Act, Script, Turn
from bot.qa.ports import free_ports
from bot.qa.running import Run, wants_two
from tests.qa.dialogs import script
from tests.qa.test_main import NAMES

PLAIN = script()
ALONE = replace(PLAIN, turns=(Turn(4, Act("clock", "+1h"), None),))


def run_of(alone: int, others: int, **options: object) -> Run:
    scripts: list[Script] = [ALONE] * alone + [PLAIN] * others
    return Run(scripts, Path("model"), NAMES, **options)  # type: ignore[arg-type]


def test_many_scripts_of_both_kinds_are_played_side_by_side():
    assert wants_two(run_of(3, 20))
    assert wants_two(run_of(1, 7, repeat=3))


def test_few_scripts_of_one_kind_are_not_worth_it():
    assert not wants_two(run_of(2, 50))
    assert not wants_two(run_of(50, 2))
    assert not wants_two(run_of(0, 100))


def test_a_run_that_ends_at_the_first_failure_has_one_helpdesk():
    assert not wants_two(run_of(3, 20, stop_at_first=True))


def test_no_port_is_given_twice():
    ports = free_ports(50) + free_ports(50)
    assert len(set(ports)) == 100
