from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.payments.model import (
    CHARGED,
    CLOCK_SKEW,
    CONFIRMED,
    KEPT,
    Claim,
    Finding,
    PaymentRecord,
    PaymentState,
    Tolerance,
    Verdict,
    check_claim,
    fits_amount,
)
from bot.backend.payments.numbers import Channel, channel_of_number, date_in_number, same_form
from bot.backend.payments.summary import evidence_from
from tests.backend.payments.making import (
    ALIPAY_NO,
    NOW,
    ORDER_NO,
    OTHER_ORDER_NO,
    OTHER_WECHAT_NO,
    PAID_AT,
    WECHAT_NO,
    make_claim,
    make_record,
)


def check(claim: Claim, *records: PaymentRecord, **options) -> Finding:
    return check_claim(claim, records, NOW, **options)


def test_number_amount_and_time_that_fit_the_record_are_matched():
    record = make_record()
    assert check(make_claim(), record) == Finding(Verdict.MATCHED, record)


def test_without_a_record_the_same_claim_is_only_claimed():
    assert check(make_claim()) == Finding(Verdict.CLAIMED)


@pytest.mark.parametrize("field", ["transaction_no", "merchant_no"])
def test_either_number_finds_the_record_in_either_field(field):
    for number in (WECHAT_NO, "2026112412000012345"):
        claim = make_claim(**{"transaction_no": None, "merchant_no": None, field: number})
        assert check(claim, make_record(merchant_no="2026112412000012345")).verdict is Verdict.MATCHED


def test_the_order_number_on_the_bill_finds_the_record():
    claim = make_claim(transaction_no=None, merchant_no=ORDER_NO)
    assert check(claim, make_record(merchant_no="2026112412000012345")).verdict is Verdict.MATCHED


def test_another_amount_is_a_conflict():
    assert check(make_claim(amount=Decimal("30.01")), make_record()).mismatches == ("amount",)


def test_a_difference_within_the_tolerance_is_not():
    tolerance = Tolerance(amount=Decimal("0.10"))
    assert check(make_claim(amount=Decimal("30.10")), make_record(), tolerance=tolerance).verdict is Verdict.MATCHED
    assert check(make_claim(amount=Decimal("30.11")), make_record(), tolerance=tolerance).verdict is Verdict.CONFLICT


HUB_NO = "2026112412000012345"  # a payment hub's own number stands on the bill as the merchant's


@pytest.mark.parametrize(("amount", "fits"), [("30.10", True), ("29.90", True), ("30.11", False), ("29.89", False)])
def test_behind_a_payment_hub_random_cents_are_no_conflict(amount, fits):
    claim = make_claim(merchant_no=HUB_NO, amount=Decimal(amount))
    finding = check(claim, make_record(merchant_no=HUB_NO))
    assert (finding.verdict, finding.mismatches) == ((Verdict.MATCHED, ()) if fits else (Verdict.CONFLICT, ("amount",)))


def test_a_claim_alone_does_not_make_a_payment_one_of_a_hub():
    claim = make_claim(merchant_no=HUB_NO, amount=Decimal("30.05"))
    assert check(claim, make_record()).mismatches == ("amount",)


def test_a_hubs_own_number_does_not_contradict_the_channels_on_the_bill():
    by_hub = make_record(transaction_no=HUB_NO, merchant_no=None)
    assert check(make_claim(), by_hub).verdict is Verdict.CLAIMED
    assert check(make_claim(merchant_no=HUB_NO), by_hub).verdict is Verdict.MATCHED


def test_the_bill_may_show_the_sum_with_cents_that_the_payment_system_added():
    record = make_record(bill_amount=Decimal("30.07"))
    assert check(make_claim(amount=Decimal("30.07")), record).verdict is Verdict.MATCHED
    assert check(make_claim(amount=Decimal("30.00")), record).verdict is Verdict.MATCHED


def test_with_a_known_bill_amount_nothing_between_is_accepted():
    record = make_record(bill_amount=Decimal("30.07"))
    finding = check(make_claim(amount=Decimal("30.05")), record, tolerance=Tolerance(amount=Decimal("0.10")))
    assert finding.mismatches == ("amount",)


@pytest.mark.parametrize("minutes", [-30, 0, 30])
def test_the_time_may_be_half_an_hour_off(minutes):
    record = make_record(paid_at=NOW - timedelta(hours=1))
    claim = make_claim(paid_at=record.paid_at + timedelta(minutes=minutes))
    assert check(claim, record).verdict is Verdict.MATCHED


