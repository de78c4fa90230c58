"""Several plays of the same script."""

from bot.qa.flakes import Plays, flakes_of
from bot.qa.report import flake_lines
from tests.qa.dialogs import result

GOOD, BAD = result(name="a"), result(name="a", failure=("- utter_here",))
PLACE = "tests/conversations/some.yml::"


def test_a_script_that_passes_sometimes_is_a_flake_and_one_that_never_passes_is_broken():
    found = flakes_of([GOOD, BAD, GOOD, result(name="b"), result(name="c", failure=("- x",))])
    assert found == [Plays(f"{PLACE}a", 3, 2), Plays(f"{PLACE}b", 1, 1), Plays(f"{PLACE}c", 1, 0)]
    assert [each.is_flake for each in found] == [True, False, False]


def test_the_rate_is_that_of_the_scripts():
    lines = flake_lines([GOOD, BAD, result(name="c", failure=("- x",))])
    assert lines == [
        f"flake  {PLACE}a: passed 1 of 2",
        f"broken {PLACE}c: passed 0 of 1",
        "flake rate 50.0%: 1 of 2 scripts, 3 plays",
    ]
    assert flake_lines([GOOD, GOOD]) == ["flake rate 0.0%: 0 of 1 scripts, 2 plays"]
