"""The smallest phones, also with the keyboard up: header, newest message and composer are in sight together."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway
from tests.browser.test_pictures import choose, file

SMALL_PHONE = PHONE | {"viewport": {"width": 320, "height": 568}}
# What the keyboard leaves of it.
ABOVE_THE_KEYBOARD = 310
LAST = "请把上面的订单号发给我，我马上去查。"


async def open_with_history(page: Page, gateway: FakeGateway, height: int) -> Chat:
    """A conversation longer than the screen, read to its end."""
    chat = await Chat(page).open()
    for i in range(8):
        await gateway.say(f"第 {i} 条消息，足够长，能占两行的位置，这样就需要滚动。")
    await gateway.say(LAST)
    await expect(chat.bubbles.last).to_have_text(LAST)
    if height != SMALL_PHONE["viewport"]["height"]:  # as the viewport says when the keyboard is up
        await chat.panel.evaluate("(panel, height) => panel.style.setProperty('--height', `${height}px`)", height)
    return chat


async def expect_whole(page: Page, *parts: Locator, height: int) -> None:
    """All of these are on the screen, one below the other, and none is hidden by the next."""
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    end = 0.0
    for each in parts:
        box = await each.bounding_box()
        assert box and box["height"] > 0
        assert box["y"] >= end - 1, (each, box, end)
        end = box["y"] + box["height"]
    assert end <= height + 1


@pytest.mark.parametrize("height", [568, ABOVE_THE_KEYBOARD], ids=["whole", "keyboard"])
async def test_the_newest_message_stays_in_sight(
    new_page: NewPage, gateway: FakeGateway, screenshots: Path, height: int
) -> None:  # fmt: skip
    page = await new_page(**SMALL_PHONE)
    chat = await open_with_history(page, gateway, height)
    parts = (chat.panel.locator(".head"), chat.bubbles.last, chat.panel.locator(".composer"))
    await expect_whole(page, *parts, height=height)
    await chat.input.focus()
    for line in ("第一行", "第二行", "第三行", "第四行", "第五行", "第六行"):
        await page.keyboard.type(line)
        await page.keyboard.press("Shift+Enter")
        await expect_whole(page, *parts, height=height)
    # Further letters change no height, and the message stays where it is.
    for letter in "abc":
        await page.keyboard.type(letter)
        await expect_whole(page, *parts, height=height)
    await choose(chat, *[file(f"{i}.png") for i in range(3)])
    await expect(chat.panel.locator(".waiting img")).to_have_count(3)
    await expect_whole(page, *parts, height=height)
    await page.screenshot(path=screenshots / f"small-phone-{height}.png")
    await gateway.say("还有一条新消息。")
    await expect(chat.bubbles.last).to_have_text("还有一条新消息。")
    await expect_whole(page, *parts, height=height)


async def test_who_reads_further_up_is_not_pulled_down_by_typing(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page(**SMALL_PHONE)
    chat = await open_with_history(page, gateway, 568)
    await chat.log.evaluate("(log) => { log.scrollTop = 0; }")
    await expect(chat.bubbles.first).to_be_in_viewport()
    await chat.input.fill("一\n二\n三\n四")
    await chat.input.press("a")
    await expect(chat.bubbles.first).to_be_in_viewport()
