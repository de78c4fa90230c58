"""Customers on Telegram: python-telegram-bot and the whole gateway against a Bot API server."""

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa

from bot.gateway.channels.telegram.tables import chats, updates
from bot.gateway.conversations.model import Conversation, Outcome, Said, Sender
from bot.gateway.conversations.tables import conversations, messages, turns
from bot.gateway.desk.model import Person, resolve_outcome
from bot.gateway.keys import ENGINE, STORE, SWITCHBOARD
from bot.qa.bot_api import TOKEN, BotApi
from bot.settings import Settings
from tests.fakes import Body, FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import says
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.conftest import make_gateway
from tests.gateway.test_openapi import check
from tests.gateway.test_pictures import PNG

ALICE, BOB = they.ALICE, they.ALICE + 1
HELLO = says("utter_greet")


async def conversation_of(gateway: Gateway, who: int = ALICE) -> Conversation:
    query = sa.select(chats.c.conversation_id).where(chats.c.chat_id == who)
    async with gateway.app[ENGINE].connect() as connection:
        conversation_id = (await connection.execute(query)).scalar_one()
    return await gateway.app[STORE].conversation(conversation_id)


async def log_of(gateway: Gateway, who: int = ALICE) -> list[tuple[str, str, str]]:
    """Everything in the conversation: kind, words or what the activity is, status."""
    found = await gateway.app[STORE].all_messages((await conversation_of(gateway, who)).conversation_id)
    return [(each.kind.value, each.text, each.status.value) for each in found]


async def settle(gateway: Gateway) -> None:
    """Wait until everything is worked on and marked."""
    waiting = sa.select(sa.func.count()).select_from(updates).where(updates.c.done.is_(False))
    unanswered = sa.select(sa.func.count()).select_from(turns).where(turns.c.state != "answered")
    pending = sa.select(sa.func.count()).select_from(messages).where(messages.c.status == "pending")
    async with asyncio.timeout(30):
        while True:
            async with gateway.app[ENGINE].connect() as connection:
                left = [await connection.scalar(each) for each in (waiting, unanswered, pending)]
            if not any(left):
                return
            await asyncio.sleep(0.01)


async def test_a_text_is_greeted_and_answered(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("充值没到账"))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, "echo: 充值没到账"]
    conversation = await conversation_of(gateway)
    assert (conversation.channel, conversation.customer_id) == ("telegram", f"telegram:{ALICE}")
    assert conversation.customer_name == "Alice Zhang"
    assert rasa.asked[0]["metadata"]["channel"] == "telegram"
    api.put(they.text("还没有"))
    await api.until(lambda: len(api.sent) == 3)
    assert [each[0] for each in await log_of(gateway)] == ["outgoing", "incoming", "outgoing", "incoming", "outgoing"]
    await settle(gateway)
    assert {each[2] for each in await log_of(gateway)} == {"sent", "received"}
    assert [each["drop_pending_updates"].lower() for each in api.calls["deleteWebhook"]] == ["false"]


async def test_the_menu_is_set_in_both_languages(gateway: Gateway, api: BotApi):
    await api.until(lambda: len(api.calls["setMyCommands"]) == 3)
    menus = {each.get("language_code"): json.loads(each["commands"]) for each in api.calls["setMyCommands"]}
    assert menus[None] == menus["zh"] != menus["en"]
    for menu in menus.values():
        assert [each["command"] for each in menu] == ["start", "status", "human", "language", "help"]


