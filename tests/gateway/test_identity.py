from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotAuthorizedError
from bot.gateway.identity import AHEAD, FRESH_FOR, check_identity, sign_identity

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ISSUED = int(NOW.timestamp())
SIGNED = "c71940625ae1fffd47478f82365bfc686e841025df25507591369e00a16b5923"


def test_a_signature_is_hmac_sha256_over_user_and_time():
    # Computed with: printf 'alice.1764000000' | openssl dgst -sha256 -hmac secret
    assert sign_identity("secret", "alice", 1764000000) == SIGNED


def test_a_good_signature_gives_the_user():
    signature = sign_identity("secret", "alice", ISSUED)
    assert check_identity("secret", "alice", ISSUED, signature, NOW) == "alice"
    assert check_identity("secret", "alice", ISSUED, signature.upper(), NOW) == "alice"


@pytest.mark.parametrize(
    ("secret", "user_id", "issued_at", "signature"),
    [
        ("", "alice", ISSUED, sign_identity("", "alice", ISSUED)),
        ("secret", "bob", ISSUED, sign_identity("secret", "alice", ISSUED)),
        ("secret", "alice", ISSUED + 1, sign_identity("secret", "alice", ISSUED)),
        ("secret", "alice", ISSUED, sign_identity("other", "alice", ISSUED)),
        ("secret", "alice", ISSUED, ""),
        ("secret", "alice", ISSUED, "ü\ud800"),
        ("secret", "alice", 10**17, sign_identity("secret", "alice", 10**17)),
    ],
)
def test_anything_else_is_refused(secret: str, user_id: str, issued_at: int, signature: str):
    with pytest.raises(NotAuthorizedError):
        check_identity(secret, user_id, issued_at, signature, NOW)


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (FRESH_FOR, True),
        (FRESH_FOR + timedelta(seconds=1), False),
        (-AHEAD, True),
        (-AHEAD - timedelta(seconds=1), False),
    ],
)
def test_only_a_fresh_signature_counts(age: timedelta, fresh: bool):
    issued_at = int((NOW - age).timestamp())
    signature = sign_identity("secret", "alice", issued_at)
    if fresh:
        assert check_identity("secret", "alice", issued_at, signature, NOW) == "alice"
        return
    with pytest.raises(NotAuthorizedError):
        check_identity("secret", "alice", issued_at, signature, NOW)
