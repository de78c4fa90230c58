"""Filling canned replies, and the ones that a demo starts with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.canned.bodies import NewCanned
from bot.gateway.canned.defaults import load_defaults
from bot.gateway.canned.model import PLACES, fill, order_no_in, places_in, unknown_places, values_for
from bot.gateway.static import EXAMPLES

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ORDER = {
    "order_no": "KM1", "product": "游戏点卡", "amount": "30.00", "currency": "CNY", "proven": True, "reachable": True,
    "version": "a" * 16,
}  # fmt: skip
CASE = {"ticket_no": "TK1", "next_promise_at": (NOW + timedelta(hours=2)).isoformat()}
ALL = " ".join(f"{{{each}}}" for each in PLACES)


def values(order: dict[str, Any] | None = ORDER, case: dict[str, Any] | None = CASE, **more: Any) -> dict[str, str]:
    usual = {"customer_name": "王先生", "agent_name": "Bob", "now": NOW}
    return values_for(order=order, case=case, **{**usual, **more})


def test_every_place_is_filled_with_what_is_known():
    found = fill(ALL, values(), ORDER)
    assert found.text == "KM1 游戏点卡 ¥30.00 2026-11-30 19:00 王先生 TK1 Bob"
    assert found.missing == ()


def test_what_is_not_known_stays_in_the_text_and_is_named():
    found = fill(ALL, values(order=None, case=None, customer_name=None), None)
    assert found.missing == ("order_no", "product", "amount", "promised_at", "customer_name", "ticket_no")
    assert "{product}" in found.text and found.text.endswith("Bob")


def test_nobody_is_told_a_time_that_has_passed():
    late = {**CASE, "next_promise_at": NOW.isoformat()}
    assert fill("{promised_at}", values(case=late), ORDER).missing == ("promised_at",)
    assert fill("{promised_at}", values(case={**CASE, "next_promise_at": None}), ORDER).missing == ("promised_at",)


@pytest.mark.parametrize("change", [{"proven": False}, {"reachable": False}])
def test_of_an_order_that_is_not_proven_or_not_reachable_only_the_number_is_said(change: dict[str, bool]):
    order = {**ORDER, **change}
    assert fill("{order_no} {product} {amount}", values(order=order), order).missing == ("product", "amount")


def test_a_reply_is_out_of_date_as_soon_as_the_order_or_the_promise_changes():
    text = "{order_no} {promised_at}"
    first = fill(text, values(), ORDER).order_version
    later = {**CASE, "next_promise_at": (NOW + timedelta(hours=3)).isoformat()}
    changed = {**ORDER, "version": "b" * 16}
    versions = [first, fill(text, values(case=later), ORDER).order_version]
    versions += [fill(text, values(order=changed), changed).order_version]
    assert len(set(versions)) == 3
    assert fill(text, values(agent_name="Sue"), ORDER).order_version == first
    assert order_no_in(first) == "KM1"


def test_a_reply_that_is_not_about_an_order_is_never_out_of_date():
    assert fill("{agent_name} {customer_name}", values(), ORDER).order_version == ""
    assert order_no_in("") is None
    assert order_no_in(fill("{order_no}", values(order=None), None).order_version) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_a_customer_is_called_cannot_make_a_new_place(before: str, name: str):
    if places_in(before):
        return
    found = fill(f"{before}{{customer_name}}", values(customer_name=name), ORDER)
    assert found.text == (f"{before}{name.strip()}" if name.strip() else f"{before}{{customer_name}}")


def test_names_in_braces_that_mean_nothing_are_found():
    assert unknown_places("{order_no} {card_secret} {} { product}") == ["card_secret", "", " product"]


DEFAULTS = load_defaults()


@pytest.mark.parametrize("reply", DEFAULTS["replies"], ids=lambda each: each["shortcut"])
def test_each_reply_of_the_demo_can_be_used(reply: dict[str, str]):
    made = NewCanned.model_validate(reply)
    assert made.text == reply["text"].strip()
    assert made.picture is None or (EXAMPLES / made.picture).is_file()
    assert "原路" not in made.text  # nobody can promise that


def test_both_languages_have_the_same_replies():
    places = [
        [set(places_in(each["text"])) for each in DEFAULTS["replies"] if each["language"] == language]
        for language in ("zh", "en")
    ]
    assert places[0] == places[1]
