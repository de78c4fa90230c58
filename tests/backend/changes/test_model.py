"""What a change means, and how a shop's word changes an order."""

from itertools import product

import pytest

from bot.backend.changes.model import (
    ChangeType,
    Phase,
    States,
    delivery_states_after,
    event_for,
    order_states_after,
    phase_of,
    solves,
)
from bot.backend.events.model import EventType
from bot.backend.orders.model import Delivery, Order, OrderFacts, Payment
from bot.backend.tickets.model import TicketType


def facts(payment: str, order: str, delivery: str, notified: bool | None = None) -> OrderFacts:
    return OrderFacts(payment=Payment(payment), order=Order(order), delivery=Delivery(delivery), notified=notified)


@pytest.mark.parametrize(
    ("payment", "order", "delivery", "notified", "phase"),
    [
        ("UNPAID", "PENDING_PAYMENT", "NONE", None, Phase.WAITING),
        ("PROCESSING", "PENDING_PAYMENT", "NONE", None, Phase.WAITING),
        ("CLAIMED_PAID", "PENDING_PAYMENT", "NONE", True, Phase.WAITING),
        ("PAID", "PENDING_PAYMENT", "NONE", False, Phase.WAITING),
        ("PAID", "EXPIRED", "NONE", None, Phase.WAITING),
        ("PAID", "PENDING_PAYMENT", "NONE", True, Phase.PAID),
        ("PAID", "PAID", "QUEUED", None, Phase.PAID),
        ("UNKNOWN", "PROCESSING", "IN_PROGRESS", None, Phase.PAID),
        ("PAID", "PROCESSING", "DELIVERED", None, Phase.PAID),
        ("PAID", "PARTIAL", "PARTIAL", None, Phase.PAID),
        ("PAID", "REVIEW", "QUEUED", None, Phase.PAID),
        ("PAID", "PROCESSING", "FAILED", None, Phase.FAILED),
        ("PAID", "ABNORMAL", "OUT_OF_STOCK", None, Phase.FAILED),
        ("PAID", "COMPLETED", "DELIVERED", None, Phase.DELIVERED),
        ("UNKNOWN", "COMPLETED", "DELIVERED", None, Phase.DELIVERED),
        ("PAID", "COMPLETED", "UNKNOWN", None, None),
        ("PAID", "COMPLETED", "FAILED", None, None),
        ("REFUNDED", "COMPLETED", "DELIVERED", None, None),
        ("PAID", "REFUNDING", "NONE", None, Phase.REFUNDING),
        ("REFUNDED", "PROCESSING", "NONE", None, Phase.REFUNDED),
        ("UNKNOWN", "REFUNDED", "NONE", None, Phase.REFUNDED),
        ("PAID", "UNKNOWN", "DELIVERED", True, None),
        ("PAID", "NOT_FOUND", "UNKNOWN", True, None),
    ],
)
def test_the_phase_of_an_order(payment: str, order: str, delivery: str, notified: bool | None, phase: Phase | None):
    assert phase_of(facts(payment, order, delivery, notified)) is phase


def test_every_combination_has_a_phase_or_none():
    for payment, order, delivery, notified in product(Payment, Order, Delivery, (None, True, False)):
        phase_of(OrderFacts(payment=payment, order=order, delivery=delivery, notified=notified))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Phase.WAITING, Phase.PAID, EventType.ORDER_PAYMENT_CONFIRMED),
        (Phase.WAITING, Phase.DELIVERED, EventType.ORDER_DELIVERED),
        (Phase.PAID, Phase.DELIVERED, EventType.ORDER_DELIVERED),
        (Phase.FAILED, Phase.DELIVERED, EventType.ORDER_DELIVERED),
        (Phase.PAID, Phase.FAILED, EventType.ORDER_FAILED),
        (Phase.FAILED, Phase.PAID, None),
        (Phase.REFUNDING, Phase.PAID, None),
        (Phase.FAILED, Phase.REFUNDING, EventType.ORDER_REFUNDING),
        (Phase.REFUNDING, Phase.REFUNDED, EventType.ORDER_REFUNDED),
        (Phase.PAID, Phase.WAITING, None),
    ],
)
def test_what_is_told(before: Phase, after: Phase, told: EventType | None):
    assert event_for(before, after) is told


@pytest.mark.parametrize("phase", Phase)
def test_what_stays_as_it_is_is_no_news(phase: Phase):
    assert event_for(phase, phase) is None


