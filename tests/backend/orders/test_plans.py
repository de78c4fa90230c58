"""What to do after each diagnosis."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.diagnosis import OFFERS
from bot.backend.orders.model import Account, DeliveryType, Diagnosis, Order, OrderFacts, diagnose
from bot.backend.orders.plans import NOT_PAID, PLANS, WAITS, Next, Timing, plan
from bot.backend.tickets.model import Demand, TicketType
from tests.backend.conftest import NOW
from tests.backend.orders.test_model import all_facts

WINDOW = timedelta(minutes=30)
FACTS = OrderFacts()


def timing(age: timedelta, **changes) -> Timing:
    """The time of an order paid this long ago."""
    return Timing(**{"now": NOW, "since": NOW - age, "window": WINDOW, **changes})


def test_every_diagnosis_has_a_plan_and_the_actions_know_every_step():
    assert set(PLANS) == set(Diagnosis)
    assert set(OFFERS) == {each.value for each in Next}


@pytest.mark.parametrize(
    ("diagnosis", "patience"),
    [
        (Diagnosis.STATE_LAG, timedelta(minutes=10)),
        (Diagnosis.CALLBACK_MISSING, timedelta(minutes=10)),
        (Diagnosis.PAYMENT_PROCESSING, timedelta(minutes=30)),
        (Diagnosis.DELIVERED_NOT_SEEN, WINDOW),
        (Diagnosis.MANUAL_WAITING, WINDOW),
        (Diagnosis.IN_WINDOW, WINDOW),
        (Diagnosis.REFUNDING, timedelta(hours=24)),
    ],
)
def test_what_may_come_by_itself_is_waited_for_and_then_reported(diagnosis: Diagnosis, patience: timedelta):
    early = plan(diagnosis, FACTS, timing(patience - timedelta(seconds=90)))
    assert (early.next, early.report_after) == (Next.WAIT, NOW + timedelta(seconds=90))
    assert early.recheck_minutes == (PLANS[diagnosis].recheck_minutes or (2,))
    due = plan(diagnosis, FACTS, timing(patience))
    assert (due.next, due.report_after) == (Next.REPORT, None)


def test_only_these_are_waited_for():
    assert set(WAITS) == {each for each in Diagnosis if PLANS[each].next is Next.WAIT}


def test_a_refund_is_waited_for_from_its_own_beginning():
    begun = NOW - timedelta(hours=1)
    found = plan(Diagnosis.REFUNDING, FACTS, timing(timedelta(days=9), refund_since=begun))
    assert (found.next, found.report_after) == (Next.WAIT, begun + timedelta(hours=24))


def test_a_missing_notice_of_an_expired_order_is_reported_at_once():
    young = timing(timedelta(minutes=1))
    assert plan(Diagnosis.CALLBACK_MISSING, OrderFacts(order=Order.EXPIRED), young).next is Next.REPORT
    assert plan(Diagnosis.CALLBACK_MISSING, OrderFacts(order=Order.PENDING_PAYMENT), young).next is Next.WAIT


@pytest.mark.parametrize("diagnosis", sorted(NOT_PAID))
def test_who_says_to_have_paid_an_unpaid_order_is_asked_for_evidence(diagnosis: Diagnosis):
    found = plan(diagnosis, FACTS, timing(WINDOW), says_paid=True)
    assert (found.next, found.ticket_type) == (Next.EVIDENCE, TicketType.PAYMENT_VERIFY)
    assert plan(diagnosis, FACTS, timing(WINDOW), says_paid=False).next is not Next.EVIDENCE


def test_a_missing_card_is_reported_as_that_and_a_direct_topup_as_asking_for_the_proof():
    card = plan(Diagnosis.DELIVERED_NOT_SEEN, OrderFacts(delivery_type=DeliveryType.CARD), timing(timedelta()))
    assert (card.next, card.ticket_type, card.demand) == (
        Next.REPORT,
        TicketType.CARD_MISSING,
        Demand.RESEND_OR_REFUND,
    )
    assert plan(Diagnosis.DELIVERED_NOT_SEEN, FACTS, timing(WINDOW)).ticket_type is TicketType.UPSTREAM_PROOF


def test_a_limited_account_goes_to_a_human_and_an_unverified_one_to_the_self_check():
    for diagnosis in (Diagnosis.PAYMENT_BLOCKED, Diagnosis.UNPAID_ACCOUNT_BLOCKED):
        assert plan(diagnosis, OrderFacts(account=Account.LIMITED), timing(WINDOW)).next is Next.HUMAN
        assert plan(diagnosis, OrderFacts(account=Account.UNVERIFIED), timing(WINDOW)).next is Next.SELF_CHECK


@given(all_facts, st.timedeltas(min_value=-timedelta(days=1), max_value=timedelta(days=400)), st.booleans())
def test_a_plan_is_whole(facts: OrderFacts, age: timedelta, says_paid: bool):
    found = plan(diagnose(facts).diagnosis, facts, timing(age), says_paid)
    assert (found.report_after is not None) == (found.next is Next.WAIT)
    assert found.report_after is None or found.report_after > NOW
    assert found.next is not Next.WAIT or found.recheck_minutes
    assert all(minutes > 0 for minutes in found.recheck_minutes)
    if found.next is Next.REPORT:
        assert found.ticket_type and found.demand
    if found.next is Next.REORDER:  # ordering again is only right where nothing was charged
        assert diagnose(facts).diagnosis in NOT_PAID and not says_paid
