from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.tickets.model import (
    LIVE,
    OVERDUE_AFTER,
    Priority,
    Status,
    Step3,
    Ticket,
    Why,
    digest_of,
    may_see,
    more_urgent,
    step3_of,
    subject_of,
    ticket_no_from,
)
from tests.backend.tickets.making import NOW, ORDER_NO, make_ticket

LEGAL_AMOUNT = Decimal("500.00")
DAY = timedelta(hours=24)


def step3(ticket: Ticket, after: timedelta) -> Step3:
    return step3_of(ticket, ticket.created_at + after, LEGAL_AMOUNT)


def test_within_the_promise_nothing_beyond_the_ticket_is_offered():
    assert step3(make_ticket(), DAY - timedelta(seconds=1)) == Step3(at=NOW + DAY)


def test_after_24_hours_without_an_answer_it_is():
    found = step3(make_ticket(), DAY)
    assert (found.offer, found.complaint, found.platform, found.why) == (True, True, True, Why.OVERDUE)


def test_an_agents_answer_stops_the_clock():
    answered = make_ticket(last_agent_reply_at=NOW + timedelta(hours=1))
    assert step3(answered, 3 * DAY) == Step3()


def test_a_shorter_promise_does_not_open_the_way_earlier():
    assert not step3(make_ticket(reply_by=NOW + timedelta(hours=2)), timedelta(hours=3)).offer


def test_a_longer_promise_is_waited_for():
    patient = make_ticket(reply_by=NOW + 2 * DAY)
    assert not step3(patient, DAY).offer
    assert step3(patient, 2 * DAY).offer


def test_money_known_to_be_at_the_shop_opens_the_way_at_once():
    found = step3(make_ticket(funds_at_platform=True, last_agent_reply_at=NOW), timedelta(0))
    assert (found.offer, found.why) == (True, Why.FUNDS_AT_PLATFORM)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_finished_ticket_needs_no_way_beyond(status):
    assert step3(make_ticket(status=status, funds_at_platform=True), 2 * DAY) == Step3()


def test_the_authorities_are_named_for_a_large_amount_and_malice():
    assert step3(make_ticket(amount=Decimal("500.01"), stalling=True), DAY).legal


def test_exactly_the_limit_is_not_large():
    assert not step3(make_ticket(amount=Decimal("500.00"), stalling=True), DAY).legal


def test_without_malice_they_are_not_named():
    assert not step3(make_ticket(amount=Decimal("5000.00"), stalling=False), DAY).legal


def test_an_unknown_amount_is_not_large():
    assert not step3(make_ticket(amount=None, stalling=True), DAY).legal


def test_malice_alone_does_not_open_the_way():
    assert not step3(make_ticket(stalling=True), DAY - timedelta(seconds=1)).legal


@given(
    st.sampled_from(Status), st.booleans(), st.booleans(), st.booleans(),
    st.none() | st.decimals(Decimal(0), Decimal(2000), places=2), st.timedeltas(timedelta(0), timedelta(days=4)),
)  # fmt: skip
def test_the_ways_open_in_order(status, funds, stalling, answered, amount, age):
    ticket = make_ticket(
        status=status, funds_at_platform=funds, stalling=stalling, amount=amount,
        last_agent_reply_at=NOW if answered else None,
    )  # fmt: skip
    found = step3(ticket, age)
    assert found.offer == (status in LIVE and (funds or (not answered and age >= OVERDUE_AFTER)))
    assert found.offer == found.complaint == found.platform == (found.why is not None)
    assert found.legal == (found.offer and stalling and amount is not None and amount > LEGAL_AMOUNT)


def test_a_proven_order_is_one_subject_whoever_reports():
    assert subject_of(ORDER_NO, ORDER_NO, "alice") == subject_of(ORDER_NO, None, "bob")


def test_a_number_without_proof_is_another_subject_than_the_order():
    assert subject_of(None, ORDER_NO, "alice") != subject_of(ORDER_NO, ORDER_NO, "alice")


def test_customers_without_proof_never_share_a_subject():
    assert subject_of(None, ORDER_NO, "alice") != subject_of(None, ORDER_NO, "charlie")
    assert subject_of(None, "alice", "") != subject_of(None, "", "alice")


def test_equal_requests_have_equal_digests():
    assert digest_of({"a": 1, "b": "退款"}) == digest_of({"b": "退款", "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def test_the_ticket_number_has_the_chinese_date():
    assert ticket_no_from(NOW, "a1b2c3d4") == "TK261124A1B2C3"
    assert ticket_no_from(NOW + timedelta(hours=12), "a1b2c3d4") == "TK261125A1B2C3"


def test_a_report_makes_a_ticket_more_urgent_but_never_less():
    assert more_urgent(Priority.NORMAL, Priority.URGENT) == Priority.URGENT
    assert more_urgent(Priority.HIGH, Priority.LOW) == Priority.HIGH


def test_the_customer_who_opened_it_sees_a_ticket():
    assert may_see(make_ticket(order_no=None), None, "alice")


def test_the_owner_of_the_order_sees_its_ticket():
    assert may_see(make_ticket(), (ORDER_NO, "bob"), None)


def test_a_proof_also_says_who_the_customer_is():
    assert may_see(make_ticket(order_no=None), (ORDER_NO, "alice"), None)


@pytest.mark.parametrize(
    ("proof", "customer_ref"),
    [(None, "charlie"), (None, None), (None, ""), (("KM202611240009", "charlie"), None)],
)
def test_nobody_else_does(proof, customer_ref):
    assert not may_see(make_ticket(), proof, customer_ref)


def test_the_owner_of_an_order_does_not_see_what_others_only_claim_about_it():
    assert not may_see(make_ticket(order_no=None, customer_ref="charlie"), (ORDER_NO, "alice"), "alice")
