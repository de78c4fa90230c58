"""What the customer says and what comes back."""

import re

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewPage
from tests.browser.fake_gateway import FakeGateway, days_ago


async def test_enter_sends_and_shift_enter_makes_a_line(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.input.press_sequentially("第一行")
    await page.keyboard.press("Shift+Enter")
    await chat.input.press_sequentially("第二行")
    await page.keyboard.press("Enter")
    await chat.expect_last("收到：第一行\n第二行")
    assert gateway.said() == ["第一行\n第二行"]
    await expect(chat.input).to_have_value("")


async def test_enter_while_composing_chinese_sends_nothing(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.input.focus()
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "chong", "selectionStart": 5, "selectionEnd": 5})
    # As an input method does it: the key is heard, but it writes nothing.
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 13})
    await keyboard.send("Input.insertText", {"text": "充值"})
    await expect(chat.input).to_have_value("充值")
    await expect(chat.bubbles).to_have_count(1)
    await page.keyboard.press("Enter")
    await chat.expect_last("收到：充值")
    assert gateway.said() == ["充值"]


async def test_old_browsers_say_composing_only_by_key_code(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.input.fill("充值")
    for key in ("Enter", "Escape"):
        await chat.input.evaluate(
            """(input, key) => {
              const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true });
              Object.defineProperty(event, "keyCode", { value: 229 });
              input.dispatchEvent(event);
            }""",
            key,
        )
    await expect(chat.input).to_have_value("充值")
    await expect(chat.panel).to_be_visible()
    assert gateway.said() == []


async def test_nothing_but_blanks_cannot_be_sent(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await expect(chat.send_button).to_be_disabled()
    await chat.input.fill("  \n ")
    await expect(chat.send_button).to_be_disabled()
    await page.keyboard.press("Enter")
    await expect(chat.bubbles).to_have_count(1)


async def test_a_text_that_is_too_long_says_by_how_much(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await chat.input.fill("字" * 1990)
    await expect(chat.panel.get_by_text("还可以输入 10 字")).to_be_visible()
    await expect(chat.send_button).to_be_enabled()
    await chat.input.fill("字" * 2003)
    await expect(chat.panel.get_by_text("超出 3 字")).to_be_visible()
    await expect(chat.send_button).to_be_disabled()


async def test_an_answer_that_was_pressed_is_said_and_all_go_out(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.answer = lambda said: [("请提供订单号。", ["没有订单号", "转人工"])]
    chat = await Chat(await new_page()).open()
    await chat.press("扣款成功但没到账")
    await chat.expect_texts("您好，我是到账客服助手。", "扣款成功但没到账", "请提供订单号。")
    past = chat.log.get_by_role("group", name="可选的回答").first.get_by_role("button")
    await expect(past).to_have_count(2)
    for each in await past.all():
        await expect(each).to_be_disabled()
    await expect(chat.options).to_have_text(["没有订单号", "转人工"])
    # The pressed button would have dropped the focus.
    await expect(chat.input).to_be_focused()


async def test_a_double_click_answers_once(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await chat.options.get_by_text("转人工").dblclick()
    await chat.expect_last("收到：转人工")
    assert gateway.said() == ["转人工"]


async def test_answers_go_out_when_the_customer_writes_instead(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await expect(chat.options).to_have_count(2)
    await chat.say("我想问别的")
    await chat.expect_last("收到：我想问别的")
    await expect(chat.options).to_have_count(0)


async def test_answers_go_out_when_a_person_takes_over(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await expect(chat.options).to_have_count(2)
    await gateway.hand_to("queue")
    await expect(chat.panel.get_by_text("正在排队等人工客服")).to_be_visible()
    await expect(chat.options).to_have_count(0)
    await gateway.hand_to("agent")
    await gateway.say("您好，我来处理。", sender="agent")
    await expect(chat.panel.get_by_text("人工客服为您服务")).to_be_visible()
    await expect(chat.log.locator(".agent .who")).to_have_text("人工客服")


async def test_a_refused_message_does_not_block_the_answers_to_come(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.refuses = {"坏": "invalid"}
    gateway.answer = lambda said: [("选一个：", ["甲", "乙"])]
    chat = await Chat(await new_page()).open()
    await chat.say("坏")
    await expect(chat.log.get_by_text("没有发出 · 请检查后重试")).to_be_visible()
    await chat.say("好")
    await expect(chat.log.get_by_text("选一个：")).to_be_visible()
    await expect(chat.options).to_have_text(["甲", "乙"])
    await chat.press("乙")
    await expect(chat.log.locator(".mine:not(.failed) .text")).to_have_text(["好", "乙"])
    assert gateway.said() == ["好", "乙"]


async def test_the_typing_sign_comes_and_goes(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await expect(chat.typing).to_be_hidden()
    await gateway.type(True)
    await expect(chat.typing).to_be_visible()
    await expect(chat.typing).to_have_text("正在输入")
    await gateway.type(False)
    await expect(chat.typing).to_be_hidden()


async def test_the_badge_counts_what_came_while_closed(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await chat.close_button.click()
    await expect(chat.badge).to_be_hidden()
    await gateway.say("第一条")
    await gateway.say("第二条")
    await expect(chat.badge).to_have_text("2")
    await chat.launcher.click()
    await chat.close_button.click()
    await expect(chat.badge).to_be_hidden()
    await gateway.say("第三条")
    await expect(chat.badge).to_have_text("1")


async def test_messages_carry_their_time_and_days(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page(timezone_id="America/New_York")
    chat = await Chat(page).open()
    gateway.thread.messages[0]["created_at"] = days_ago(1)
    old = gateway.thread.messages[0] | {"seq": 2, "message_id": "b" * 32, "created_at": "2024-05-12T04:05:00+00:00"}
    gateway.thread.messages.insert(0, old)
    for seq, each in enumerate(gateway.thread.messages, start=1):
        each["seq"] = seq
    await page.reload()
    await chat.open()
    await chat.say("现在")
    await chat.expect_last("收到：现在")
    await expect(chat.log.locator(".day")).to_have_text(["2024年5月12日", "昨天", "今天"])
    # The shop's time, whatever the device is set to.
    first = chat.log.locator("time").first
    await expect(first).to_have_text("12:05")
    await expect(first).to_have_attribute("datetime", "2024-05-12T04:05:00+00:00")
    await expect(first).to_have_attribute("title", re.compile("2024年5月12日.*12:05"))


async def test_emoji_and_rare_characters_arrive_whole(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    text = "👨‍👩‍👧‍👦 😀 𠮷野家 ❤️ é"
    await chat.say(text)
    await chat.expect_last(f"收到：{text}")
    assert gateway.said() == [text]


async def test_texts_are_never_taken_as_html(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script><b>bold</b>'
    await chat.say(evil)
    await chat.expect_last(f"收到：{evil}")
    await gateway.say("javascript:window.hit=1 与 <a href='javascript:window.hit=1'>点</a>", [evil])
    await expect(chat.options).to_have_text([evil])
    await chat.options.first.click()
    await chat.expect_last(f"收到：{evil}")
    assert await chat.log.locator("b, script, img, a").count() == 0
    assert await page.evaluate("window.hit") is None


async def test_addresses_of_the_web_become_safe_links(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await gateway.say("进度见 https://shop.example/help?a=1&b=2。谢谢")
    link = chat.log.get_by_role("link")
    await expect(link).to_have_text("https://shop.example/help?a=1&b=2")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", re.compile("noopener.*noreferrer"))


async def test_the_language_is_switched_for_the_widget_and_the_bot(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.panel.get_by_role("button", name="Switch to English").click()
    await chat.expect_last("All right, I will go on in English.")
    await expect(chat.panel).to_have_accessible_name("DaoZhang Support")
    await expect(chat.input).to_have_attribute("placeholder", "Tell us what happened…")
    await expect(chat.log.locator(".day")).to_have_text(["Today"])
    await expect(chat.host.locator(".root")).to_have_attribute("lang", "en")
    assert gateway.thread.language == "en"
    await page.reload()
    await expect(chat.launcher).to_have_accessible_name("Support: Open the support chat")
    await chat.open()
    await chat.panel.get_by_role("button", name="切换到中文").click()
    await chat.expect_last("好的，接下来用中文和您沟通。")


async def test_reading_older_messages_is_not_disturbed_by_new_ones(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    for i in range(30):
        await gateway.say(f"第 {i} 条")
    await chat.expect_last("第 29 条")
    jump = chat.panel.get_by_role("button", name="有新消息")
    await chat.log.evaluate(
        """log => new Promise((done) => {
          log.addEventListener("scroll", () => done(), { once: true });
          log.scrollTop = 0;
        })"""
    )
    await gateway.say("最新")
    await expect(jump).to_be_visible()
    await expect(chat.bubbles.first).to_be_in_viewport()
    await jump.click()
    await expect(chat.bubbles.last).to_be_in_viewport()
    await expect(jump).to_be_hidden()
