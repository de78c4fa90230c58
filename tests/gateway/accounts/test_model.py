"""The rules of signing in."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.accounts.model import (
    LASTS_FOR,
    TRIES_WITHIN,
    Role,
    Session,
    Weakness,
    address_key,
    csrf_from,
    is_own_origin,
    name_key,
    plain_username,
    retry_after,
    session_ends_at,
    weakness_of,
)
from bot.gateway.accounts.totp import new_nonce, secret_from, step_of, uri_of

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PUBLIC = "https://help.example"


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("short", Weakness.SHORT),
        ("a" * 201, Weakness.LONG),
        ("aaaaaaaaaa1", Weakness.SIMPLE),
        ("Password123!", Weakness.COMMON),
        ("1234567890", Weakness.COMMON),
        ("xx-Alice-2026", Weakness.NAME),
        ("correct horse battery", None),
        ("密码要长一点才行吧对不对", None),
        ("ｃｏｒｒｅｃｔ　ｈｏｒｓｅ", None),
    ],
)
def test_what_can_be_a_password(password: str, weakness: Weakness | None):
    assert weakness_of(password, "alice") == weakness


def test_a_role_covers_itself_and_those_below():
    assert [[a.covers(b) for b in Role] for a in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_session_ends_when_it_is_idle_and_after_a_week_at_most():
    begun = Session(token_hash="", username="a", created_at=NOW, seen_at=NOW)
    assert session_ends_at(begun) == NOW + timedelta(hours=12)
    late = Session(token_hash="", username="a", created_at=NOW, seen_at=NOW + timedelta(days=6, hours=20))
    assert session_ends_at(late) == NOW + LASTS_FOR


@given(st.lists(st.integers(0, 3600), max_size=30), st.integers(1, 20))
def test_never_more_wrong_tries_within_the_time_than_allowed(waits: list[int], most: int):
    tries: list[datetime] = []
    now = NOW
    for wait in waits:
        now += timedelta(seconds=wait)
        if retry_after(tries, most, now) is None:
            tries.append(now)
    for each in tries:
        assert sum(each <= other < each + TRIES_WITHIN for other in tries) <= most


def test_after_the_time_that_is_told_one_may_try_again():
    tries = [NOW + timedelta(minutes=each) for each in range(5)]
    wait = retry_after(tries, 5, NOW + timedelta(minutes=5))
    assert wait is not None
    assert retry_after(tries, 5, NOW + timedelta(minutes=5, seconds=wait)) is None
    assert retry_after(tries, 5, NOW + timedelta(minutes=5, seconds=wait - 2)) is not None


def test_one_name_and_one_address_in_any_spelling_are_one():
    assert name_key("Alice ") == name_key("ａｌｉｃｅ") != name_key("bob")
    assert address_key("::ffff:10.0.0.1") == address_key("10.0.0.1") != address_key("10.0.0.2")
    assert address_key("2001:db8::1") == address_key("2001:db8::2:3") != address_key("2001:db8:0:1::1")
    assert address_key("unknown") != address_key("")
    assert plain_username(" Bob ") == "bob"


@pytest.mark.parametrize(
    ("origin", "demo", "own"),
    [
        ("https://help.example", False, True),
        ("https://HELP.example", False, True),
        ("http://help.example", False, False),
        ("https://help.example:444", False, False),
        ("https://help.example.evil.example", False, False),
        ("https://evil.example", False, False),
        ("https://evil.example", True, False),
        ("http://localhost:8000", False, False),
        ("http://localhost:8000", True, True),
        ("http://localhost:5173", True, False),
        ("https://help.example/x", False, False),
        ("null", True, False),
        ("", True, False),
        ("http://[", True, False),
    ],
)
def test_only_the_desks_own_page_may_change_something(origin: str, demo: bool, own: bool):
    assert is_own_origin(origin, "localhost:8000", PUBLIC, demo) is own


def test_a_csrf_token_is_of_one_session():
    assert csrf_from("key", "a") == csrf_from("key", "a") != csrf_from("key", "b") != csrf_from("other", "b")


def test_a_code_works_once_also_a_little_early_or_late():
    secret = secret_from("key", "alice", new_nonce())
    code = pyotp.TOTP(secret).at(NOW)
    step = int(NOW.timestamp()) // 30
    assert step_of(secret, code, NOW, None) == step
    assert step_of(secret, f"{code[:3]} {code[3:]}", NOW + timedelta(seconds=30), None) == step
    assert step_of(secret, code, NOW - timedelta(seconds=30), None) == step
    assert step_of(secret, code, NOW + timedelta(seconds=90), None) is None
    assert step_of(secret, code, NOW, step) is None
    assert step_of(secret, code, NOW, step - 1) == step
    assert step_of(secret, "٣٣٣٣٣٣", NOW, None) is None


def test_a_secret_is_of_one_key_one_account_and_one_nonce():
    nonce = new_nonce()
    secret = secret_from("key", "alice", nonce)
    others = {secret_from("key2", "alice", nonce), secret_from("key", "bob", nonce), secret_from("key", "alice", "x")}
    assert len(others | {secret}) == 4
    assert uri_of(secret, "alice") == f"otpauth://totp/DaoZhang:alice?secret={secret}&issuer=DaoZhang"
