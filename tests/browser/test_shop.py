"""The demo shop's page around the widget."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway
from tests.browser.looks import cut_parts, faint_texts, small_targets

FLAGSHIP = "KM202405120001"
TABLET = {"viewport": {"width": 820, "height": 1180}}
SMALL_PHONE = PHONE | {"viewport": {"width": 320, "height": 568}}


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, TABLET, DESKTOP], ids=["320", "390", "820", "1280"])
async def test_nothing_is_cut_in_either_language(new_page: NewPage, size: dict[str, Any]) -> None:
    page = await new_page("/", **size)
    await expect(page.get_by_role("row").filter(has_text=FLAGSHIP)).to_be_visible()
    await page.locator("summary").first.click()
    assert await cut_parts(page) == []
    if "is_mobile" in size:
        assert await small_targets(page) == []
    await page.get_by_role("button", name="Switch to English").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Credited or not, every step can be traced")
    assert await cut_parts(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast(new_page: NewPage, scheme: str) -> None:
    page = await new_page("/", color_scheme=scheme)
    await page.get_by_role("button", name=re.compile("^购买")).first.click()
    await page.locator("summary").first.click()
    assert await faint_texts(page) == []


async def test_ask_support_fills_in_what_will_be_asked_for(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page("/", **PHONE)
    await page.get_by_role("button", name=f"问客服：订单 {FLAGSHIP}").click()
    chat = Chat(page)
    await expect(chat.input).to_have_value(f"{FLAGSHIP} 尾号 9000")
    await chat.send_button.click()
    await chat.expect_last(f"收到：{FLAGSHIP} 尾号 9000")


async def test_numbers_are_copied(new_page: NewPage) -> None:
    page = await new_page("/", permissions=["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name=f"复制 {FLAGSHIP}")
    await button.click()
    await expect(button).to_have_text("已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == FLAGSHIP


async def test_orders_are_filtered_by_product(new_page: NewPage) -> None:
    page = await new_page("/")
    rows = page.get_by_role("row").filter(has_text=re.compile("KM2024"))
    await expect(rows).to_have_count(5)
    choice = page.get_by_role("button", name="话费充值", exact=True)
    await choice.click()
    await expect(rows).to_have_count(1)
    await expect(choice).to_have_attribute("aria-pressed", "true")
    await expect(choice).to_be_focused()


async def test_the_page_and_the_chat_speak_one_language(new_page: NewPage) -> None:
    page = await new_page("/")
    await page.get_by_role("button", name="Switch to English").click()
    chat = Chat(page)
    await expect(chat.launcher).to_have_accessible_name("Support: Open the support chat")
    await expect(page.get_by_role("row").filter(has_text=FLAGSHIP)).to_contain_text("Paid, but not credited")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(chat.launcher).to_have_accessible_name("Support: Open the support chat")


async def test_orders_that_cannot_be_read_can_be_asked_for_again(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.refuses_demo_orders = True
    page = await new_page("/")
    again = page.get_by_role("button", name="再试一次")
    await expect(again).to_be_visible()
    gateway.refuses_demo_orders = False
    await again.click()
    await expect(page.get_by_role("row").filter(has_text=FLAGSHIP)).to_be_visible()


async def test_nothing_is_bought_in_the_demo(new_page: NewPage) -> None:
    page = await new_page("/")
    await page.get_by_role("button", name=re.compile("^购买")).first.click()
    await expect(page.get_by_role("status").filter(has_text="演示")).to_be_visible()