@pytest.mark.parametrize("minutes", [-31, 31])
def test_a_time_further_off_is_a_conflict(minutes):
    record = make_record(paid_at=NOW - timedelta(hours=1))
    claim = make_claim(paid_at=record.paid_at + timedelta(minutes=minutes))
    assert check(claim, record).mismatches == ("paid_at",)


def test_times_are_compared_as_moments_not_as_clock_readings():
    claim = make_claim(paid_at=datetime.fromisoformat("2026-11-24T12:00:00+08:00"))
    assert check(claim, make_record()).verdict is Verdict.MATCHED


def test_a_date_in_the_future_is_a_conflict():
    assert check(make_claim(paid_at=NOW + timedelta(hours=1))).mismatches == ("paid_at",)


def test_a_clock_a_little_ahead_is_not():
    assert check(make_claim(paid_at=NOW + CLOCK_SKEW)).verdict is Verdict.CLAIMED


def test_a_number_with_another_date_than_the_claim_is_a_conflict():
    claim = make_claim(transaction_no="4200002966202611200527049001")
    assert check(claim).mismatches == ("paid_at",)


def test_a_number_of_the_day_before_is_not():
    assert check(make_claim(transaction_no="4200002966202611230527049001")).verdict is Verdict.CLAIMED


def test_a_wechat_number_for_an_alipay_payment_is_a_conflict():
    assert check(make_claim(channel=Channel.ALIPAY)).mismatches == ("channel",)


@pytest.mark.parametrize("channel", [Channel.BANK, Channel.BALANCE, Channel.OTHER, Channel.WECHAT, None])
def test_a_card_or_the_wallet_may_stand_behind_wechat(channel):
    assert check(make_claim(channel=channel), make_record()).verdict is Verdict.MATCHED


def test_alipay_is_not_wechat():
    claim = make_claim(channel=Channel.ALIPAY, transaction_no=None, merchant_no=ORDER_NO)
    assert check(claim, make_record()).mismatches == ("channel",)


def test_a_number_of_another_order_is_a_conflict():
    record = make_record(order_no=OTHER_ORDER_NO, merchant_no=OTHER_ORDER_NO)
    assert check(make_claim(), record).mismatches == ("transaction_no",)


def test_of_a_payment_for_another_order_nothing_else_is_compared():
    record = make_record(order_no=OTHER_ORDER_NO, merchant_no=OTHER_ORDER_NO)
    wrong = make_claim(amount=Decimal("1.00"), paid_at=PAID_AT - timedelta(hours=9))
    assert check(wrong, record).mismatches == ("transaction_no",)


def test_a_lost_order_is_known_by_its_merchant_number():
    record = make_record(order_no=None, merchant_no=OTHER_ORDER_NO)
    assert check(make_claim(), record).mismatches == ("transaction_no",)
    assert check(make_claim(order_no=OTHER_ORDER_NO), record).verdict is Verdict.MATCHED


def test_a_merchant_number_of_the_payment_system_does_not_name_another_order():
    record = make_record(order_no=None, merchant_no="2026112412000012345")
    assert check(make_claim(), record).verdict is Verdict.MATCHED


def test_a_merchant_number_that_is_another_order_of_the_shop_is_a_conflict():
    claim = make_claim(transaction_no=None, merchant_no=OTHER_ORDER_NO)
    assert check(claim).mismatches == ("merchant_no",)


def test_an_unknown_merchant_number_of_another_form_is_only_claimed():
    claim = make_claim(transaction_no=None, merchant_no="2026112412000099999")
    assert check(claim, make_record()).verdict is Verdict.CLAIMED


def test_another_transaction_number_than_the_one_that_paid_is_a_conflict():
    assert check(make_claim(transaction_no=OTHER_WECHAT_NO), make_record()).mismatches == ("transaction_no",)


def test_a_second_number_through_another_channel_may_be_a_second_payment():
    claim = make_claim(transaction_no=ALIPAY_NO, channel=Channel.ALIPAY)
    assert check(claim, make_record()).verdict is Verdict.CLAIMED


def test_a_right_merchant_number_with_a_wrong_transaction_number_is_a_conflict():
    claim = make_claim(transaction_no=OTHER_WECHAT_NO, merchant_no=ORDER_NO)
    assert check(claim, make_record()).mismatches == ("transaction_no",)


