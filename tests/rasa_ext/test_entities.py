"""Entities in made messages: at least 99.5 % exact in every kind, and no order number where there is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasa_ext.numbers import find_all
from tools.entities.cases import KINDS, NOW, Case
from tools.entities.measure import PER_KIND, SEED, WITHOUT, cases, is_exact
from tools.entities.numbers import ORDERS, PAYMENTS, has_reference, noisy
from tools.entities.plain import texts_without

EXACT = 0.995


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_exactly(kind: str):
    failed = [case.text for case in cases(kind) if not is_exact(case)]
    assert len(failed) <= (1 - EXACT) * PER_KIND, failed


def test_the_sample_is_large_and_made_messages_differ():
    made = [case.text for kind in KINDS for case in cases(kind)]
    assert len(made) >= 4000
    assert len(set(made)) > len(made) / 2


def test_no_number_of_an_order_is_seen_where_there_is_none():
    assert [text for text in texts_without(SEED, WITHOUT) if has_reference(text)] == []


@given(st.integers(), st.sampled_from([*ORDERS.values(), *PAYMENTS.values()]))
def test_a_number_alone_is_found_however_it_is_written(seed: int, make):
    chance = random.Random(seed)
    value = make(chance)
    if value.startswith("TK"):  # the form of a ticket
        return
    for written in (value, value.lower(), noisy(chance, value, letters_inside=True)):
        assert value in {each.value for each in find_all(written)}


@given(st.integers(), st.sampled_from(sorted(KINDS)))
def test_what_is_found_stands_in_the_text_in_order(seed: int, kind: str):
    text = next(KINDS[kind](random.Random(seed))).text
    found = [each for each in find_all(text) if each.kind not in ("payment_channel", "product_line")]
    ends = [0, *(each.end for each in found)]
    assert all(end <= each.start < each.end <= len(text) for end, each in zip(ends, found, strict=False))


@given(st.text(alphabet="0123456789kKmMDxX*年月日号點块元¥.,:- \n　尾後四位订单０１２ab", max_size=60))
def test_any_mixture_is_read_without_error(text: str):
    for each in find_all(text):
        assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KM202405120001 2024-05-12 付的", {("order_no", "KM202405120001")}),
        ("KM202405120001 20240512", {("order_no", "KM202405120001")}),
        ("order no. DJ2026030112 0000123456", {("order_no", "DJ20260301120000123456")}),
        ("1586 8510 492 228101461", {("phone", "15868510492")}),
        ("30块5", {("amount", "30.50")}),
        ("微信付的，50.00元，还没到", {("payment_channel", "wechat"), ("amount", "50.00")}),
        ("1，250元", {("amount", "1250.00")}),
        ("30块5个", {("amount", "30.00")}),
        ("用Visa付的", {("payment_channel", "bank")}),
        ("138****8000", {("phone_tail", "8000")}),
    ],
)
def test_what_stands_beside_a_number_is_no_part_of_it(text: str, found: set[tuple[str, str]]):
    assert {(each.kind, each.value) for each in find_all(text)} == found


@pytest.mark.parametrize(
    "text", ["30块或者50块", "30还是50块", "三十块还是五十块", "¥30或¥50", "30 or 50 yuan", "微信还是支付宝"]
)
def test_this_or_that_is_left_out(text: str):
    assert find_all(text) == []


def test_two_sums_that_are_no_choice_are_both_read():
    assert [each.value for each in find_all("要充50块结果充了500块")] == ["50.00", "500.00"]


def test_a_case_that_is_read_otherwise_is_not_exact():
    assert not is_exact(Case("order_no", "KM202405120001", frozenset({("order_no", "KM202405120002")})))
    assert not is_exact(Case("time", "昨天", moment=NOW.isoformat()))
    assert is_exact(Case("time", "刚刚", moment=NOW.isoformat()))
