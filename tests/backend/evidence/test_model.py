from bot.backend.evidence.model import place_of, subject_of
from bot.backend.evidence.reuse import is_reused

SHA = "ab" * 32


def test_pictures_are_spread_over_folders_by_their_content():
    assert str(place_of(SHA)) == f"ab/{SHA}"


def test_the_same_upload_is_one_subject():
    assert subject_of(SHA, "alice", None) == subject_of(SHA, "alice", "")


def test_another_picture_customer_or_order_is_another():
    subjects = {
        subject_of(SHA, "alice", None),
        subject_of("cd" * 32, "alice", None),
        subject_of(SHA, "charlie", None),
        subject_of(SHA, "alice", "KM1"),
        subject_of(SHA, "aliceKM", "1"),
    }
    assert len(subjects) == 5


def test_a_picture_used_before_by_somebody_else_is_reused():
    assert is_reused("alice", None, [("charlie", None)])
    assert is_reused("alice", "KM1", [("alice", "KM1"), ("charlie", "KM1")])


def test_a_picture_used_before_for_another_order_is_reused():
    assert is_reused("alice", "KM1", [("alice", "KM2")])


def test_a_picture_sent_again_is_not():
    assert not is_reused("alice", "KM1", [])
    assert not is_reused("alice", "KM1", [("alice", "KM1"), ("alice", None)])
    assert not is_reused("alice", None, [("alice", "KM1")])
