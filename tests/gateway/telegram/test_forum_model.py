"""What stands in a topic, and what an update of the staff's group means."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.gateway.channels.telegram import forum_codes as codes
from bot.gateway.channels.telegram.forum_model import TOLD, card_text, is_shown, next_copy, shown, topic_name, who_text
from bot.gateway.channels.telegram.forum_words import WORDS, say
from bot.gateway.channels.telegram.model import What, arrival_from, units, without_secrets
from bot.gateway.conversations.model import Conversation, Kind, Message, Origin, Owner, Sender, Status
from bot.gateway.desk.model import REASONS, Person, activity
from bot.qa.bot_api import USERNAME
from bot.settings import ROOT
from tests.gateway.desks import NOW
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.forum_api import STAFF

CARD = {
    "reason": "conflict", "asked": "没到账，密码是 hunter2secret", "diagnosis": "PAID_NO_ORDER",
    "order_no": "KM202405120001",
    "answered": [{"name": "payment_channel", "value": "wechat"}],
    "checked": [{"name": "payment", "result": "PAID"}, {"name": "evidence", "result": "CONFLICT"}], "at": "2026-11-30",
}  # fmt: skip


def conversation(**fields: Any) -> Conversation:
    base = Conversation(
        conversation_id="abcd" * 8, channel="telegram", customer_id="telegram:1", identity=None, language="zh",
        language_locked=False, owner=Owner.QUEUE, agent=None, handoff_reason="conflict", owner_since=NOW,
        queue_told_at=None, sender_n=1, last_seq=1, read_seq=0, created_at=NOW, customer_name="Alice",
        order_no="KM202405120001", handover=CARD,
    )  # fmt: skip
    return replace(base, **fields)


def message(position: int, text: str = "x", **fields: Any) -> Message:
    base = Message(
        message_id=f"m{position}", conversation_id="c", seq=position, kind=Kind.INCOMING, sender=Sender.CUSTOMER,
        text=text, buttons=(), picture_id=None, image=None, client_id=None, created_at=NOW, status=Status.RECEIVED,
        position=position,
    )  # fmt: skip
    return replace(base, **fields)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_name_fits(language: str):
    assert topic_name(conversation(), "话费 100 元", language) == "#abcd · …0001 · 话费 100 元"
    assert units(topic_name(conversation(), "长😀" * 100, language)) <= 128
    assert "\n" not in topic_name(conversation(order_no=None), "a\nb", language)
    assert topic_name(conversation(order_no=None), None, "en") == "#abcd · Evidence contradicts record"


def test_the_card_has_the_facts_and_no_secrets():
    text = card_text(conversation(), "话费 100 元", "zh")
    for each in (
        "凭证与记录矛盾",
        "A**",
        "KM202405120001",
        "话费 100 元",
        "没到账",
        "已付款但没有订单",
        "微信",
        "已支付",
        "与记录矛盾",
        "/reopen",
    ):
        assert each in text
    assert "hunter2secret" not in text
    assert "Alice" not in text
    long = card_text(conversation(handover={**CARD, "asked": "长" * 5000}), None, "en")
    assert units(long) <= 4000
    assert "/reopen" in long
    assert "Priority: normal" in card_text(conversation(handover=None), None, "en")


def test_texts_are_joined_while_they_fit():
    waiting = [message(n, "字" * 900) for n in range(1, 7)]
    copy = next_copy(waiting, (), "Alice", "zh")
    assert copy is not None
    assert copy.ids == ["m1", "m2", "m3", "m4"]
    assert units(copy.texts[0]) <= 4000
    assert next_copy([], (), None, "zh") is None


def test_a_long_text_is_cut_and_stands_alone():
    copy = next_copy([message(1, "\n".join(["字" * 900] * 6)), message(2)], (), None, "zh")
    assert copy is not None
    assert copy.ids == ["m1"]
    assert len(copy.texts) == 2


def test_what_answers_another_message_stands_alone():
    first = next_copy([message(1, quotes="m0"), message(2)], (), None, "zh")
    second = next_copy([message(1), message(2, quotes="m0")], (), None, "zh")
    assert first is not None
    assert second is not None
    assert first.ids == second.ids == ["m1"]


def test_what_may_have_arrived_is_not_joined_with_what_has_not():
    copy = next_copy([message(1), message(2), message(3)], {"m1", "m2"}, None, "zh")
    assert copy is not None
    assert copy.ids == ["m1", "m2"]


def test_an_album_is_of_one_sender_and_at_most_ten():
    pictures = [message(n, "", picture_id=f"p{n}") for n in range(1, 13)]
    copy = next_copy(pictures, (), None, "zh")
    assert copy is not None
    assert (copy.pictures, len(copy.ids)) == (True, 10)
    others = [pictures[0], replace(pictures[1], sender=Sender.AGENT, kind=Kind.OUTGOING), pictures[2]]
    copy = next_copy(others, (), None, "zh")
    assert copy is not None
    assert copy.ids == ["m1"]
    long = next_copy([message(1, "长" * 3000, picture_id="p")], (), None, "zh")
    assert long is not None
    assert units(long.texts[0]) <= 1000
    assert long.texts[0].endswith(say("cut", "zh"))


def test_who_said_it_and_from_where():
    agent = message(1, "hi", kind=Kind.OUTGOING, sender=Sender.AGENT, author="bob", author_name="Bob")
    assert shown(agent, "Alice", "en") == "💬 Bob (desk)\nhi"
    assert shown(replace(agent, kind=Kind.NOTE), "Alice", "en") == "📝 Private note · Bob\nhi"
    assert shown(message(1, "{x} 密码是 hunter2secret"), None, "en").startswith("👤 Customer\n{x}")
    assert "hunter2secret" not in shown(message(1, "密码是 hunter2secret"), None, "en")
    assert not is_shown(replace(agent, origin=Origin.TOPIC))
    assert shown(message(1, origin=Origin.EDIT), "Alice", "en") == "👤 A** (edited)\nx"


@pytest.mark.parametrize("what", TOLD)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_of_the_history_has_words(what: str, language: str):
    said = activity(what, Person("bob", "Bob"), to="carol", reason="other")
    line = message(
        1, said.text, kind=Kind.ACTIVITY, sender=Sender.SYSTEM, author=said.author, author_name=said.author_name,
        activity=said.activity, seq=None,
    )  # fmt: skip
    assert is_shown(line)
    assert shown(line, None, language).startswith("— ")


def test_what_is_only_for_the_desk_is_not_shown():
    line = message(1, "priority", kind=Kind.ACTIVITY, sender=Sender.SYSTEM)
    assert not is_shown(line)


def test_who():
    now = NOW + timedelta(minutes=7)
    found = who_text(conversation(waiting_since=NOW), "TK261130ABCDEF", now, "en")
    assert found.splitlines() == [
        "Owner: nobody yet, in the queue", "Waiting for: 7 min", "Order: KM202405120001", "Ticket: TK261130ABCDEF",
    ]  # fmt: skip
    taken = conversation(owner=Owner.AGENT, agent="bob", agent_name="Bob", order_no=None)
    assert who_text(taken, None, now, "zh").splitlines() == [
        "处理人：Bob",
        "客户已等：不在等待",
        "订单号：无",
        "工单：无",
    ]


def test_both_languages_have_the_same_blanks():
    for name, (chinese, english) in WORDS.items():
        assert sorted(re.findall(r"{\w+}", chinese)) == sorted(re.findall(r"{\w+}", english)), name


def test_the_codes_have_the_words_of_the_desk():
    """They are written twice, as one is for the browser."""
    pages = "".join(
        (ROOT / "web" / "desk" / name).read_text(encoding="utf-8")
        for name in ("cards.ts", "texts.zh.ts", "texts.en.ts", "panel/texts.zh.ts", "panel/texts.en.ts")
    )
    books = [getattr(codes, name) for name in dir(codes) if name.isupper()]
    assert len(books) == 7
    for book in books:
        for code, words in book.items():
            for each in words:
                assert f'{code}: "{each}"' in pages
    assert set(codes.REASONS) == set(REASONS)
    known = re.search(r"diagnoses: \{(.*?)\n  \}", pages, re.DOTALL)
    assert known is not None
    assert set(re.findall(r'(\w+): "', known[1])) == set(codes.DIAGNOSES)


def read(update: they.Json, staff_chat: int = STAFF) -> Any:
    arrival = arrival_from(update, USERNAME, staff_chat)
    assert arrival is not None
    return without_secrets(arrival)


def test_what_the_staff_writes_is_never_a_customers():
    found = read(they.in_topic(7, who=5, text="/note 密码是 hunter2secret", reply_to=9))
    assert (found.what, found.chat_id, found.thread_id, found.user_id) == (What.STAFF, STAFF, 7, 5)
    assert (found.command, found.reply_to) == ("note", 9)
    assert "hunter2secret" not in found.argument + found.text
    assert read(they.in_topic(7, who=5, text="hi")).reply_to is None
    assert read(they.in_topic(None, who=5, text="hi")).thread_id is None
    assert read(they.in_topic(7, who=5, kind="edited_message", text="hi")).edited
    anonymous = they.in_topic(7, who=5, text="hi", sender_chat=they.group(), **{"from": they.user(is_bot=True)})
    assert read(anonymous).user_id == 0


@pytest.mark.parametrize("slash", ["／", "、"])
def test_what_a_chinese_keyboard_makes_of_a_slash_is_one(slash: str):
    found = read(they.in_topic(7, who=5, text=f"{slash}note 只给我们看"))
    assert (found.command, found.argument) == ("note", "只给我们看")
    assert read(they.in_topic(7, who=5, text=f"好{slash}note")).command is None


def test_what_the_group_reports_and_what_is_for_other_bots_is_nothing():
    for fields in ({"forum_topic_closed": {}}, {"pinned_message": {}}, {"text": "/close@other_bot"}):
        assert read(they.in_topic(7, who=5, **fields)).what is What.IGNORED
    other = they.in_topic(7, who=5, text="hi", **{"from": they.user(5, is_bot=True)})
    assert read(other).what is What.IGNORED


def test_a_customer_is_no_staff():
    assert read(they.text("hi")).what is What.TEXT
    assert read(they.text("/link ABC")).what is What.STAFF
    assert read(they.text("/link ABC"), staff_chat=0).what is What.TEXT
    assert read(they.in_topic(7, who=5, text="hi"), staff_chat=0).what is What.IGNORED
    assert read(they.in_topic(7, who=5, text="/start"), staff_chat=STAFF - 1).what is What.GROUP
