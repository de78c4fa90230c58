"""What comes unasked, in a real browser; and links that go on with a ticket of another device."""

import re

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway

NEWS = "订单 KM202405120001（游戏点卡 30 元直充）显示已经到账 ¥30.00。\n请到游戏、话费或会员账户里看一眼：收到了吗？"


async def test_the_question_before_the_news_can_still_be_answered(new_page: NewPage, gateway: FakeGateway):
    chat = await Chat(await new_page(**PHONE)).open()
    await gateway.say("请确认工单内容", ["提交", "取消"])
    await gateway.say(NEWS, ["到账了", "还没有"], lasting=True)
    await expect(chat.options).to_have_text(["提交", "取消", "到账了", "还没有"])
    await chat.press("提交")
    await expect(chat.options.get_by_text("到账了", exact=True)).to_be_enabled()
    await chat.press("到账了")
    await expect(chat.options.get_by_text("还没有", exact=True)).to_have_count(0)


async def test_news_for_a_closed_widget_is_counted(new_page: NewPage, gateway: FakeGateway):
    chat = await Chat(await new_page(**PHONE)).open()
    await chat.close_button.click()
    await gateway.say(NEWS, ["到账了", "还没有"], lasting=True)
    await expect(chat.badge).to_have_text("1")
    await chat.launcher.click()
    await chat.expect_last("收到了吗")
    await expect(chat.badge).to_be_hidden()


async def test_a_link_with_a_code_goes_on_with_the_ticket(new_page: NewPage, gateway: FakeGateway):
    page = await new_page("/host?language=zh&resume=ab2d-efgh", **PHONE)
    chat = Chat(page)
    await expect(chat.bubbles.get_by_text("继续 AB2D-EFGH", exact=True)).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/host\?language=zh$"))
    await page.reload()
    await expect(chat.launcher).to_be_visible()
    assert [each["text"] for each in gateway.thread.messages if each["kind"] == "incoming"] == ["继续 AB2D-EFGH"]