def test_an_amount_that_no_record_of_the_order_has_is_a_conflict():
    record = make_record(state=PaymentState.UNPAID, transaction_no=None, paid_at=None)
    assert check(make_claim(amount=Decimal("50.00")), record).mismatches == ("amount",)
    assert check(make_claim(), record).verdict is Verdict.CLAIMED


def test_a_number_claimed_for_another_order_is_a_conflict():
    others = [make_claim(order_no=OTHER_ORDER_NO)]
    assert check(make_claim(), other_claims=others).mismatches == ("transaction_no",)


def test_a_number_claimed_twice_for_the_same_order_is_not():
    assert check(make_claim(), other_claims=[make_claim()]).verdict is Verdict.CLAIMED


def test_nobody_can_spoil_a_recorded_payment_by_claiming_its_number():
    others = [make_claim(order_no=OTHER_ORDER_NO)]
    assert check(make_claim(), make_record(), other_claims=others).verdict is Verdict.MATCHED


def test_a_payment_of_no_order_serves_one_order_only():
    record = make_record(order_no=None, merchant_no=None)
    others = [make_claim(order_no=OTHER_ORDER_NO)]
    assert check(make_claim(), record).verdict is Verdict.MATCHED
    assert check(make_claim(), record, other_claims=others).mismatches == ("transaction_no",)


@pytest.mark.parametrize("state", sorted(set(PaymentState) - CONFIRMED))
def test_a_record_that_no_money_moved_does_not_confirm_a_claim(state):
    assert check(make_claim(), make_record(state=state, paid_at=None)).verdict is Verdict.CLAIMED


@pytest.mark.parametrize("state", sorted(CONFIRMED))
def test_a_record_that_money_moved_does(state):
    assert check(make_claim(), make_record(state=state)).verdict is Verdict.MATCHED


def test_it_says_what_is_missing():
    assert check(Claim(order_no=ORDER_NO)).missing == ("number", "amount", "paid_at")


def test_the_time_is_not_needed_when_the_record_has_it():
    assert check(make_claim(paid_at=None), make_record()).verdict is Verdict.MATCHED
    assert check(make_claim(paid_at=None)).missing == ("paid_at",)


def test_the_amount_is_always_needed():
    assert check(make_claim(amount=None), make_record()).missing == ("amount",)


def test_what_is_wrong_counts_before_what_is_missing():
    finding = check(make_claim(amount=None, paid_at=NOW + timedelta(days=1)))
    assert (finding.verdict, finding.mismatches, finding.missing) == (Verdict.CONFLICT, ("paid_at",), ())


def test_an_amount_of_nothing_is_a_conflict():
    assert check(make_claim(amount=Decimal(0))).mismatches == ("amount",)


def test_of_several_payments_under_one_number_the_one_with_the_amount_is_meant():
    failed = make_record(transaction_no=None, state=PaymentState.FAILED, amount=Decimal("99.00"), paid_at=None)
    claim = make_claim(transaction_no=None, merchant_no=ORDER_NO)
    assert check(claim, failed, make_record()) == Finding(Verdict.MATCHED, make_record())


amounts = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)
numbers = st.sampled_from(
    [None, WECHAT_NO, OTHER_WECHAT_NO, ALIPAY_NO, ORDER_NO, OTHER_ORDER_NO, "2026112412000012345"]
)
times = st.none() | st.integers(-3000, 3000).map(lambda minutes: NOW + timedelta(minutes=minutes))
order_numbers = st.sampled_from([None, ORDER_NO, OTHER_ORDER_NO])
claims = st.builds(
    Claim,
    order_no=order_numbers,
    channel=st.none() | st.sampled_from(Channel),
    transaction_no=numbers,
    merchant_no=numbers,
    amount=st.none() | amounts | st.just(Decimal("30.00")),
    paid_at=times | st.just(PAID_AT),
)
payments = st.builds(
    PaymentRecord,
    order_no=order_numbers,
    channel=st.sampled_from(Channel),
    transaction_no=numbers,
    merchant_no=numbers,
    amount=amounts | st.just(Decimal("30.00")),
    bill_amount=st.none() | amounts,
    state=st.sampled_from(PaymentState),
    paid_at=times | st.just(PAID_AT),
)


