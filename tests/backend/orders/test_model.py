"""The table of diagnoses: one example per row, its opposite, and that nothing falls through."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.orders.model import (
    RULES,
    Account,
    Delivery,
    DeliveryType,
    Diagnosis,
    Input,
    Order,
    OrderFacts,
    Payment,
    diagnose,
    normalised,
)

# Paid and on its way, within the window.
USUAL = OrderFacts(
    payment=Payment.PAID,
    order=Order.PROCESSING,
    delivery=Delivery.IN_PROGRESS,
    account=Account.OK,
    notified=True,
)
PENDING = {"order": Order.PENDING_PAYMENT, "delivery": Delivery.NONE}
DONE = {"order": Order.COMPLETED, "delivery": Delivery.DELIVERED}

EXAMPLES: dict[Diagnosis, list[dict]] = {
    Diagnosis.ORDER_UNKNOWN: [{"order": Order.UNKNOWN}, {"order": Order.UNKNOWN, "payment": Payment.CONFLICT}],
    Diagnosis.EVIDENCE_CONFLICT: [{"payment": Payment.CONFLICT}, {"payment": Payment.CONFLICT, **PENDING}],
    Diagnosis.PAID_NO_ORDER: [
        {"order": Order.NOT_FOUND, "payment": each}
        for each in (Payment.PAID, Payment.CLAIMED_PAID, Payment.PROCESSING, Payment.HELD, Payment.PARTIALLY_REFUNDED)
    ],
    Diagnosis.REFUNDED_NO_ORDER: [{"order": Order.NOT_FOUND, "payment": Payment.REFUNDED}],
    Diagnosis.ORDER_NOT_FOUND: [
        {"order": Order.NOT_FOUND, "payment": each} for each in (Payment.UNKNOWN, Payment.NOT_FOUND, Payment.UNPAID)
    ],
    Diagnosis.REFUNDED: [
        {"order": Order.REFUNDED},
        {"order": Order.REFUNDED, "payment": Payment.UNKNOWN},
        {"payment": Payment.REFUNDED},
    ],
    Diagnosis.REFUNDED_BUT_COMPLETED: [{**DONE, "payment": Payment.REFUNDED}],
    Diagnosis.REFUNDING: [{"order": Order.REFUNDING}, {"order": Order.REFUNDING, "payment": Payment.UNKNOWN}],
    Diagnosis.DUPLICATE_PAYMENT: [{"input": Input.DUPLICATE}, {"input": Input.DUPLICATE, **PENDING}],
    Diagnosis.STATES_DISAGREE: [
        {"payment": Payment.UNPAID},
        {"payment": Payment.FAILED, "order": Order.COMPLETED},
        {"payment": Payment.CLOSED, "order": Order.FAILED},
        {"payment": Payment.NOT_FOUND, "order": Order.REVIEW},
    ],
    Diagnosis.PAYMENT_HELD: [{"payment": Payment.HELD}, {"payment": Payment.HELD, **PENDING}],
    Diagnosis.STATE_LAG: [PENDING, {**PENDING, "order": Order.EXPIRED}],
    Diagnosis.CALLBACK_MISSING: [
        {**PENDING, "notified": False},
        {**PENDING, "notified": None},
        {**PENDING, "order": Order.EXPIRED, "notified": False, "payment": Payment.PARTIALLY_REFUNDED},
    ],
    Diagnosis.PAYMENT_CLAIMED: [
        {**PENDING, "payment": Payment.CLAIMED_PAID},
        {"order": Order.EXPIRED, "payment": Payment.CLAIMED_PAID},
    ],
    Diagnosis.PAYMENT_PROCESSING: [{**PENDING, "payment": Payment.PROCESSING}],
    Diagnosis.PAYMENT_BLOCKED: [
        {**PENDING, "payment": Payment.FAILED, "account": Account.RISK_HELD},
        {**PENDING, "payment": Payment.FAILED, "account": Account.LIMITED},
    ],
    Diagnosis.LOGIN_EXPIRED: [{**PENDING, "payment": Payment.FAILED, "account": Account.SESSION_EXPIRED}],
    Diagnosis.PAYMENT_FAILED: [
        {**PENDING, "payment": Payment.FAILED},
        {"order": Order.EXPIRED, "payment": Payment.FAILED, "account": Account.UNKNOWN},
    ],
    Diagnosis.UNPAID_ACCOUNT_BLOCKED: [{**PENDING, "payment": Payment.UNPAID, "account": Account.UNVERIFIED}],
    Diagnosis.UNPAID: [
        {**PENDING, "payment": Payment.UNPAID},
        {**PENDING, "payment": Payment.UNPAID, "account": Account.SESSION_EXPIRED},
        {**PENDING, "payment": Payment.CLOSED},
    ],
    Diagnosis.UNPAID_EXPIRED: [
        {"order": Order.EXPIRED, "payment": Payment.UNPAID},
        {"order": Order.EXPIRED, "payment": Payment.NOT_FOUND, "account": Account.BANNED},
    ],
    Diagnosis.PAYMENT_UNKNOWN: [
        {**PENDING, "payment": Payment.UNKNOWN},
        {"order": Order.EXPIRED, "payment": Payment.UNKNOWN},
    ],
    Diagnosis.WRONG_TYPE: [{**DONE, "input": Input.WRONG_TYPE}],
    Diagnosis.WRONG_TARGET: [{**DONE, "input": Input.MISMATCH}, {**DONE, "input": Input.BAD_FORMAT}],
    Diagnosis.DELIVERED_NOT_SEEN: [
        DONE,
        {**DONE, "payment": Payment.UNKNOWN, "input": Input.OK},
        {**DONE, "delivery": Delivery.OUT_OF_STOCK, "account": Account.BANNED},
    ],
    Diagnosis.ACCOUNT_REVIEW: [
        {"order": Order.REVIEW},
        {"account": Account.RISK_HELD},
        {"order": Order.FAILED, "account": Account.BANNED},
    ],
    Diagnosis.WRONG_INPUT: [
        {"input": Input.BAD_FORMAT},
        {"input": Input.WRONG_TYPE, "order": Order.FAILED},
    ],
    Diagnosis.UPSTREAM_FAILED: [
        {"order": Order.FAILED},
        {"order": Order.ABNORMAL, "delivery": Delivery.UNKNOWN},
        {"delivery": Delivery.OUT_OF_STOCK},
    ],
    Diagnosis.MANUAL_WAITING: [
        {"delivery_type": DeliveryType.MANUAL},
        {"delivery_type": DeliveryType.MANUAL, "late": True},
        {"delivery": Delivery.MANUAL_PENDING},
    ],
    Diagnosis.IN_WINDOW: [{}, {"payment": Payment.CLAIMED_PAID}, {"delivery": Delivery.QUEUED}],
    Diagnosis.QUEUE_BACKLOG: [
        {"late": True, "delivery": each} for each in (Delivery.QUEUED, Delivery.NONE, Delivery.UNKNOWN)
    ],
    Diagnosis.UPSTREAM_STUCK: [
        {"late": True},
        {"late": True, "delivery": Delivery.PARTIAL, "order": Order.PARTIAL},
        {"late": True, "delivery": Delivery.DELIVERED, "order": Order.PAID},
    ],
}


@pytest.mark.parametrize("diagnosis", list(Diagnosis))
def test_each_row_of_the_table_fits_its_examples(diagnosis: Diagnosis):
    assert [diagnose(replace(USUAL, **each)).diagnosis for each in EXAMPLES[diagnosis]] == [diagnosis] * len(
        EXAMPLES[diagnosis]
    )


def test_the_rows_are_numbered_in_the_order_of_the_diagnoses():
    assert [rule.number for rule in RULES] == [f"R{number:02d}" for number in range(1, 33)]
    assert [rule.diagnosis for rule in RULES] == list(Diagnosis)


CAUSES = {
    "C0": "R04 R06 R08 R29",
    "C1": "R11 R13 R14 R15 R18 R25 R28 R30 R32",
    "C2": "R16 R19 R26",
    "C3": "R01 R03 R10 R12 R31",
    "C4": "R05 R09 R17 R20 R21 R23 R24 R27",
    "C?": "R02 R07 R22",
}


def test_each_row_names_its_cause():
    expected = {number: cause for cause, numbers in CAUSES.items() for number in numbers.split()}
    assert {rule.number: rule.cause for rule in RULES} == expected


@pytest.mark.parametrize("account", list(Account))
def test_every_blocked_account_is_the_cause_and_no_other(account: Account):
    blocked = account not in (Account.OK, Account.UNKNOWN, Account.SESSION_EXPIRED)
    unpaid = replace(USUAL, **PENDING, payment=Payment.UNPAID, account=account)
    failed = replace(unpaid, payment=Payment.FAILED)
    assert (diagnose(unpaid).diagnosis is Diagnosis.UNPAID_ACCOUNT_BLOCKED) == blocked
    assert (diagnose(failed).diagnosis is Diagnosis.PAYMENT_BLOCKED) == blocked
    assert (diagnose(replace(USUAL, account=account)).diagnosis is Diagnosis.ACCOUNT_REVIEW) == blocked


def test_every_combination_of_states_has_one_diagnosis_and_no_row_is_dead():
    reached = set()
    axes = (
        Payment,
        Order,
        Delivery,
        Account,
        Input,
        (DeliveryType.DIRECT, DeliveryType.MANUAL),
        (True, None),
        (True, False),
    )
    for payment, order, delivery, account, wrong, kind, notified, late in product(*axes):
        facts = OrderFacts(
            payment=payment,
            order=order,
            delivery=delivery,
            account=account,
            input=wrong,
            delivery_type=kind,
            notified=notified,
            late=late,
        )
        reached.add(diagnose(facts).number)  # raises StopIteration when no row fits
    assert reached == {rule.number for rule in RULES}


all_facts = st.builds(
    OrderFacts,
    payment=st.sampled_from(Payment),
    order=st.sampled_from(Order),
    delivery=st.sampled_from(Delivery),
    account=st.sampled_from(Account),
    input=st.sampled_from(Input),
    delivery_type=st.sampled_from(DeliveryType),
    notified=st.sampled_from((True, False, None)),
    late=st.booleans(),
)


@given(all_facts)
def test_only_the_first_row_that_fits_decides(facts: OrderFacts):
    known = normalised(facts)
    fitting = [rule for rule in RULES if rule.when(known)]
    assert diagnose(facts) is fitting[0]


@given(all_facts)
def test_a_card_is_diagnosed_like_a_direct_topup_and_no_notice_like_an_unknown_one(facts: OrderFacts):
    direct = replace(facts, delivery_type=DeliveryType.DIRECT)
    assert diagnose(replace(facts, delivery_type=DeliveryType.CARD)) is diagnose(direct)
    assert diagnose(replace(facts, notified=None)) is diagnose(replace(facts, notified=False))


@given(all_facts)
def test_a_claim_never_outranks_a_shop_that_booked_the_payment(facts: OrderFacts):
    claimed = replace(facts, payment=Payment.CLAIMED_PAID)
    if facts.order not in (Order.PENDING_PAYMENT, Order.EXPIRED, Order.NOT_FOUND, Order.UNKNOWN):
        assert normalised(claimed).payment in (Payment.PAID, Payment.REFUNDED)
    else:
        assert normalised(claimed) == claimed


@given(all_facts)
def test_normalising_twice_changes_nothing(facts: OrderFacts):
    assert normalised(normalised(facts)) == normalised(facts)
