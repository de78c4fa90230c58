"""When many similar cases are one incident."""

import pytest

from bot.backend.incidents.model import (
    CONCERNED,
    COUNTED,
    Group,
    Scope,
    group_to_open,
    groups_of,
    incident_no_from,
)
from bot.backend.orders.model import Diagnosis
from tests.backend.conftest import NOW

ALL = {Scope.PRODUCT: "点卡", Scope.SUPPLIER: "sup", Scope.CHANNEL: "wechat"}


@pytest.mark.parametrize(
    ("diagnosis", "expected"),
    [
        (Diagnosis.UPSTREAM_STUCK, [(Scope.PRODUCT, "点卡"), (Scope.SUPPLIER, "sup")]),
        (Diagnosis.IN_WINDOW, [(Scope.PRODUCT, "点卡"), (Scope.SUPPLIER, "sup")]),
        (Diagnosis.CALLBACK_MISSING, [(Scope.CHANNEL, "wechat")]),
        (Diagnosis.UNPAID, []),
        (Diagnosis.PAYMENT_CLAIMED, []),
        (Diagnosis.DELIVERED_NOT_SEEN, []),
    ],
)
def test_which_incidents_would_concern_a_case(diagnosis: Diagnosis, expected: list):
    assert groups_of(diagnosis, ALL) == expected


def test_what_is_not_known_is_nothing_in_common():
    assert groups_of(Diagnosis.UPSTREAM_STUCK, {Scope.PRODUCT: "点卡", Scope.SUPPLIER: None}) == [
        (Scope.PRODUCT, "点卡")
    ]


def test_waiting_inside_the_window_concerns_but_does_not_count():
    assert set(CONCERNED) - set(COUNTED) == {Diagnosis.IN_WINDOW}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], None),
        ([Group(Scope.PRODUCT, "a", 4)], None),
        ([Group(Scope.PRODUCT, "a", 5)], "a"),
        ([Group(Scope.SUPPLIER, "s", 9), Group(Scope.PRODUCT, "a", 5)], "a"),
        ([Group(Scope.SUPPLIER, "s", 9), Group(Scope.PRODUCT, "a", 4)], "s"),
        ([Group(Scope.PRODUCT, "a", 5), Group(Scope.PRODUCT, "b", 7)], "b"),
    ],
)
def test_the_narrowest_and_largest_goes_first(groups: list[Group], expected: str | None):
    found = group_to_open(groups, 5)
    assert (found.name if found else None) == expected


def test_the_number_has_the_chinese_date():
    assert incident_no_from(NOW, "a1b2c3d4") == "IN261124A1B2C3"