@given(claims, st.lists(payments, max_size=4), st.lists(claims, max_size=2))
def test_every_claim_gets_a_verdict_with_its_reasons(claim, records, others):
    finding = check_claim(claim, records, NOW, other_claims=others)
    assert bool(finding.mismatches) == (finding.verdict is Verdict.CONFLICT)
    assert bool(finding.missing) == (finding.verdict is Verdict.INCOMPLETE)


@given(claims, st.lists(payments, max_size=4))
def test_a_match_always_rests_on_a_record_with_the_number_and_the_amount(claim, records):
    finding = check_claim(claim, records, NOW)
    if finding.verdict is Verdict.MATCHED:
        assert finding.record in records
        assert finding.record.numbers & claim.numbers
        assert claim.amount in (finding.record.amount, finding.record.bill_amount)
        assert finding.record.order_no in (None, claim.order_no) or claim.order_no is None
        assert finding.record.state in CONFIRMED


@given(claims)
def test_a_claim_alone_never_matches(claim):
    assert check_claim(claim, [], NOW).verdict is not Verdict.MATCHED


@given(payments.filter(lambda record: record.transaction_no and record.state in CONFIRMED), payments)
def test_what_the_bill_says_matches_its_own_record(record, other):
    claim = Claim(
        order_no=record.order_no,
        transaction_no=record.transaction_no,
        amount=record.bill_amount or record.amount,
        paid_at=None,
    )
    alone = check_claim(claim, [record], NOW)
    assert alone.verdict in (Verdict.MATCHED, Verdict.INCOMPLETE)
    assert alone.missing in ((), ("paid_at",))


@given(amounts, amounts, st.decimals(Decimal(0), Decimal(1), places=2))
def test_amounts_fit_both_ways(paid, ordered, allowed):
    there = fits_amount(paid, make_record(amount=ordered), allowed)
    back = fits_amount(ordered, make_record(amount=paid), allowed)
    assert there == back == (abs(paid - ordered) <= allowed)


def test_numbers_tell_their_channel_and_date():
    assert (channel_of_number(WECHAT_NO), str(date_in_number(WECHAT_NO))) == (Channel.WECHAT, "2026-11-24")
    assert (channel_of_number(ALIPAY_NO), str(date_in_number(ALIPAY_NO))) == (Channel.ALIPAY, "2026-11-24")


@pytest.mark.parametrize("number", [None, "", ORDER_NO, "2026112412000012345", "4200002966209913990527049001"])
def test_other_numbers_tell_no_date(number):
    assert date_in_number(number) is None


def test_numbers_of_one_shop_have_the_same_form():
    assert same_form(ORDER_NO, OTHER_ORDER_NO)
    assert not same_form(ORDER_NO, "KN202611240001")
    assert not same_form(ORDER_NO, "KM20261124001")
    assert not same_form("2026112412000012345", "2026112412000012346")
    assert not same_form(None, None)


def test_an_order_without_payments_and_claims_has_no_evidence():
    assert evidence_from([], None).payment is None


def test_a_claim_speaks_where_the_channel_is_silent():
    evidence = evidence_from([], Verdict.CLAIMED)
    assert (evidence.payment, evidence.source, evidence.claimed) == ("CLAIMED_PAID", "USER_CLAIM", True)


@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_a_claim_never_changes_what_the_channel_says(verdict):
    evidence = evidence_from([make_record(state=PaymentState.UNPAID)], verdict)
    assert (evidence.payment, evidence.source) == ("UNPAID", "GATEWAY")
    assert evidence.claimed == (verdict in (Verdict.CLAIMED, Verdict.MATCHED))
    assert evidence.conflict == (verdict is Verdict.CONFLICT)


def test_two_payments_that_the_shop_keeps_are_a_duplicate():
    assert evidence_from([make_record(), make_record(transaction_no=OTHER_WECHAT_NO)], None).duplicate


@pytest.mark.parametrize("state", sorted(set(PaymentState) - KEPT))
def test_a_second_payment_that_it_does_not_keep_is_none(state):
    second = make_record(transaction_no=OTHER_WECHAT_NO, state=state)
    evidence = evidence_from([second, make_record()], None)
    assert (evidence.duplicate, evidence.payment) == (False, "PAID")


def test_the_states_are_sorted_completely():
    for state in PaymentState:
        assert evidence_from([make_record(state=state)], None).payment == state.value
    assert KEPT < CHARGED < CONFIRMED