async def test_buttons_carry_ids_and_work_once(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    def answer(body: Body) -> list[Body]:
        buttons = [{"title": "我是一个很长的中文按钮" * 5, "payload": '/inform{"field":"x"}'}]
        return [{"text": f"got {body['message']}", "buttons": buttons}]

    rasa.answer = answer
    api.put(they.text("充值没到账"))
    await api.until(lambda: len(api.sent) == 2)
    data = api.sent[1]["buttons"][0]["callback_data"]
    assert "inform" not in data
    api.put(they.click(data))
    await api.until(lambda: len(api.sent) == 3)
    assert rasa.asked_texts() == ["充值没到账", '/inform{"field":"x"}']
    assert [each["callback_query_id"] for each in api.calls["answerCallbackQuery"]] == ["4382bfdwdsb323b2d9"]
    # An old keyboard, and data that was never ours.
    api.put(they.click(data), they.click("something else"))
    await api.until(lambda: len(api.sent) == 5 and len(api.calls["answerCallbackQuery"]) == 3)
    assert api.texts(ALICE)[3:] == [says("utter_button_stale")] * 2
    assert len(rasa.asked) == 2


async def test_a_picture_is_fetched_in_its_largest_size_and_kept(
    gateway: Gateway, api: BotApi, rasa: FakeRasa, backend: FakeBackendServer
):
    api.files["big"] = PNG
    api.put(they.photo("big", caption="这是付款截图"))
    await api.until(lambda: len(api.sent) == 3)
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1"}', "这是付款截图"]
    assert backend.evidence == {"e1": (PNG, f"telegram:{ALICE}")}
    api.files["doc"] = PNG
    api.put(they.document("doc"))
    await api.until(lambda: len(api.sent) == 4)
    assert rasa.asked_texts()[2] == '/send_picture{"evidence_id":"e2"}'


async def test_an_album_is_one_go_and_its_caption_comes_after_it(
    gateway: Gateway, api: BotApi, rasa: FakeRasa, backend: FakeBackendServer
):
    for name in "abc":
        api.files[name] = PNG
    first, second, third = (they.photo(name, media_group_id="77") for name in "abc")
    first["message"]["caption"] = "三张截图"
    api.put(first, second)
    await api.until(lambda: len(backend.evidence) == 1)
    api.put(third)
    await api.until(lambda: len(api.sent) == 3)
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1,e2,e3"}', "三张截图"]


@pytest.mark.parametrize("trouble", ["no picture", "too large", "gone", "refused"])
async def test_a_picture_that_cannot_be_taken_is_told_and_its_words_count(
    trouble: str, gateway: Gateway, api: BotApi, rasa: FakeRasa, backend: FakeBackendServer
):
    update = they.photo("big", caption="看这里")
    if trouble != "gone":
        api.files["big"] = b"GIF89a nothing" if trouble == "no picture" else PNG
    if trouble == "too large":
        update["message"]["photo"][1]["file_size"] = 30_000_000
    if trouble == "refused":
        backend.refusal = (415, "unsupported_picture")
    api.put(update)
    await api.until(lambda: len(api.sent) == 3)
    assert sorted(api.texts(ALICE)) == sorted([HELLO, says("utter_picture_failed"), "echo: 看这里"])


async def test_a_picture_waits_for_the_backend(gateway: Gateway, api: BotApi, backend: FakeBackendServer):
    backend.down = True
    api.files["big"] = PNG
    api.put(they.photo("big"))
    await api.until(lambda: len(api.calls["getFile"]) == 2)
    backend.down = False
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE)[1] == 'echo: /send_picture{"evidence_id":"e1"}'


async def test_commands(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("/start"))
    await api.until(lambda: len(api.sent) == 1)
    assert api.sent[0]["text"] == HELLO
    assert api.sent[0]["buttons"]
    api.put(they.text("/status"), they.text("/human"), they.text("/help"))
    await api.until(lambda: len(api.sent) == 4)
    assert rasa.asked_texts() == ["/ticket_progress", "/request_human"]
    assert says("utter_telegram_help") in api.texts(ALICE)
    api.put(they.text("/start"))
    await api.until(lambda: len(api.sent) == 5)
    assert api.sent[4]["text"] == HELLO
    api.put(they.text("/language"))
    await api.until(lambda: len(rasa.asked) == 3)
    assert rasa.asked_texts()[2] == '/switch_language{"language":"en"}'
    assert (await conversation_of(gateway)).language == "en"
    api.put(they.text("/language zh"))
    await api.until(lambda: len(rasa.asked) == 4)
    assert (await conversation_of(gateway)).language == "zh"
    await api.until(lambda: len(api.sent) == 7)
    api.put(they.text("/language zh"))
    await api.until(lambda: len(api.sent) == 8)
    assert api.texts(ALICE)[-1] == says("utter_telegram_language")


