from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.tickets.model import Priority
from bot.backend.tickets.priority import pressure_of, priority_of

DAY = timedelta(hours=24)
RANKS = list(Priority)


def priority(base="normal", amount="30.00", waited=timedelta(0), repeats=0, broken=0) -> Priority:
    known = Decimal(amount) if amount else None
    return priority_of(Priority(base), pressure_of(known, waited, DAY, repeats, broken))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "normal"),
        ({"base": "low"}, "low"),
        ({"base": "urgent"}, "urgent"),
        ({"amount": None}, "normal"),
        ({"amount": "499.99"}, "normal"),
        ({"amount": "500.00"}, "high"),
        ({"waited": DAY - timedelta(seconds=1)}, "normal"),
        ({"waited": DAY}, "high"),
        ({"repeats": 1}, "normal"),
        ({"repeats": 2}, "high"),
        ({"broken": 1}, "high"),
        ({"broken": 1, "waited": DAY}, "urgent"),
        ({"base": "low", "broken": 1}, "normal"),
        ({"base": "low", "broken": 3}, "urgent"),
        ({"amount": "100.00", "waited": DAY / 2}, "high"),
        ({"amount": "500.00", "repeats": 2}, "urgent"),
        ({"amount": "100.00", "repeats": 1}, "high"),
    ],
)
def test_the_factors_lift_a_case(facts, expected):
    assert priority(**facts) == expected


amounts = st.none() | st.decimals(Decimal(0), Decimal(5000), places=2)
facts = st.tuples(amounts, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 9), st.integers(0, 9))


@given(st.sampled_from(Priority), facts, facts)
def test_more_of_anything_never_makes_a_case_less_urgent(base, first, second):
    def rank(values) -> int:
        amount, waited, repeats, broken = values
        return RANKS.index(priority_of(base, pressure_of(amount, waited, DAY, repeats, broken)))

    more = (
        max(first[0] or Decimal(0), second[0] or Decimal(0)), max(first[1], second[1]), max(first[2], second[2]),
        max(first[3], second[3]),
    )  # fmt: skip
    assert rank(more) >= max(rank(first), rank(second))
    assert rank(first) >= RANKS.index(base)


def test_without_a_promised_time_every_wait_is_the_whole_of_it():
    assert pressure_of(None, timedelta(0), timedelta(0), 0, 0) == 2
