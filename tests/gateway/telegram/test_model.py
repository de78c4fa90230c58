"""What updates mean, and how messages are cut."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gateway.channels.telegram.forum_words import say
from bot.gateway.channels.telegram.model import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Arrival,
    What,
    arrival_from,
    parts_of,
    split,
    units,
    without_secrets,
)
from bot.gateway.conversations.model import Button
from bot.qa.bot_api import USERNAME
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they


def read(update: Any) -> Arrival:
    arrival = arrival_from(update, USERNAME)
    assert arrival is not None
    return arrival


def test_a_text():
    update = they.text("充值没到账")
    found = read(update)
    assert (found.what, found.text, found.chat_id) == (What.TEXT, "充值没到账", they.ALICE)
    assert (found.update_id, found.message_no) == (update["update_id"], update["message"]["message_id"])
    assert (found.name, found.app_language) == ("Alice Zhang", "zh-hans")


def test_of_a_photo_the_largest_size_with_its_caption_and_album():
    found = read(they.photo("big", caption="这是付款截图", media_group_id="13"))
    assert (found.what, found.file_id, found.text, found.album) == (What.PICTURE, "big", "这是付款截图", "13")
    assert read(they.photo()).album is None


def test_a_document_that_is_a_picture_and_one_that_is_none():
    assert (read(they.document()).what, read(they.document()).file_id) == (What.PICTURE, "doc")
    assert read(they.document(mime="application/pdf")).what is What.UNREADABLE


@pytest.mark.parametrize("kind", they.UNREADABLE)
def test_what_the_bot_cannot_read(kind: str):
    assert read(they.message(**{kind: they.UNREADABLE[kind]})).what is What.UNREADABLE


@pytest.mark.parametrize(
    ("words", "what", "command", "argument", "text"),
    [
        ("/start", What.COMMAND, "start", "", "/start"),
        ("/start ABCD-EFGH", What.TEXT, "start", "", "ABCD-EFGH"),
        ("/start KM202405120001", What.TEXT, "start", "", "KM202405120001"),
        ("/status", What.COMMAND, "status", "", "/status"),
        ("/Human@DaoZhang_bot", What.COMMAND, "human", "", "/Human@DaoZhang_bot"),
        ("/language en", What.COMMAND, "language", "en", "/language en"),
        ("/help", What.COMMAND, "help", "", "/help"),
        ("/unknown thing", What.TEXT, None, "", "/unknown thing"),
        ("/", What.TEXT, None, "", "/"),
    ],
)
def test_commands(words: str, what: What, command: str | None, argument: str, text: str):
    found = read(they.text(words))
    assert (found.what, found.command, found.argument, found.text) == (what, command, argument, text)


def test_an_edited_text_counts_and_an_edited_place_or_picture_does_not():
    found = read(they.message("edited_message", text="KM202405120001", edit_date=they.DATE))
    assert (found.what, found.text, found.edited) == (What.TEXT, "KM202405120001", True)
    assert read(they.message("edited_message", location=they.UNREADABLE["location"])).what is What.IGNORED
    with_photo = they.photo()
    edited = {"update_id": 1, "edited_message": with_photo["message"]}
    assert read(edited).what is What.IGNORED
    edited["edited_message"]["caption"] = "单号 123"
    assert (read(edited).what, read(edited).text) == (What.TEXT, "单号 123")
    assert read(they.message("edited_message", text="/human")).what is What.IGNORED


def test_a_reply_is_its_words():
    earlier = they.text("earlier")["message"]
    found = read(they.text("没有", reply_to_message=earlier))
    assert (found.what, found.text) == (What.TEXT, "没有")


def test_a_click_and_one_under_a_message_that_is_gone():
    found = read(they.click("ab" * 16))
    assert (found.what, found.button_id, found.query_id) == (What.BUTTON, "ab" * 16, "4382bfdwdsb323b2d9")
    gone = {"chat": they.chat(), "message_id": 5, "date": 0}
    assert read(they.click("x", message=gone)).what is What.BUTTON
    game = they.click("x", game_short_name="g")
    del game["callback_query"]["data"]
    for update in (they.click("x", message=None), game):
        found = read(update)
        assert (found.what, found.query_id) == (What.IGNORED, "4382bfdwdsb323b2d9")


def test_blocked_and_back():
    assert read(they.member("kicked")).what is What.BLOCKED
    assert read(they.member("member", "kicked")).what is What.UNBLOCKED
    assert read(they.member("kicked", where=they.group())).what is What.IGNORED


@pytest.mark.parametrize("words", ["/help", f"/status@{USERNAME}", f"@{USERNAME}, 我的订单呢？", f"你好 @{USERNAME}"])
def test_in_a_group_commands_and_mentions_count_and_nothing_is_kept(words: str):
    found = read(they.text(words, chat=they.group()))
    assert (found.what, found.text, found.name) == (What.GROUP, "", None)


@pytest.mark.parametrize("words", ["KM202405120001 没到", "/help@other_bot", "/unknown", "@daozhang_botx hi", "a@b.c"])
def test_in_a_group_everything_else_is_ignored(words: str):
    assert read(they.text(words, chat=they.group("group"))).what is What.IGNORED


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "channel_post": {"chat": {"id": -1, "type": "channel"}, "text": "/help"}},
        {"update_id": 1, "message": {"chat": {"id": "x", "type": "private"}, "message_id": 1, "text": "a"}},
        {"update_id": 1, "callback_query": {"data": "x"}},
        {"update_id": 1, "my_chat_member": {"chat": they.chat()}},
        {"update_id": 1, "of_the_future": {"chat": they.chat(), "text": "a"}},
        they.message(photo=[{"file_id": "no size"}]),
        they.message(text=" \u0000 "),
        they.message(pinned_message={"text": "old"}),
        they.text("from a bot", **{"from": they.user(is_bot=True)}),
    ],
)
def test_what_is_unknown_or_broken_is_ignored(update: Any):
    assert read(update).what is What.IGNORED


@pytest.mark.parametrize("update", [None, [], "x", 5, {}, {"update_id": "1"}, {"update_id": True}, {"message": {}}])
def test_what_has_no_number_is_nothing(update: Any):
    assert arrival_from(update, USERNAME) is None


NAMES = st.sampled_from(
    ["update_id", "message", "edited_message", "callback_query", "my_chat_member", "chat", "from", "text", "photo",
     "document", "id", "type", "message_id", "data", "caption", "new_chat_member", "status", "file_id"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["private", "group", "/start x", "kicked", "7"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
)


@settings(max_examples=300, deadline=None, database=None)
@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_no_update_raises(update: dict[str, Any]):
    found = arrival_from({"update_id": 1, **update}, USERNAME)
    assert found is None or Arrival(**found.to_json()) == found


def test_secrets_and_codes_are_not_kept():
    kept = without_secrets(read(they.text("密码是 hunter2secret")))
    assert "hunter2secret" not in str(kept.to_json())
    assert kept.redacted
    kept = without_secrets(read(they.text("我的订单没到")))
    assert (kept.text, kept.redacted, kept.resume_code) == ("我的订单没到", False, None)


def test_a_link_with_a_code_that_has_a_slip_is_no_question():
    kept = without_secrets(read(they.text("/start AB2D-EFGH")))
    assert (kept.resume_code, kept.resume_refused, "AB2D" in kept.text) == (None, "typo", False)
    kept = without_secrets(read(they.text("/start KM202405120001")))
    assert (kept.text, kept.resume_refused) == ("KM202405120001", None)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(alphabet="ab😀字 \n", max_size=60), st.integers(2, 9))
def test_pieces_fit_and_nothing_is_lost(text: str, most: int):
    pieces = list(split(text, most))
    assert all(1 <= units(each) <= most for each in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_text_is_cut_at_a_line_and_its_buttons_come_last():
    buttons = (Button("b", "是"),)
    parts = parts_of("a" * 3000 + "\n" + "b" * 3000, buttons, picture=False)
    assert [(each.text[:1], len(each.text), each.buttons) for each in parts] == [("a", 3000, ()), ("b", 3000, buttons)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_is_room_for_the_line_that_may_come_before(language: str):
    for line in (says("utter_telegram_again", language), say("again", language)):
        assert LONGEST_CAPTION + units(line) + 1 <= 1024
        assert LONGEST_TEXT + units(line) + 1 <= 4096


def test_a_short_text_goes_below_its_picture_and_a_long_one_before():
    assert [(each.picture, each.text) for each in parts_of("short", (), picture=True)] == [(True, "short")]
    assert [(each.picture, len(each.text)) for each in parts_of("x" * 1500, (), picture=True)] == [
        (False, 1500), (True, 0),
    ]  # fmt: skip
    assert parts_of("", (), picture=False) == []
