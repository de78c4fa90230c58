"""The table of verdicts: each with what leads to it and what just does not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.evidence.model import (
    BEFORE_ORDER,
    KEY_FIELDS,
    RULES,
    Facts,
    Judgement,
    OrderSeen,
    Page,
    Verdict,
    recorded_verdict,
    verdict_of,
)
from bot.backend.evidence.reading.model import Kind, Reading, Status
from bot.backend.evidence.reuse import Duplicate
from bot.backend.payments.model import Claim, PaymentRecord, PaymentState, Tolerance, check_claim
from bot.backend.payments.model import Verdict as ClaimVerdict
from bot.backend.payments.numbers import Channel
from tests.backend.payments.making import (
    ALIPAY_NO,
    NOW,
    ORDER_NO,
    OTHER_ORDER_NO,
    OTHER_WECHAT_NO,
    PAID_AT,
    WECHAT_NO,
    make_record,
)

HUB_NO = "2026112412000012345"
ORDER = OrderSeen(amount=Decimal("30.00"), created_at=PAID_AT - timedelta(minutes=2))
BOOKED = OrderSeen(amount=Decimal("30.00"), created_at=PAID_AT - timedelta(minutes=2), paid=True)


def make_reading(**changes: Any) -> Reading:
    """Alice's WeChat bill of 30 yuan, with the order number as the merchant's."""
    values = {
        "kind": Kind.WECHAT_BILL,
        "channel": Channel.WECHAT,
        "status": Status.PAID,
        "amount": Decimal("30.00"),
        "paid_at": PAID_AT,
        "transaction_no": WECHAT_NO,
        "merchant_no": ORDER_NO,
    }
    return Reading(**{**values, **changes})


def facts(
    *records: PaymentRecord,
    proven: str | None = ORDER_NO,
    order: OrderSeen | None = ORDER,
    duplicate: Duplicate | None = None,
    tolerance: Tolerance = Tolerance(),  # noqa: B008  (immutable)
    **read: Any,
) -> Facts:
    reading = make_reading(**read)
    names = ("channel", "transaction_no", "merchant_no", "amount", "paid_at")
    claim = Claim(order_no=proven, **{name: getattr(reading, name) for name in names})
    own = next((each for each in records if each.order_no == proven), None)
    return Facts(
        reading=reading,
        finding=check_claim(claim, records, NOW, tolerance),
        order_no=proven,
        order=order if proven else None,
        own=own,
        duplicate=duplicate,
        tolerance=tolerance,
    )


def judged(*records: PaymentRecord, **options: Any) -> Judgement:
    return verdict_of(facts(*records, **options))


def test_number_and_amount_on_the_channels_record_are_matched():
    assert judged(make_record()) == Judgement(verdict=Verdict.MATCHED)


def test_the_merchants_number_is_enough_where_the_transaction_number_cannot_be_read():
    assert judged(make_record(), transaction_no=None).verdict is Verdict.MATCHED


def test_what_the_record_confirms_needs_nothing_more_from_the_picture():
    assert judged(make_record(), paid_at=None, status=None).verdict is Verdict.MATCHED


def test_without_a_record_a_whole_bill_is_claimed():
    assert judged() == Judgement(verdict=Verdict.CLAIMED)


@pytest.mark.parametrize("state", [PaymentState.UNPAID, PaymentState.FAILED, PaymentState.CLOSED])
def test_a_record_without_money_does_not_confirm_a_paid_bill(state: PaymentState):
    assert judged(make_record(state=state)).verdict is Verdict.CLAIMED


def test_the_shops_own_booking_confirms_a_bill_that_names_the_order():
    assert judged(order=BOOKED).verdict is Verdict.MATCHED
    assert judged(order=BOOKED, merchant_no=None, order_no=ORDER_NO).verdict is Verdict.MATCHED


def test_the_shops_own_booking_does_not_confirm_a_bill_that_names_something_else():
    assert judged(order=BOOKED, merchant_no=HUB_NO).verdict is Verdict.CLAIMED


def test_without_a_proven_order_nothing_is_matched():
    assert judged(proven=None) == Judgement(verdict=Verdict.CLAIMED, page=Page.ORDER_PAGE)
    assert judged(proven=None, order=BOOKED).verdict is Verdict.CLAIMED


@pytest.mark.parametrize("field", KEY_FIELDS)
def test_a_key_field_that_cannot_be_read_is_named_with_its_page(field: str):
    assert judged(**{field: None}) == Judgement(verdict=Verdict.INCOMPLETE, missing=(field,), page=Page.WECHAT_BILL)


def test_of_an_alipay_bill_the_page_is_alipays():
    read = {"kind": Kind.ALIPAY_BILL, "channel": Channel.ALIPAY, "transaction_no": None}
    assert judged(**read).page is Page.ALIPAY_BILL


@pytest.mark.parametrize("field", ["merchant_no", "order_no", "payee", "method"])
def test_the_other_fields_may_be_missing(field: str):
    assert judged(**{field: None}).verdict is Verdict.CLAIMED


# The bill shows the hub's number and random cents (易支付); neither contradicts the order.
@pytest.mark.parametrize("amount", ["30.00", "30.07", "29.93", "30.10"])
def test_a_bill_behind_a_payment_hub_is_no_conflict(amount: str):
    read = {"merchant_no": HUB_NO, "amount": Decimal(amount)}
    assert judged(**read).verdict is Verdict.CLAIMED
    assert judged(make_record(merchant_no=HUB_NO), **read).verdict is Verdict.MATCHED


def test_more_than_random_cents_are_one_behind_a_hub_too():
    read = {"merchant_no": HUB_NO, "amount": Decimal("30.11")}
    assert judged(**read).conflicts == ("amount",)
    assert judged(make_record(merchant_no=HUB_NO), **read).conflicts == ("amount",)


def test_without_a_hub_a_cent_is_one():
    assert judged(amount=Decimal("30.01")).conflicts == ("amount",)
    assert judged(make_record(), amount=Decimal("30.01")).conflicts == ("amount",)


def test_the_shop_may_allow_a_fee():
    wide = Tolerance(amount=Decimal("1.00"))
    assert judged(amount=Decimal("30.90"), tolerance=wide).verdict is Verdict.CLAIMED
    assert judged(amount=Decimal("31.01"), tolerance=wide).verdict is Verdict.CONFLICT


def test_a_bill_from_before_the_order_is_a_conflict():
    late = OrderSeen(amount=Decimal("30.00"), created_at=PAID_AT + BEFORE_ORDER)
    assert judged(order=late).verdict is Verdict.CLAIMED
    later = OrderSeen(amount=Decimal("30.00"), created_at=PAID_AT + BEFORE_ORDER + timedelta(seconds=1))
    assert judged(order=later) == Judgement(verdict=Verdict.CONFLICT, conflicts=("paid_at",))


def test_the_channels_record_outranks_the_shops_clock():
    later = OrderSeen(amount=Decimal("30.00"), created_at=PAID_AT + timedelta(hours=1))
    assert judged(make_record(), order=later).verdict is Verdict.MATCHED


def test_a_day_in_the_future_is_a_conflict():
    assert judged(paid_at=NOW + timedelta(days=1)).conflicts == ("paid_at",)


def test_another_transaction_number_than_the_records_is_a_conflict():
    assert judged(make_record(), transaction_no=OTHER_WECHAT_NO).conflicts == ("transaction_no",)


def test_the_other_channel_is_a_conflict():
    read = {"kind": Kind.ALIPAY_BILL, "channel": Channel.ALIPAY, "transaction_no": ALIPAY_NO}
    assert judged(make_record(), **read).conflicts == ("channel", "transaction_no")


def test_another_order_of_the_shop_on_the_bill_is_a_conflict():
    assert judged(merchant_no=OTHER_ORDER_NO).conflicts == ("merchant_no",)


BACK = [Status.REFUNDED, Status.PARTIALLY_REFUNDED, Status.REFUNDING]


@pytest.mark.parametrize("status", [*BACK, Status.FAILED, Status.CLOSED, Status.PENDING])
def test_a_bill_that_shows_no_payment_is_a_conflict_without_a_record(status: Status):
    assert judged(status=status).conflicts == ("status",)
    assert judged(status=status, proven=None).conflicts == ("status",)


@pytest.mark.parametrize("status", [*BACK, Status.FAILED, Status.CLOSED])
def test_and_one_against_a_record_of_money_that_is_there(status: Status):
    assert judged(make_record(), status=status).conflicts == ("status",)


@pytest.mark.parametrize("status", BACK)
def test_a_refund_that_the_records_know_is_none(status: Status):
    assert judged(make_record(state=PaymentState.REFUNDED), status=status).verdict is Verdict.MATCHED
    refunded = OrderSeen(amount=Decimal("30.00"), created_at=ORDER.created_at, refunded=True)
    assert judged(order=refunded, status=status).verdict is Verdict.CLAIMED


@pytest.mark.parametrize("state", [PaymentState.FAILED, PaymentState.CLOSED, PaymentState.UNPAID])
@pytest.mark.parametrize("status", [Status.FAILED, Status.CLOSED, Status.PENDING])
def test_a_failure_that_the_record_knows_is_confirmed_and_claims_nothing(state: PaymentState, status: Status):
    known = facts(make_record(state=state), status=status)
    assert verdict_of(known).verdict is Verdict.MATCHED
    assert recorded_verdict(verdict_of(known), known) is ClaimVerdict.INCOMPLETE


def test_a_screenshot_may_be_older_than_the_record():
    assert judged(make_record(), status=Status.PENDING).verdict is Verdict.MATCHED
    assert judged(make_record(state=PaymentState.REFUNDED), status=Status.PAID).verdict is Verdict.MATCHED


@pytest.mark.parametrize("how", list(Duplicate))
def test_what_another_used_is_a_duplicate(how: Duplicate):
    assert judged(duplicate=how) == Judgement(verdict=Verdict.DUPLICATE, duplicate=how)
    assert judged(duplicate=how, status=None, amount=Decimal("99.00")).verdict is Verdict.DUPLICATE


def test_the_channels_record_for_this_order_outranks_what_another_sent_before():
    assert judged(make_record(), duplicate=Duplicate.SAME_PICTURE) == Judgement(verdict=Verdict.MATCHED)


def test_a_record_for_another_order_does_not():
    other = make_record(order_no=OTHER_ORDER_NO, merchant_no=OTHER_ORDER_NO)
    found = judged(other, merchant_no=None, duplicate=Duplicate.SAME_TRANSACTION)
    assert (found.verdict, found.conflicts) == (Verdict.DUPLICATE, ())


def test_what_cannot_be_read_is_unreadable():
    nothing = Facts(reading=None, finding=check_claim(Claim(), (), NOW))
    assert verdict_of(nothing) == Judgement(verdict=Verdict.UNREADABLE, page=Page.BILL)
    blank = dict.fromkeys((*KEY_FIELDS, "merchant_no"))
    assert judged(**blank, duplicate=Duplicate.SAME_PICTURE).verdict is Verdict.UNREADABLE


def test_one_field_is_incomplete_instead():
    blank = dict.fromkeys((*KEY_FIELDS, "merchant_no"))
    assert judged(**{**blank, "amount": Decimal("30.00")}).missing == ("transaction_no", "paid_at", "status")
    assert judged(**{**blank, "merchant_no": HUB_NO}).missing == KEY_FIELDS


def test_no_bill_is_never_matched():
    found = judged(make_record(), kind=Kind.NOT_A_BILL)
    assert found == Judgement(verdict=Verdict.NOT_A_BILL, page=Page.BILL)


@pytest.mark.parametrize("kind", [Kind.ORDER_PAGE, Kind.ERROR_PAGE])
def test_other_pages_have_no_verdict(kind: Kind):
    assert judged(make_record(), kind=kind, duplicate=Duplicate.SAME_PICTURE) == Judgement(verdict=None)


@pytest.mark.parametrize(
    ("options", "recorded"),
    [
        ({}, ClaimVerdict.CLAIMED),
        ({"order": BOOKED}, ClaimVerdict.MATCHED),
        ({"amount": Decimal("99.00")}, ClaimVerdict.CONFLICT),
        ({"duplicate": Duplicate.SAME_PICTURE}, ClaimVerdict.CONFLICT),
        ({"status": None}, None),
        ({"kind": Kind.NOT_A_BILL}, None),
        ({"kind": Kind.ORDER_PAGE}, None),
    ],
)
def test_what_feeds_the_diagnosis(options: dict[str, Any], recorded: ClaimVerdict | None):
    known = facts(**options)
    assert recorded_verdict(verdict_of(known), known) is recorded


states = st.one_of(st.none(), st.builds(lambda state: make_record(state=state), st.sampled_from(PaymentState)))


@given(
    states,
    st.sampled_from([None, *Duplicate]),
    st.sampled_from([None, *Status]),
    st.sampled_from(Kind),
    st.sets(st.sampled_from([*KEY_FIELDS, "merchant_no"])),
    st.sampled_from(["29.00", "30.00", "30.05"]),
)
def test_matched_needs_a_record_with_number_and_amount(record, duplicate, status, kind, unread, amount):
    read = {"status": status, "amount": Decimal(amount), **dict.fromkeys(unread)}
    known = facts(*([record] if record else []), kind=kind, duplicate=duplicate, **read)
    found = verdict_of(known)
    assert (found.verdict is Verdict.INCOMPLETE) == bool(found.missing)
    assert (found.verdict is Verdict.CONFLICT) == bool(found.conflicts)
    assert (found.verdict is Verdict.DUPLICATE) == bool(found.duplicate)
    if found.verdict is Verdict.MATCHED:
        assert kind in (Kind.WECHAT_BILL, Kind.ALIPAY_BILL)
        assert known.record is not None
        assert known.reading is not None
        assert known.reading.amount == Decimal("30.00")
        assert {known.reading.transaction_no, known.reading.merchant_no} & known.record.numbers


def test_the_last_rule_always_fits():
    assert RULES[-1].when(facts())
    assert {rule.verdict for rule in RULES} == {None, *Verdict}
