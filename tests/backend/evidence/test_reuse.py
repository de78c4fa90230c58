"""Who may use a picture again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.reuse import NEAR_BITS, Use, bits_apart, is_near, is_taken, use_key, without_secrets
from tests.backend.evidence.test_verdicts import make_reading

LOOKS = "0" * 256


def looks(bits: int) -> str:
    """A hash so many bits away from LOOKS."""
    return f"{(1 << bits) - 1:0256x}"


def bill(**changes: object) -> Reading:
    return make_reading(**{"picture_hash": LOOKS, **changes})


@pytest.mark.parametrize(
    ("first", "new", "taken"),
    [
        (("alice", None), ("alice", None), False),
        (("alice", None), ("alice", "KM1"), False),
        (("alice", "KM1"), ("alice", None), False),
        (("alice", "KM1"), ("alice", "KM1"), False),
        (("alice", "KM1"), ("alice", "KM2"), True),
        (("alice", None), ("charlie", None), True),
        (("alice", "KM1"), ("charlie", None), True),
        (("alice", "KM1"), ("charlie", "KM2"), True),
        # Both have proved to own the order, perhaps in two conversations.
        (("alice", "KM1"), ("charlie", "KM1"), False),
        # Who has proved nothing keeps it from nobody who has.
        (("alice", None), ("charlie", "KM1"), False),
    ],
)
def test_the_first_use_excludes_other_orders_and_customers(first, new, taken):
    assert is_taken(Use(*first), Use(*new)) is taken


def test_a_key_does_not_tell_the_number():
    key = use_key("secret", "transaction", "4200002966202611240527049001")
    assert key.startswith("transaction:") and "4200" not in key and len(key) <= 80
    assert key == use_key("secret", "transaction", "4200002966202611240527049001")
    assert key != use_key("other", "transaction", "4200002966202611240527049001")
    assert key != use_key("secret", "picture", "4200002966202611240527049001")


def test_bits_are_counted():
    assert [bits_apart(LOOKS, looks(bits)) for bits in (0, 1, 1024)] == [0, 1, 1024]


def test_the_same_bill_less_well_read_is_near():
    assert is_near(bill(), bill(transaction_no=None, picture_hash=looks(NEAR_BITS)))
    assert is_near(bill(transaction_no=None, merchant_no=None, amount=None), bill())


def test_what_looks_different_is_not():
    assert not is_near(bill(), bill(transaction_no=None, picture_hash=looks(NEAR_BITS + 1)))
    assert not is_near(bill(), bill(transaction_no=None, picture_hash=None))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("31.00")},
        {"merchant_no": "KM202611240002"},
        {"transaction_no": "4200002966202611240527049002"},
        {"paid_at": make_reading().paid_at + timedelta(seconds=1)},
    ],
)
def test_another_bill_of_the_same_shop_is_not(change):
    assert not is_near(bill(), bill(**change))


def test_looks_alone_are_not_enough():
    nothing = {"merchant_no": None, "paid_at": None}
    assert not is_near(bill(**nothing), bill(**nothing, transaction_no=None))


@pytest.mark.parametrize("secret", ["6222021234567890128", "11010519491231002X", "卡密ABCD-1234-EFGH-5678"])
def test_a_secret_in_a_field_is_never_kept(secret: str):
    for name in ("merchant_no", "order_no", "payee", "method"):
        assert without_secrets(replace(bill(), **{name: secret})) == replace(bill(), **{name: None})


def test_the_numbers_that_are_looked_up_are_kept():
    read = bill(order_no="KM202611240001", payee="某某数码专营店", method="招商银行(2506)")
    assert without_secrets(read) == read