async def test_whoever_starts_again_is_greeted_again(gateway: Gateway, api: BotApi):
    for times in (1, 2, 3):
        api.put(they.text("/start"))
        await api.until(lambda times=times: len(api.sent) == times)
        await settle(gateway)
    assert api.texts(ALICE) == [HELLO] * 3


async def test_a_typed_slash_starts_no_command_of_the_bot(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("/restart_case"), they.text('/start /send_picture{"evidence_id":"e9"}'))
    await api.until(lambda: len(rasa.asked) == 2)
    assert rasa.asked_texts() == ["restart_case", 'send_picture{"evidence_id":"e9"}']


async def test_the_deep_link_with_a_code_goes_on_with_the_conversation_of_the_web(
    gateway: Gateway, api: BotApi, rasa: FakeRasa
):
    alice = await gateway.customer()
    rasa.answer = lambda body: [{"text": "your code: [[resume code]]"}]
    await alice.send("1", text="hi")
    code = (await alice.until(2))[1].removeprefix("your code: ")
    api.put(they.text(f"/start {code}"))
    await api.until(lambda: len(api.sent) == 2)
    assert rasa.asked_texts()[1] == '/resume_case{"field":"linked"}'
    assert rasa.asked[1]["metadata"]["resumed"] == [alice.conversation_id]
    assert code not in str(await log_of(gateway))
    async with gateway.app[ENGINE].connect() as connection:
        assert code.replace("-", "") not in str((await connection.execute(sa.select(updates))).all())


async def test_who_uses_the_app_in_english_is_greeted_so(gateway: Gateway, api: BotApi):
    api.put(they.text("/start", language="en"))
    await api.until(lambda: len(api.sent) == 1)
    assert api.sent[0]["text"] == says("utter_greet", "en")


@pytest.mark.parametrize("kind", they.UNREADABLE)
async def test_what_the_bot_cannot_read_gets_a_kind_sentence(kind: str, gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.message(**{kind: they.UNREADABLE[kind]}))
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts(ALICE) == [HELLO, says("utter_telegram_unreadable")]
    assert rasa.asked == []


async def test_words_below_what_the_bot_cannot_read_count(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    update = they.message(video=they.UNREADABLE["video"], caption="充值没到账")
    api.put(update)
    await api.until(lambda: len(api.sent) == 3)
    assert sorted(api.texts(ALICE)) == sorted([HELLO, says("utter_telegram_unreadable"), "echo: 充值没到账"])
    api.put(they.update("edited_message", {**update["message"], "caption": "充值还没到账"}))
    await api.until(lambda: len(api.sent) == 4)
    assert rasa.asked_texts() == ["充值没到账", "充值还没到账"]


async def test_an_edited_message_is_answered(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("单号 KM20240512000"), they.message("edited_message", text="单号 KM202405120001"))
    await api.until(lambda: len(api.sent) == 3)
    assert rasa.asked_texts() == ["单号 KM20240512000", "单号 KM202405120001"]


async def test_an_edit_that_left_the_words_is_not_answered_again(
    gateway: Gateway, api: BotApi, rasa: FakeRasa, backend: FakeBackendServer
):
    first, photo, album = (
        they.text("单号 KM1"),
        they.photo("big", caption="截图"),
        they.photo("big", media_group_id="1"),
    )
    api.files["big"] = PNG
    album["message"]["caption"] = "两张"
    api.put(first, photo, album, they.photo("big", media_group_id="1"))
    await api.until(lambda: len(api.sent) == 6)
    asked = len(rasa.asked)
    for update in (first, photo, album):
        api.put(they.update("edited_message", {**update["message"], "edit_date": they.DATE}))
    api.put(they.update("edited_message", {**first["message"], "text": "单号 KM2"}))
    api.put(they.update("edited_message", {**first["message"], "text": "单号 KM2"}))
    api.put(they.update("edited_message", first["message"]))
    last = they.text("好了")
    api.put(last)
    await api.until(lambda: "echo: 好了" in api.texts(ALICE))
    assert rasa.asked_texts()[asked:] == ["单号 KM2", "单号 KM1", "好了"]


async def test_a_tap_copies_numbers_and_nothing_else_is_taken_for_formatting(
    gateway: Gateway, api: BotApi, rasa: FakeRasa
):
    words = "订单 *KM202405120001*，_工单_ TK261201AB12CD\\ [x](y) `a` #1 - 2.5! https://t.me/b?start=KM202405120001"
    rasa.answer = lambda body: [{"text": words}]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    assert (api.sent[1]["text"], api.sent[1]["code"]) == (words, ["KM202405120001", "TK261201AB12CD"])
    assert {each["parse_mode"] for each in api.calls["sendMessage"]} == {"MarkdownV2"}


async def test_a_long_answer_of_signs_that_are_escaped_is_measured_as_it_is_seen(
    gateway: Gateway, api: BotApi, rasa: FakeRasa
):
    rasa.answer = lambda body: [{"text": "." * 5000}]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 3)
    assert [each["text"] for each in api.sent[1:]] == ["." * 4000, "." * 1000]


