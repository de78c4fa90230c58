"""Whatever words a picture holds, a field is of its type or unknown."""

import re
from datetime import UTC
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.backend.evidence.reading.labels import LABELS
from bot.backend.evidence.reading.model import Kind, Reading, Word, reading_from_json
from bot.backend.evidence.reading.parsing import reading_from_text, reading_from_words
from bot.backend.payments.numbers import date_in_number

TEXTS = st.one_of(
    st.sampled_from(sorted(LABELS)),
    st.sampled_from(
        ["支付成功", "交易成功", "支付失败", "复制", "-5.00", "9:41", "¥", "已退款(￥3.00)", "2026年6月25日"]
    ),
    st.from_regex(r"\A[0-9O]{1,34}\Z"),
    st.from_regex(r"\A(42|10)\d{8}20[0-3]\d[01]\d[0-3]\d{11}\Z"),
    st.from_regex(r"\A-?[\d,.]{1,9}\.\d{1,3}\Z"),
    st.from_regex(r"\A20\d\d[-年]\d{1,2}[-月]\d{1,2}日? ?\d{1,2}:\d\d(:\d\d)?\Z"),
    st.text(max_size=40),
)
NUMBERS = st.floats(0, 3000, allow_nan=False)
WORDS = st.lists(
    st.builds(Word, TEXTS, NUMBERS, NUMBERS, st.floats(1, 900), st.floats(1, 90), st.floats(0, 1)), max_size=40
)


def check(read: Reading) -> None:
    if read.kind is Kind.NOT_A_BILL:
        assert read == Reading(kind=Kind.NOT_A_BILL)
    if read.amount is not None:
        assert isinstance(read.amount, Decimal) and read.amount > 0
        assert read.amount == read.amount.quantize(Decimal("0.01"))
    assert read.paid_at is None or read.paid_at.tzinfo is UTC
    assert read.transaction_no is None or (len(read.transaction_no) == 28 and date_in_number(read.transaction_no))
    for number in (read.merchant_no, read.order_no):
        assert number is None or re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", number)
    for name in (read.payee, read.method):
        assert name is None or not re.search(r"\d{5}", name)
    assert reading_from_json({**read.to_json(), "method": read.method}) == read


@settings(max_examples=400, deadline=None)
@given(WORDS)
def test_random_words_never_give_a_field_of_a_wrong_type(words: list[Word]):
    check(reading_from_words(words))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=400), st.lists(TEXTS, max_size=30).map("\n".join)))
def test_random_text_neither(text: str):
    check(reading_from_text(text))