def test_a_delivery_solves_what_was_waiting_for_it_and_no_dispute():
    unsolved = {each for each in TicketType if not solves(Phase.DELIVERED, each)}
    assert unsolved == {
        TicketType.REFUND_NOT_SEEN,
        TicketType.DUPLICATE_PAYMENT,
        TicketType.WRONG_TARGET,
        TicketType.UPSTREAM_PROOF,
        TicketType.CARD_MISSING,
        TicketType.OTHER,
    }


def test_a_refund_does_not_solve_that_it_is_not_seen():
    assert not solves(Phase.REFUNDED, TicketType.REFUND_NOT_SEEN)
    assert solves(Phase.REFUNDED, TicketType.CALLBACK_MISSING)


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.PAID, Phase.FAILED, Phase.REFUNDING])
def test_what_is_under_way_solves_nothing(phase: Phase):
    assert not any(solves(phase, each) for each in TicketType)


@pytest.mark.parametrize(
    ("order", "delivery", "state", "after"),
    [
        ("PENDING_PAYMENT", "NONE", "PAID", ("PAID", "QUEUED")),
        ("PENDING_PAYMENT", "NONE", "PROCESSING", ("PROCESSING", "IN_PROGRESS")),
        ("PAID", "MANUAL_PENDING", "PROCESSING", ("PROCESSING", "MANUAL_PENDING")),
        ("ABNORMAL", "OUT_OF_STOCK", "PROCESSING", ("PROCESSING", "IN_PROGRESS")),
        ("PROCESSING", "IN_PROGRESS", "PAID", ("PAID", "IN_PROGRESS")),
        ("PROCESSING", "IN_PROGRESS", "COMPLETED", ("COMPLETED", "DELIVERED")),
        ("PROCESSING", "IN_PROGRESS", "FAILED", ("FAILED", "FAILED")),
        ("PROCESSING", "OUT_OF_STOCK", "FAILED", ("FAILED", "OUT_OF_STOCK")),
        ("PROCESSING", "IN_PROGRESS", "REFUNDING", ("REFUNDING", "IN_PROGRESS")),
    ],
)
def test_the_shop_s_word_on_an_order(order: str, delivery: str, state: str, after: tuple[str, str]):
    found = order_states_after(States(Order(order), Delivery(delivery)), state)
    assert found == States(Order(after[0]), Delivery(after[1]))


@pytest.mark.parametrize(
    ("order", "delivery", "state", "after"),
    [
        ("PROCESSING", "IN_PROGRESS", "DELIVERED", ("COMPLETED", "DELIVERED")),
        ("PAID", "QUEUED", "IN_PROGRESS", ("PROCESSING", "IN_PROGRESS")),
        ("PROCESSING", "IN_PROGRESS", "OUT_OF_STOCK", ("ABNORMAL", "OUT_OF_STOCK")),
        ("PROCESSING", "IN_PROGRESS", "QUEUED", ("PROCESSING", "QUEUED")),
        # A supplier that hears of the refund says so of the goods; the money is still back.
        ("REFUNDED", "IN_PROGRESS", "FAILED", ("REFUNDED", "FAILED")),
        ("REFUNDING", "IN_PROGRESS", "OUT_OF_STOCK", ("REFUNDING", "OUT_OF_STOCK")),
        ("REFUNDED", "QUEUED", "IN_PROGRESS", ("REFUNDED", "IN_PROGRESS")),
        ("REFUNDED", "IN_PROGRESS", "DELIVERED", ("REFUNDED", "DELIVERED")),
    ],
)
def test_the_shop_s_word_on_a_delivery(order: str, delivery: str, state: str, after: tuple[str, str]):
    found = delivery_states_after(States(Order(order), Delivery(delivery)), state)
    assert found == States(Order(after[0]), Delivery(after[1]))


@pytest.mark.parametrize("state", ["UNKNOWN", "NOT_FOUND", "paid", "已完成", "", "UNKNOWN_ERROR"])
def test_a_state_that_we_do_not_know_changes_nothing(state: str):
    now = States(Order.PROCESSING, Delivery.IN_PROGRESS)
    assert order_states_after(now, state) is None
    assert delivery_states_after(now, state) is None


def test_order_and_delivery_are_put_in_order_together():
    assert ChangeType.ORDER.lane == ChangeType.DELIVERY.lane
    assert ChangeType.PAYMENT.lane == (ChangeType.PAYMENT,)