async def test_what_telegram_cannot_read_as_markdown_is_sent_plain(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    rasa.answer = lambda body: [
        {"text": "订单 KM202405120001"},
        {"text": "看 2.5", "image": "/examples/wechat-bill.png"},
    ]
    api.plan = ["unreadable", ""] * 3
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 3)
    await settle(gateway)
    assert api.texts(ALICE) == [HELLO, "订单 KM202405120001", "看 2.5"]
    assert [each["code"] for each in api.sent] == [[], [], []]
    assert {each[2] for each in await log_of(gateway)} == {"sent", "received"}


async def test_a_secret_is_hidden_and_advice_is_given(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("我的密码是 hunter2secret"))
    await api.until(lambda: len(api.sent) == 4)
    assert says("utter_telegram_delete_secret") in api.texts(ALICE)
    assert "hunter2secret" not in str(await log_of(gateway)) + str(rasa.asked)


async def test_in_a_group_only_who_speaks_to_the_bot_is_answered_and_without_an_order(
    gateway: Gateway, api: BotApi, rasa: FakeRasa
):
    api.put(they.text("KM202405120001 没到", chat=they.group()), they.text("/status", chat=they.group()))
    api.put(they.text("in private"))
    await api.until(lambda: len(api.sent) == 3)
    told = [each for each in api.sent if each["chat_id"] == they.group()["id"]]
    assert [each["text"] for each in told] == [says("utter_telegram_group", bot="daozhang_bot")]
    assert rasa.asked_texts() == ["in private"]


async def test_what_is_unknown_is_passed_over(gateway: Gateway, api: BotApi):
    api.put(they.update("of_the_future", {"x": 1}), they.message(photo=[{}]), they.message(pinned_message={}))
    last = they.text("hi")
    api.put(last)
    await api.until(lambda: len(api.sent) == 2)
    await api.until(lambda: int(api.calls["getUpdates"][-1].get("offset", 0)) == last["update_id"] + 1)
    assert api.texts(ALICE) == [HELLO, "echo: hi"]


