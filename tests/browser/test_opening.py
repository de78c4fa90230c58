"""Opening and closing by keyboard, and what a screen reader finds."""

from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway


async def focused(page: Page) -> str:
    """What has the focus: the name of the element inside the widget, else the tag on the page."""
    return await page.evaluate(
        """() => {
          let found = document.activeElement;
          while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
          const label = found?.labels?.[0]?.textContent;
          return found?.getAttribute("aria-label") ?? label ?? found?.getAttribute("role") ?? found?.tagName ?? "";
        }"""
    )


async def test_opens_by_keyboard_with_the_focus_in_the_input(new_page: NewPage) -> None:
    page = await new_page()
    chat = Chat(page)
    await chat.launcher.focus()
    await page.keyboard.press("Enter")
    await expect(chat.panel).to_be_visible()
    await expect(chat.input).to_be_focused()
    await expect(chat.launcher).to_be_hidden()


async def test_escape_closes_and_gives_the_focus_back(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await page.keyboard.press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(chat.launcher).to_be_focused()
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")


async def test_what_was_typed_is_still_there_after_closing(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await chat.input.fill("我的订单")
    await chat.close_button.click()
    await chat.launcher.click()
    await expect(chat.input).to_have_value("我的订单")


async def test_tab_goes_through_the_panel_in_reading_order(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.panel.get_by_role("button", name="Switch to English").focus()
    order = [await focused(page)]
    for _ in range(6):
        await page.keyboard.press("Tab")
        order.append(await focused(page))
    assert order == ["EN, switch to English", "收起对话", "对话记录", "BUTTON", "BUTTON", "添加截图", "输入消息"]


async def test_on_a_phone_the_focus_stays_in_the_panel(new_page: NewPage) -> None:
    page = await new_page(**PHONE)
    chat = await Chat(page).open()
    # Not on the input, for that would bring up the keyboard over the buttons.
    await expect(chat.panel).to_be_focused()
    await expect(chat.panel).to_have_attribute("aria-modal", "true")
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "输入消息"
    await page.keyboard.press("Tab")
    assert await focused(page) == "EN, switch to English"


async def test_screen_readers_find_roles_and_names(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await expect(chat.panel).to_match_aria_snapshot(
        """
        - dialog "到账客服":
          - heading "到账客服" [level=2]
          - paragraph: 自动助手为您服务
          - button "EN, switch to English": EN
          - button "收起对话"
          - log "对话记录":
            - text: 今天
            - paragraph: 自动助手
            - text: 您好，我是到账客服助手。
            - paragraph:
              - time
            - group "可选的回答":
              - button "扣款成功但没到账"
              - button "转人工"
          - button "添加截图"
          - textbox "输入消息"
          - button "发送" [disabled]
        """
    )
    await expect(chat.input).to_have_accessible_description("请不要发送密码、卡密或验证码")


async def test_new_messages_are_read_out_politely_and_only_once(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    await expect(chat.log).to_have_attribute("aria-relevant", "additions")
    await chat.log.evaluate(
        """log => {
          window.added = [];
          new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes) window.added.push(node.textContent);
          }).observe(log, { childList: true });
        }"""
    )
    await gateway.say("款项已核对。")
    await chat.expect_last("款项已核对。")
    await gateway.say("请稍候。")
    await chat.expect_last("请稍候。")
    added = await page.evaluate("window.added")
    assert [("款项已核对。" in each, "请稍候。" in each) for each in added] == [(True, False), (False, True)]


async def test_who_does_not_see_the_badge_hears_of_new_answers(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await chat.close_button.click()
    await gateway.say("查到了。")
    await expect(chat.host.get_by_role("status").filter(has_text="1 条未读消息")).to_have_count(1)
    await expect(chat.launcher).to_have_accessible_name("在线客服: 打开客服对话, 1 条未读消息")


async def test_opens_nothing_at_the_gateway_before_the_customer_asks(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    await expect(Chat(page).launcher).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert gateway.openings == []
