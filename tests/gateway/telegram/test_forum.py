"""The staff's topics: an escalated customer, agents who answer there, and the desk, which knows it all."""

import json

import pytest
import sqlalchemy as sa

from bot.gateway.accounts.audit import Wanted, read_audit
from bot.gateway.channels.telegram.forum_words import say
from bot.gateway.channels.telegram.tables import chats, staff, updates
from bot.gateway.conversations.model import Owner
from bot.gateway.conversations.tables import conversations
from bot.gateway.keys import ENGINE
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desk.talking import HANDOFF, at, in_queue
from tests.gateway.desks import Browser
from tests.gateway.gateways import Gateway
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.forum_api import STAFF, ForumApi
from tests.gateway.telegram.staffing import (
    ALICE,
    BOB,
    CAROL,
    STRANGER,
    escalate,
    link,
    taken,
    until,
    with_staff,
    writes,
)
from tests.gateway.telegram.test_talking import conversation_of, log_of, settle
from tests.gateway.test_pictures import PNG


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_staff(settings)


async def test_an_escalated_customer_gets_a_topic_with_a_pinned_card(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    api.put(they.text("订单 KM202405120001 充值没到账，卡密: ABCD-1234-EFGH-5678"))
    await api.until(lambda: len(api.texts(ALICE)) >= 2)
    assert api.topics == {}
    thread = await escalate(api, rasa)
    assert list(api.topics) == [thread]
    name = api.topics[thread].name
    assert name.startswith("#")
    assert "…0001" in name
    card, *rest = api.in_topic(thread)
    assert "KM202405120001" in card
    assert "客户要求人工" in card
    assert "A**" in card
    assert api.pinned == [api.find("交接卡")["message_id"]]
    assert "充值没到账" in rest[0]
    assert "🤖 机器人\npassing you on" in "\n".join(rest)
    assert "ABCD-1234" not in str(api.sent)
    # What is said on goes there, too, once.
    api.put(they.text("在吗"))
    await api.until(lambda: any("在吗" in each for each in api.in_topic(thread)))
    await settle(gateway)
    assert sum("在吗" in each for each in api.in_topic(thread)) == 1
    assert sum("充值没到账" in each for each in api.in_topic(thread)[1:]) == 1


async def test_the_first_answer_claims_and_the_customer_reads_it_once(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    bob = await link(gateway, api, "bob", BOB)
    await link(gateway, api, "carol", CAROL)
    thread = await escalate(api, rasa)
    update = writes(api, thread, "您好，我来查一下")
    await api.until(lambda: api.texts(ALICE)[-1] == "您好，我来查一下")
    conversation = await conversation_of(gateway)
    assert (conversation.owner, conversation.agent) == (Owner.AGENT, "bob")
    # Telegram sends an update again when it is not sure.
    api.put(update)
    writes(api, thread, "我也来", CAROL)
    await api.until(lambda: say("owned", "zh", name=bob.name) in api.in_topic(thread))
    api.put(they.text("谢谢"))
    await api.until(lambda: any("谢谢" in each for each in api.in_topic(thread)))
    await settle(gateway)
    assert api.texts(ALICE).count("您好，我来查一下") == 1
    assert "我也来" not in str(await log_of(gateway))
    # What stands in the topic already is not copied there.
    assert "您好，我来查一下" not in str(api.in_topic(thread))
    assert any("Bob 接入了会话" in each for each in api.in_topic(thread))


async def test_the_desk_shows_what_was_said_where(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    writes(api, thread, "来自话题")
    await api.until(lambda: api.texts(ALICE)[-1] == "来自话题")
    browser = Browser(gateway)
    assert (await browser.sign_in("bob"))[0] == 200
    one = f"/conversations/{(await conversation_of(gateway)).conversation_id}"
    _, opened = await browser.call("GET", one)
    said = next(each for each in opened["messages"] if each["text"] == "来自话题")
    assert (said["author"], said["author_name"], said["origin"]) == ("bob", "Bob", "topic")
    body = {"client_id": "1", "kind": "reply", "text": "来自工作台"}
    _, reply = await browser.call("POST", f"{one}/messages", json=body)
    assert reply["origin"] is None
    await api.until(lambda: any("来自工作台" in each for each in api.in_topic(thread)))
    assert "💬 Bob（工作台）\n来自工作台" in api.find("来自工作台")["text"]
    actions = [row["action"] for row in await read_audit(gateway.app[ENGINE], Wanted(username="bob"))]
    assert {"account.linked", "message.sent"} <= set(actions)


async def test_who_is_not_linked_is_told_how_and_reaches_nobody(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    thread = await escalate(api, rasa)
    before = len(api.texts(ALICE))
    for text in ("hello customer", "/close", "/note x"):
        writes(api, thread, text, STRANGER)
    writes(api, thread, "as the group", 1_087_968_824, sender_chat=they.group(), **{"from": they.user(is_bot=True)})
    await api.until(lambda: api.in_topic(thread).count(say("link_first", "zh")) == 2)
    await settle(gateway)
    assert len(api.texts(ALICE)) == before
    assert (await conversation_of(gateway)).owner is Owner.QUEUE
    assert "hello customer" not in str(await log_of(gateway))


async def test_a_disabled_account_answers_nobody(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    async with gateway.app[ENGINE].begin() as connection:
        await connection.execute(sa.text("UPDATE accounts SET disabled = true"))
    writes(api, thread, "still here")
    await api.until(lambda: say("link_first", "zh") in api.in_topic(thread))
    assert "still here" not in str(api.texts(ALICE))


async def test_a_code_links_once_and_a_wrong_one_never(gateway: Gateway, api: ForumApi):
    await link(gateway, api, "bob", BOB)
    api.put(they.text("/link WRONGCODE2", who=STRANGER))
    await api.until(lambda: api.texts(STRANGER) == [say("link_failed", "zh")])
    async with gateway.app[ENGINE].connect() as connection:
        assert (await connection.execute(sa.select(staff.c.user_id, staff.c.username))).all() == [(BOB, "bob")]
        # None of it was a customer's.
        assert await connection.scalar(sa.select(sa.func.count()).select_from(chats)) == 0
        assert await connection.scalar(sa.select(sa.func.count()).select_from(conversations)) == 0


async def test_what_the_staff_says_elsewhere_in_the_group_is_nobodys(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    await escalate(api, rasa)
    before = len(api.sent)
    writes(api, None, "lunch?")
    writes(api, 999_999, "another topic")
    last = writes(api, None, "/human")
    await taken(api, last)
    await settle(gateway)
    async with gateway.app[ENGINE].connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(chats)) == 1
        assert await connection.scalar(sa.select(sa.func.count()).where(updates.c.done.is_(False))) == 0
    assert len(api.sent) == before


async def test_notes_never_reach_the_customer(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    before = len(api.texts(ALICE))
    api.files["large"] = PNG
    noted = writes(api, thread, "/note 上游说\n要等")
    api.put(they.in_topic(thread, who=BOB, photo=[they.size("large", 9, 9)], caption="/note 看图"))
    writes(api, thread, "/note")
    await api.until(lambda: say("empty_note", "zh") in api.in_topic(thread))
    writes(api, thread, "/note 上游说不用等", kind="edited_message", message_id=noted["message"]["message_id"])
    writes(api, thread, "没有斜杠了", kind="edited_message", message_id=noted["message"]["message_id"])
    await api.until(lambda: say("not_changed", "zh") in api.in_topic(thread))
    await settle(gateway)
    notes = [each[1] for each in await log_of(gateway) if each[0] == "note"]
    assert notes == ["上游说不用等", "看图"]
    assert len(api.texts(ALICE)) == before
    assert (await conversation_of(gateway)).owner is Owner.QUEUE


@pytest.mark.parametrize("captions", [("/note 内部截图", None, "第三张"), (None, None, "/note 内部截图")])
async def test_a_note_below_one_picture_of_an_album_is_for_all_of_them(
    captions: tuple[str | None, ...], gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    before = len(api.texts(ALICE))
    api.files.update(one=PNG + b"1", two=PNG + b"2", three=PNG + b"3")
    for file_id, caption in zip(("one", "two", "three"), captions, strict=True):
        words = {"caption": caption} if caption else {}
        picture = they.in_topic(thread, who=BOB, photo=[they.size(file_id, 9, 9)], media_group_id="g7", **words)
        api.put(picture)
        if caption and caption == captions[0]:
            await taken(api, picture)
            await settle(gateway)  # the others come when this one is done
    writes(api, thread, "/who")
    await api.until(lambda: any(say("owner_queue", "zh") in each for each in api.in_topic(thread)))
    notes = [each[1] for each in await log_of(gateway) if each[0] == "note"]
    assert notes == [(each or "").removeprefix("/note ") for each in captions]
    assert len(api.texts(ALICE)) == before
    assert (await conversation_of(gateway)).owner is Owner.QUEUE


async def test_an_album_below_a_command_that_is_none_stays_in_the_topic(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    api.files.update(one=PNG + b"1", two=PNG + b"2")
    for file_id, words in (("one", {"caption": "/notes 内部截图"}), ("two", {})):
        api.put(they.in_topic(thread, who=BOB, photo=[they.size(file_id, 9, 9)], media_group_id="g8", **words))
    writes(api, thread, "看到了")
    await api.until(lambda: api.texts(ALICE)[-1] == "看到了")
    assert [each["photo"] for each in api.sent if each["chat_id"] == ALICE and each["photo"]] == []
    assert sum(each.startswith("没有这个命令") for each in api.in_topic(thread)) == 1


async def test_an_album_of_an_agent_reaches_the_customer(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    api.files.update(one=PNG + b"1", two=PNG + b"2")
    for file_id, words in (("one", {"caption": "请看这两张"}), ("two", {})):
        api.put(they.in_topic(thread, who=BOB, photo=[they.size(file_id, 9, 9)], media_group_id="g9", **words))
    await api.until(lambda: len([each for each in api.sent if each["chat_id"] == ALICE and each["photo"]]) == 2)
    assert "请看这两张" in api.texts(ALICE)


async def test_a_file_that_cannot_be_passed_on_keeps_its_words_back(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    for caption, hint in (("请按视频操作", "unreadable"), ("/note 内部视频", "empty_note")):
        writes(api, thread, video=they.UNREADABLE["video"], caption=caption)
        await api.until(lambda hint=hint: say(hint, "zh") in api.in_topic(thread))
    writes(api, thread, "好了")
    await api.until(lambda: api.texts(ALICE)[-1] == "好了")
    assert "视频" not in str(await log_of(gateway))


async def test_the_commands(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    await link(gateway, api, "carol", CAROL, language="en")
    thread = await escalate(api, rasa)
    writes(api, thread, "/who")
    await api.until(lambda: any(say("owner_queue", "zh") in each for each in api.in_topic(thread)))
    writes(api, thread, "我在")
    await api.until(lambda: api.texts(ALICE)[-1] == "我在")
    writes(api, thread, "/close", CAROL)
    await api.until(lambda: say("owned_action", "en", name="Bob") in api.in_topic(thread))
    writes(api, thread, "/what")
    await api.until(lambda: any(each.startswith("没有这个命令") for each in api.in_topic(thread)))
    writes(api, thread, sticker=they.UNREADABLE["sticker"])
    await api.until(lambda: say("unreadable", "zh") in api.in_topic(thread))
    writes(api, thread, "/close@DaoZhang_bot")
    await api.until(lambda: api.topics[thread].closed)
    await api.until(lambda: api.texts(ALICE)[-1] == says("utter_desk_resolved"))
    await api.until(lambda: any("Bob 标记为已解决" in each for each in api.in_topic(thread)))
    writes(api, thread, "/reopen")
    await api.until(lambda: not api.topics[thread].closed)
    await api.until(lambda: any("Bob 重新打开了会话" in each for each in api.in_topic(thread)))
    assert (await conversation_of(gateway)).agent == "bob"
    writes(api, thread, "/bot@daozhang_bot 余下的机器人可以答")
    await api.until(lambda: any("Bob 交还给机器人" in each for each in api.in_topic(thread)))
    await settle(gateway)
    assert (await conversation_of(gateway)).owner is Owner.BOT
    assert ("note", "余下的机器人可以答", "sent") in await log_of(gateway)
    assert "余下的" not in str(api.texts(ALICE))
    assert len(api.topics) == 1


async def test_after_it_is_settled_nothing_is_sent_until_it_is_reopened(
    gateway: Gateway, api: ForumApi, rasa: FakeRasa
):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    writes(api, thread, "/close")
    await api.until(lambda: api.topics[thread].closed)
    await settle(gateway)
    before = api.texts(ALICE)
    writes(api, thread, "还有一句")
    await until_closed_again(api, thread)
    assert api.texts(ALICE) == before
    # The customer comes back: the bot has them, and the topic sleeps until they ask for a person.
    api.put(they.text("又来了"))
    await api.until(lambda: api.texts(ALICE)[-1] == "echo: 又来了")
    assert api.topics[thread].closed
    rasa.answer = lambda _: HANDOFF
    api.put(they.text("人工"))
    await api.until(lambda: any("又来了" in each for each in api.in_topic(thread)))
    assert len(api.pinned) == 2
    assert list(api.topics) == [thread]


async def until_closed_again(api: ForumApi, thread: int) -> None:
    """An answer to who writes in a closed topic is refused by Telegram here; the update is worked on all the same."""
    await api.until(lambda: any(say("is_resolved", "zh") == each.get("text") for each in api.calls["sendMessage"]))
    assert api.topics[thread].closed


async def test_pictures_go_both_ways_and_an_album_is_one(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    api.files.update(large=PNG, one=PNG + b"1", two=PNG + b"2", three=PNG + b"3")
    album = {"media_group_id": "g1"}
    api.put(they.photo("one", caption="三张账单", **album), they.photo("two", **album), they.photo("three", **album))
    await api.until(lambda: len(api.calls["sendMediaGroup"]) == 1)
    group = api.calls["sendMediaGroup"][0]
    assert group["files"] == [PNG + b"1", PNG + b"2", PNG + b"3"]
    assert int(group["message_thread_id"]) == thread
    assert "三张账单" in str(json.loads(group["media"]))
    api.put(they.in_topic(thread, who=BOB, photo=[they.size("large", 9, 9)], caption="请看"))
    await api.until(lambda: api.sent[-1]["photo"] == PNG and api.sent[-1]["chat_id"] == ALICE)
    assert api.sent[-1]["text"] == "请看"
    await settle(gateway)
    assert len(api.calls["sendMediaGroup"]) == 1
    assert PNG not in [each["photo"] for each in api.sent if each["chat_id"] == STAFF]


async def test_replies_point_at_their_counterparts(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    asked = they.text("哪个订单？")
    api.put(asked)
    await api.until(lambda: any("哪个订单？" in each for each in api.in_topic(thread)))
    copy = api.find("哪个订单？")
    answer = writes(api, thread, "尾号 0001 的", reply_to=copy["message_id"])
    await api.until(lambda: api.texts(ALICE)[-1] == "尾号 0001 的")
    shown = api.find("尾号 0001 的", ALICE)
    assert shown["reply_to"] == asked["message"]["message_id"]
    await settle(gateway)
    root = {"message_id": shown["message_id"], "chat": they.chat(), "date": they.DATE}
    api.put(they.text("好的", reply_to_message=root))
    await api.until(lambda: any("好的" in each for each in api.in_topic(thread)))
    assert api.find("好的")["reply_to"] == answer["message"]["message_id"]


async def test_edits_go_both_ways(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    thread = await escalate(api, rasa)
    answer = writes(api, thread, "明天到")
    await api.until(lambda: api.texts(ALICE)[-1] == "明天到")
    await settle(gateway)
    number = answer["message"]["message_id"]
    edit = writes(api, thread, "后天到", kind="edited_message", message_id=number)
    await api.until(lambda: api.texts(ALICE)[-1] == "后天到")
    api.put(edit)
    writes(api, thread, "大后天到", kind="edited_message", message_id=number)
    await api.until(lambda: api.texts(ALICE)[-1] == "大后天到")
    await settle(gateway)
    assert len(api.calls["editMessageText"]) == 2
    log = await log_of(gateway)
    assert ("outgoing", "大后天到", "sent") in log
    assert "明天到" not in [each[1] for each in log]
    assert [each[1] for each in log].count("edited") == 2
    # The customer's side: what was edited is new words, marked, and points at what it was.
    asked = they.text("几点")
    api.put(asked)
    await api.until(lambda: any("几点" in each for each in api.in_topic(thread)))
    copy = api.find("几点")
    api.put(they.text("大概几点", kind="edited_message", message_id=asked["message"]["message_id"]))
    await api.until(lambda: any("大概几点" in each for each in api.in_topic(thread)))
    edited = api.find("大概几点")
    assert edited["reply_to"] == copy["message_id"]
    assert say("edited", "zh") in edited["text"]


async def test_a_widget_customer_gets_a_correction(gateway: Gateway, api: ForumApi, rasa: FakeRasa):
    await link(gateway, api, "bob", BOB)
    alice = await in_queue(gateway, rasa)
    await api.until(lambda: len(api.pinned) == 1)
    (thread,) = api.topics
    answer = writes(api, thread, "明天到")
    assert (await alice.until(4))[-1] == "明天到"
    writes(api, thread, "后天到", kind="edited_message", message_id=answer["message"]["message_id"])
    assert (await alice.until(5))[-2:] == ["明天到", says("utter_correction", text="后天到")]
    await api.until(lambda: say("corrected", "zh") in api.in_topic(thread))
    writes(api, thread, "/note 只给我们看")
    browser = Browser(gateway)
    await browser.sign_in("bob")

    async def noted() -> bool:
        _, opened = await browser.call("GET", at(alice))
        return any(each["text"] == "只给我们看" for each in opened["messages"])

    await until(noted)
    assert len(await alice.messages()) == 5


async def test_the_group_has_a_menu_of_its_own(gateway: Gateway, api: ForumApi):
    await api.until(lambda: len(api.calls["setMyCommands"]) == 4)
    (menu,) = [each for each in api.calls["setMyCommands"] if "scope" in each]
    assert json.loads(menu["scope"]) == {"type": "chat", "chat_id": STAFF}
    assert [each["command"] for each in json.loads(menu["commands"])] == ["note", "who", "bot", "close", "reopen"]


async def test_other_commands_of_a_private_chat_are_still_the_customers(
    gateway: Gateway, api: ForumApi, backend: FakeBackendServer
):
    api.put(they.text("/start", who=BOB), they.text("hi", who=BOB))
    await api.until(lambda: api.texts(BOB)[-1:] == ["echo: hi"])
