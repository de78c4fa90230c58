"""What of a customer's data a chat may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.orders.masks import mask_number, mask_target


@pytest.mark.parametrize(
    ("target", "masked"),
    [
        ("13800138000", "138****8000"),
        ("alice@example.com", "a****@example.com"),
        ("1000200101", "100****01"),
        ("12345", "1****"),
        ("", ""),
    ],
)
def test_a_target_is_masked(target: str, masked: str):
    assert mask_target(target) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("4200002966202510230090527049", "4200****7049"),
        ("12345678", "12****78"),
        ("123", "****"),
        (None, None),
        ("", None),
    ],
)
def test_a_payment_number_is_masked(number: str | None, masked: str | None):
    assert mask_number(number) == masked


@given(st.text(alphabet="0123456789", min_size=1, max_size=40))
def test_a_mask_hides_at_least_a_third(digits: str):
    for mask in (mask_target, mask_number):
        shown = sum(each.isdigit() for each in mask(digits))
        assert shown <= len(digits) * 2 / 3
