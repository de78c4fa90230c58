"""The rules of factors, tries and padding."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.ownership.model import (
    Factor,
    Limits,
    digest_of,
    factor_fits,
    normalize_factor,
    padded_seconds,
    token_hash,
)
from tests.backend.conftest import NOW

ORDER_NO = "KM202405120001"


@pytest.mark.parametrize(
    ("factor", "typed", "kept"),
    [
        (Factor.PHONE_TAIL, "8000", "8000"),
        (Factor.PHONE_TAIL, "138 0013-8000", "8000"),
        (Factor.PHONE_TAIL, "８０００", "8000"),
        (Factor.PHONE_TAIL, "800", ""),
        (Factor.CONTACT, " Alice@Example.COM ", "alice@example.com"),
        (Factor.QUERY_PASSWORD, "PassWord 1", "PassWord 1"),
        (Factor.IDENTITY, "user-Alice", "user-Alice"),
    ],
)
def test_a_factor_is_compared_in_one_spelling(factor: Factor, typed: str, kept: str):
    assert normalize_factor(factor, typed) == kept


def test_a_factor_fits_only_its_own_order_kind_and_key():
    stored = digest_of("key", ORDER_NO, Factor.PHONE_TAIL, "8000")
    assert factor_fits("key", ORDER_NO, Factor.PHONE_TAIL, "13800138000", stored)
    assert not factor_fits("key", ORDER_NO, Factor.PHONE_TAIL, "8001", stored)
    assert not factor_fits("key", "KM202405120002", Factor.PHONE_TAIL, "8000", stored)
    assert not factor_fits("key", ORDER_NO, Factor.CONTACT, "8000", stored)
    assert not factor_fits("other", ORDER_NO, Factor.PHONE_TAIL, "8000", stored)
    assert not factor_fits("key", ORDER_NO, Factor.PHONE_TAIL, "8000", None)


@pytest.mark.parametrize("factor", list(Factor))
def test_an_empty_factor_never_fits_even_if_one_was_stored(factor: Factor):
    assert not factor_fits("key", ORDER_NO, factor, "  ", digest_of("key", ORDER_NO, factor, ""))


@given(st.sampled_from(Factor), st.text(max_size=50))
def test_what_is_stored_shows_nothing_of_the_factor(factor: Factor, value: str):
    digest = digest_of("key", ORDER_NO, factor, value)
    assert len(digest) == 64
    assert len(value) < 4 or value not in digest


def test_a_strange_token_has_a_hash_too():
    assert len(token_hash("\udcff\x00")) == 64


@given(st.floats(0, 60), st.floats(0.01, 2))
def test_an_answer_takes_a_whole_multiple_of_the_floor(elapsed: float, floor: float):
    pause = padded_seconds(elapsed, floor)
    assert 0 < pause <= floor
    multiple = (elapsed + pause) / floor
    assert abs(multiple - round(multiple)) < 1e-6


def test_without_a_floor_nothing_is_waited_for():
    assert padded_seconds(0.3, 0) == 0


def test_a_lock_ends_after_its_time():
    limits = Limits(3, 40, timedelta(minutes=30))
    assert limits.retry_after(NOW, NOW) == 1800
    assert limits.retry_after(NOW, NOW + timedelta(seconds=1799, milliseconds=500)) == 1
    assert limits.forgotten_before(NOW) == NOW - timedelta(minutes=30)
