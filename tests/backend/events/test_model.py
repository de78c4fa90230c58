"""When a delivery is tried again, and what the gateway gets."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.backend.events.model import GIVE_UP_AFTER, NewEvent, body_of_event, next_attempt_at
from tests.backend.conftest import NOW
from tests.backend.events.making import make_event


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, 600), (6, 3600), (7, 3600), (70, 3600)]
)
def test_the_pauses_grow_to_an_hour(attempt: int, seconds: int):
    assert next_attempt_at(attempt, NOW, NOW) == NOW + timedelta(seconds=seconds)


def test_it_is_given_up_after_three_days():
    now, attempt, times = NOW, 0, [NOW]
    while now:
        attempt += 1
        now = next_attempt_at(attempt, NOW, now)
        times += [now] if now else []
    assert times[-1] <= NOW + GIVE_UP_AFTER < times[-1] + timedelta(hours=1)
    assert all(first < second for first, second in pairwise(times))


def test_the_body_is_what_the_contract_says():
    event: NewEvent = make_event(conversation_id="c1")
    row = {**vars(event), "type": event.type.value, "id": 7, "event_id": "e7", "attempt": 3, "key": "secret"}
    assert body_of_event(row) == {
        "event_id": "e7",
        "type": "order.delivered",
        "sequence": 7,
        "occurred_at": "2026-11-24T04:30:00+00:00",
        "customer_ref": "alice",
        "conversation_id": "c1",
        "order_no": "KM1",
        "ticket_no": None,
        "data": {"product": "游戏点卡", "amount": "30.00"},
    }