async def test_the_same_update_twice_and_two_at_once(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    one, two = they.text("one"), they.text("two", who=BOB)
    api.put(one, one, two)
    await api.until(lambda: len(api.sent) == 4)
    api.put(they.text("three"))
    await api.until(lambda: len(api.sent) == 5)
    assert api.texts(ALICE) == [HELLO, "echo: one", "echo: three"]
    assert api.texts(BOB) == [HELLO, "echo: two"]


async def test_the_order_in_a_chat_is_kept(gateway: Gateway, api: BotApi):
    api.files["big"] = PNG
    api.put(they.text("1"), they.photo("big"), *(they.text(str(number)) for number in range(3, 20)))
    await api.until(lambda: len(api.sent) == 20)
    assert api.texts(ALICE)[3:] == [f"echo: {number}" for number in range(3, 20)]


async def test_an_agent_takes_over_answers_and_asks_for_a_score(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 2)
    conversation_id = (await conversation_of(gateway)).conversation_id
    switchboard = gateway.app[SWITCHBOARD]
    await switchboard.take_over(conversation_id, "bob")
    said = (Said("我是小王，*马上_看* [这里](x)", sender=Sender.AGENT, author="bob", author_name="Bob"),)
    await switchboard.write(conversation_id, lambda _: Outcome(said=said))
    await api.until(lambda: "我是小王，*马上_看* [这里](x)" in api.texts(ALICE))
    api.put(they.text("thanks"), they.text("/language en"))
    await api.until(lambda: says("utter_telegram_language", "en") in api.texts(ALICE))
    assert rasa.asked_texts() == ["hi"]
    assert (await conversation_of(gateway)).language == "en"
    render = switchboard.texts.render
    await switchboard.write(conversation_id, lambda it: resolve_outcome(it, Person("bob", "Bob"), render))
    await api.until(lambda: bool(api.sent[-1]["buttons"]))
    api.put(they.click(api.sent[-1]["buttons"][0]["callback_data"]))
    await api.until(lambda: api.texts(ALICE)[-1] == says("utter_desk_scored", "en"))
    async with gateway.app[ENGINE].connect() as connection:
        assert (await connection.scalar(sa.select(conversations.c.score))) in range(1, 6)


async def test_the_bot_is_seen_typing(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    rasa.go_on.clear()
    api.put(they.text("hi"))
    await api.until(lambda: bool(api.calls["sendChatAction"]))
    rasa.go_on.set()
    await api.until(lambda: len(api.sent) == 2)


async def test_a_long_answer_and_one_with_a_drawing(gateway: Gateway, api: BotApi, rasa: FakeRasa):
    rasa.answer = lambda body: [
        {"text": "字" * 5000, "buttons": [{"title": "好", "payload": "/affirm"}]},
        {"text": "看这里", "image": "/examples/wechat-bill.png"},
    ]
    api.put(they.text("hi"))
    await api.until(lambda: len(api.sent) == 4)
    assert [len(each["text"]) for each in api.sent[1:3]] == [4000, 1000]
    assert [len(each["buttons"]) for each in api.sent[1:3]] == [0, 1]
    assert api.sent[3]["text"] == "看这里"
    assert api.sent[3]["photo"].startswith(b"\x89PNG")


async def test_without_a_token_there_is_no_telegram(settings: Settings, rasa: FakeRasa, api: BotApi):
    settings.telegram_token = type(settings.secret_key)("")
    settings.telegram_mode = "webhook"
    async with make_gateway(settings, rasa) as gateway:
        assert (await gateway.call("POST", "/hooks/telegram", json=they.text("hi")))[0] == 404
        alice = await gateway.customer()
        await alice.send("1", text="hi")
        assert await alice.until(2) == ["hi", "echo: hi"]
    assert api.calls == {}


async def test_while_polling_there_is_no_webhook(gateway: Gateway):
    assert (await gateway.call("POST", "/hooks/telegram", json=they.text("hi")))[0] == 404


async def test_the_webhook_takes_what_shows_the_secret(settings: Settings, rasa: FakeRasa, api: BotApi):
    settings.telegram_mode = "webhook"
    async with make_gateway(settings, rasa) as gateway:
        await api.until(lambda: len(api.calls["setMyCommands"]) == 3)
        (hook,) = api.calls["setWebhook"]
        assert hook["url"] == "https://helpdesk.example/hooks/telegram"
        update: Any = they.text("hi")
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, {"X-Telegram-Bot-Api-Secret-Token": "错"}):
            assert (await gateway.call("POST", "/hooks/telegram", headers=headers, json=update))[0] == 401
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret_token"]}
        for body in (b"{", b"[]", b"x" * 100_000, b'{"update_id":1}', json.dumps(update).encode()):
            assert (await gateway.call("POST", "/hooks/telegram", headers=headers, data=body))[0] == 200
        status, body = await gateway.call("POST", "/hooks/telegram", headers=headers, json=update)
        check("/hooks/telegram", "POST", status, body)
        await api.until(lambda: len(api.sent) == 2)
        assert api.texts(ALICE) == [HELLO, "echo: hi"]
    assert api.calls["getUpdates"] == []


async def test_a_wrong_token_does_not_stop_the_gateway(settings: Settings, rasa: FakeRasa, api: BotApi):
    settings.telegram_token = type(settings.secret_key)(TOKEN + "x")
    async with make_gateway(settings, rasa) as gateway:
        alice = await gateway.customer()
        await alice.send("1", text="hi")
        assert await alice.until(2) == ["hi", "echo: hi"]
