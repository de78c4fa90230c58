"""Who may speak to us by webhook."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from bot.errors import NotAuthorizedError
from bot.webhooks import SIGNATURE_HEADER, TIMESTAMP_HEADER, signed_headers, verified_id

KEY, BODY = "a" * 64, '{"product":"游戏点卡"}'.encode()


def test_what_was_signed_is_believed():
    headers = signed_headers(KEY, "event-1", BODY)
    assert verified_id(KEY, headers, BODY) == "event-1"


def test_it_is_what_the_contract_says():
    headers = signed_headers(KEY, "event-1", BODY)
    text = f"event-1.{headers[TIMESTAMP_HEADER]}.".encode() + BODY
    expected = base64.b64encode(hmac.new(KEY.encode(), text, hashlib.sha256).digest()).decode()
    assert headers[SIGNATURE_HEADER] == f"v1,{expected}"


def test_a_standard_secret_is_base64():
    secret = "whsec_" + base64.b64encode(b"0" * 32).decode()
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "shop-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": "v1,bm9wZQ== " + Webhook(b"0" * 32).sign("shop-1", now, BODY.decode()),
    }
    assert verified_id(secret, headers, BODY) == "shop-1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "event-2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,%%%"},
        {"webhook-signature": "v1,ünsinn"},
        {"webhook-signature": "v2,bm9wZQ=="},
        {"webhook-signature": "v1,bm9wZQ=="},
    ],
)
def test_anything_else_is_refused(change: dict[str, str]):
    headers = {**signed_headers(KEY, "event-1", BODY), **change}
    with pytest.raises(NotAuthorizedError):
        verified_id(KEY, headers, BODY)


@pytest.mark.parametrize("body", [BODY + b" ", b"\xff", b""])
def test_another_body_is_refused(body: bytes):
    with pytest.raises(NotAuthorizedError):
        verified_id(KEY, signed_headers(KEY, "event-1", BODY), body)


@pytest.mark.parametrize("key", ["b" * 64, "whsec_", "whsec_ä", ""])
def test_another_or_a_useless_key_is_refused(key: str):
    with pytest.raises(NotAuthorizedError):
        verified_id(key, signed_headers(KEY, "event-1", BODY), BODY)


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_an_old_or_future_webhook_is_refused(off: timedelta):
    then = datetime.now(UTC) + off
    headers = {
        "webhook-id": "event-1",
        "webhook-timestamp": str(int(then.timestamp())),
        "webhook-signature": Webhook(KEY.encode()).sign("event-1", then, BODY.decode()),
    }
    with pytest.raises(NotAuthorizedError):
        verified_id(KEY, headers, BODY)
