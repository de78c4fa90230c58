"""What the customer wrote survives: lost networks, reloads, several tabs, forbidden storage."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.browser.conftest import ARGS, NewPage
from tests.browser.fake_gateway import FakeGateway

WELCOME = "您好，我是到账客服助手。"


def client_ids(gateway: FakeGateway) -> list[str]:
    return [each["client_id"] for each in gateway.thread.messages if each["kind"] == "incoming"]


async def test_what_is_written_offline_is_shown_and_sent_later(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await page.context.set_offline(True)
    await expect(chat.link).to_contain_text("网络已断开")
    await chat.say("第一句")
    await chat.say("第二句")
    await chat.expect_texts(WELCOME, "第一句", "第二句")
    await expect(chat.log.locator(".mine").first).to_contain_text("还没送达，连上后自动重发")
    assert gateway.said() == []
    await page.context.set_offline(False)
    await expect(chat.link).to_be_empty()
    await chat.expect_last("收到：第二句")
    await expect(chat.bubbles).to_have_count(5)
    await expect(chat.log.get_by_text("已送达")).to_have_count(1)
    assert gateway.said() == ["第一句", "第二句"]


async def test_a_message_of_an_unclear_fate_is_sent_again_under_its_id(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    gateway.swallows_messages = True
    await chat.say("在吗")
    await gateway.until(lambda: gateway.sends == 1)
    await gateway.stop()
    gateway.swallows_messages = False
    await expect(chat.log.get_by_text("还没送达，连上后自动重发")).to_be_visible()
    await gateway.start()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await chat.expect_texts(WELCOME, "在吗", "收到：在吗")
    assert gateway.sends == 2
    assert len(client_ids(gateway)) == 1


async def test_a_refused_message_can_be_retried_or_deleted(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.refuses = {"甲": "invalid", "乙": "too_large"}
    chat = await Chat(await new_page()).open()
    await chat.say("甲")
    await chat.say("乙")
    await expect(chat.log.get_by_text("没有发出 · 内容太大")).to_be_visible()
    failed = chat.log.locator(".failed")
    await failed.filter(has_text="乙").get_by_role("button", name="删除").click()
    await chat.expect_texts(WELCOME, "甲")
    gateway.refuses = {}
    await failed.get_by_role("button", name="重试").click()
    await chat.expect_texts(WELCOME, "甲", "收到：甲")
    assert gateway.said() == ["甲"]


async def test_unsent_messages_survive_a_reload(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await page.route("**/api/**", lambda route: route.abort())
    gateway.refuses_sockets = True
    for thread in gateway.threads.values():
        for each in list(thread.sockets):
            await each.close()
    await expect(chat.link).to_contain_text("连接中断")
    await chat.say("别丢")
    await page.reload()
    await chat.launcher.click()
    await chat.expect_texts("别丢")
    gateway.refuses_sockets = False
    await page.unroute("**/api/**")
    await chat.expect_texts(WELCOME, "别丢", "收到：别丢")
    assert gateway.said() == ["别丢"]


async def test_a_reconnect_brings_what_was_missed_once(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await chat.say("一")
    await chat.expect_last("收到：一")
    await gateway.stop()
    await expect(chat.link).to_contain_text("正在重连")
    await gateway.say("断线时的回答")
    await gateway.start()
    await expect(chat.link).to_be_empty()
    await chat.expect_texts(WELCOME, "一", "收到：一", "断线时的回答")
    await chat.say("二")
    await chat.expect_texts(WELCOME, "一", "收到：一", "断线时的回答", "二", "收到：二")


async def test_works_by_polling_where_sockets_are_blocked(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.refuses_sockets = True
    chat = await Chat(await new_page()).open()
    await chat.say("走轮询")
    await chat.expect_texts(WELCOME, "走轮询", "收到：走轮询")
    await expect(chat.link).to_be_empty()


async def test_the_conversation_is_there_after_a_reload(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.say("我的订单没到账")
    await chat.expect_last("收到：我的订单没到账")
    await page.reload()
    await chat.open()
    await chat.expect_texts(WELCOME, "我的订单没到账", "收到：我的订单没到账")
    assert len(gateway.threads) == 1


async def test_a_conversation_that_the_gateway_forgot_is_begun_anew(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    gateway.threads.clear()
    await page.reload()
    await chat.open()
    await chat.say("还在吗")
    await chat.expect_texts(WELCOME, "还在吗", "收到：还在吗")


async def test_two_tabs_stay_in_step(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    here = await Chat(page).open()
    other = await page.context.new_page()
    await other.goto(page.url)
    there = await Chat(other).open()
    await here.say("从左边")
    await there.expect_texts(WELCOME, "从左边", "收到：从左边")
    await there.say("从右边")
    await here.expect_last("收到：从右边")
    assert len(gateway.threads) == 1
    # What is read in one tab is read in the other.
    await there.close_button.click()
    await here.close_button.click()
    await gateway.say("新消息")
    await expect(there.badge).to_have_text("1")
    await expect(here.badge).to_have_text("1")
    await there.launcher.click()
    await expect(here.badge).to_be_hidden()


async def test_two_tabs_that_open_at_once_share_one_conversation(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    other = await page.context.new_page()
    await other.goto(page.url)
    here, there = Chat(page), Chat(other)
    await here.launcher.click()
    await there.launcher.click()
    await here.expect_texts(WELCOME)
    await there.expect_texts(WELCOME)
    assert len(gateway.threads) == 1


async def test_what_one_tab_discards_the_other_does_not_send(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    here = await Chat(page).open()
    gateway.refuses = {"不发了": "rate_limited"}
    await here.say("不发了")
    await expect(here.log.get_by_text("还没送达")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    there = await Chat(other).open()
    await there.expect_texts(WELCOME, "不发了")
    await here.log.get_by_role("button", name="删除").click()
    await here.expect_texts(WELCOME)
    await there.expect_texts(WELCOME)
    gateway.refuses = {}
    await there.say("别的")
    await there.expect_last("收到：别的")
    assert gateway.said() == ["别的"]


async def test_works_where_all_storage_is_forbidden(
    browser: Browser, chromium: str, gateway: FakeGateway, tmp_path: Path
) -> None:
    profile = tmp_path / "Default"
    profile.mkdir()
    forbidden: dict[str, Any] = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(forbidden))
    launch = browser.browser_type.launch_persistent_context
    async with await launch(tmp_path, executable_path=chromium, args=ARGS) as context:
        page = await context.new_page()
        await page.goto(gateway.url + "/host?language=zh")
        denied = "() => { try { return localStorage.length } catch (error) { return error.name } }"
        assert await page.evaluate(denied) == "SecurityError"
        chat = await Chat(page).open()
        await chat.say("没有存储也能聊")
        await chat.expect_texts(WELCOME, "没有存储也能聊", "收到：没有存储也能聊")
