"""What the eye wants: nothing cut, nothing faint, nothing too small for a finger."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway
from tests.browser.looks import cut_parts, faint_texts, small_targets
from tests.browser.test_pictures import choose, file

TAG = "daozhang-chat"
SMALL_PHONE = PHONE | {"viewport": {"width": 320, "height": 568}}
LONG = "https://shop.example/" + "a1b2c3d4e5" * 30


async def talk_about_everything(page: Page, gateway: FakeGateway) -> Chat:
    """A conversation with one of each kind of thing in it."""
    gateway.refuses = {"拒绝": "too_large"}
    gateway.answer = lambda said: [("请选择：", ["一个很长的回答" * 8, "KM" * 40, "转人工"])]
    chat = await Chat(page).open()
    await chat.say("好")
    await expect(chat.options).to_have_count(3)
    await gateway.say("没有空格的长字" * 60 + "\n" + LONG, sender="agent")
    await gateway.say("系统消息", sender="system")
    await chat.say("x" * 300)
    await chat.expect_last("请选择：")
    await expect(chat.options).to_have_count(3)
    await chat.say("拒绝")
    await expect(chat.log.get_by_text("没有发出")).to_be_visible()
    await gateway.say("请像这样截图：", image="/examples/none.png")
    gateway.pictures.refuses = "too_large"
    await choose(chat, file("c.png"))
    await chat.send_button.click()
    await expect(chat.log.get_by_text("这张图片太大")).to_be_visible()
    gateway.pictures.hold()
    await choose(chat, *[file(f"{i}.png") for i in range(4)])
    await chat.send_button.click()
    await expect(chat.log.get_by_role("progressbar")).to_have_count(2)
    await choose(chat, file("a-very-long-name-of-a-file-without-any-blank.png"), file("b.png"))
    await expect(chat.panel.locator(".waiting img")).to_have_count(2)
    await chat.input.fill("字" * 1995)
    await gateway.type(True)
    await expect(chat.typing).to_be_visible()
    return chat


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, DESKTOP], ids=["320", "390", "1280"])
async def test_nothing_is_cut_and_nothing_too_small(
    new_page: NewPage, gateway: FakeGateway, size: dict[str, Any]
) -> None:
    page = await new_page(**size)
    chat = await talk_about_everything(page, gateway)
    assert await cut_parts(page, TAG) == []
    if size is not DESKTOP:
        assert await small_targets(page, TAG) == []
        await expect(chat.panel).to_have_css("width", f"{size['viewport']['width']}px")
    await chat.panel.get_by_role("button", name="Switch to English").click()
    await expect(chat.panel).to_have_accessible_name("DaoZhang Support")
    assert await cut_parts(page, TAG) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast(new_page: NewPage, gateway: FakeGateway, scheme: str) -> None:
    page = await new_page(color_scheme=scheme)
    assert await faint_texts(page, TAG) == []
    chat = await talk_about_everything(page, gateway)
    await expect(chat.host.locator(".root")).to_have_attribute("data-theme", scheme)
    assert await faint_texts(page, TAG) == []
    await page.context.set_offline(True)
    await expect(chat.link).to_contain_text("网络已断开")
    assert await faint_texts(page, TAG) == []


async def test_the_device_s_change_to_dark_is_followed(new_page: NewPage) -> None:
    page = await new_page(color_scheme="light")
    chat = await Chat(page).open()
    ground = "element => getComputedStyle(element).backgroundColor"
    before = await chat.panel.evaluate(ground)
    await page.emulate_media(color_scheme="dark")
    await expect(chat.host.locator(".root")).to_have_attribute("data-theme", "dark")
    assert await chat.panel.evaluate(ground) != before


async def test_nothing_moves_for_who_wants_no_motion(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page(reduced_motion="reduce")
    chat = await Chat(page).open()
    await gateway.type(True)
    await expect(chat.typing).to_be_visible()
    moving = "element => element.getAnimations({ subtree: true }).length"
    assert await chat.host.evaluate(moving) == 0
    await page.emulate_media(reduced_motion="no-preference")
    await expect(chat.typing.locator("i").first).to_have_css("animation-name", "breathe")


async def test_what_others_say_stands_left_and_the_customer_s_right(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.answer = lambda said: []
    chat = await Chat(await new_page()).open()
    await choose(chat, file("a.png"), file("b.png"))
    await chat.say("两张")
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await gateway.type(True)
    panel = await chat.panel.bounding_box()
    assert panel
    middle = panel["x"] + panel["width"] / 2
    for theirs in (chat.bubbles.first, chat.typing):
        box = await theirs.bounding_box()
        assert box and box["x"] + box["width"] / 2 < middle
    tiles = [await tile.bounding_box() for tile in await chat.log.locator(".tile").all()]
    said = await chat.bubbles.last.bounding_box()
    assert said and tiles[0] and tiles[1]
    assert tiles[0]["y"] == tiles[1]["y"]
    assert tiles[0]["x"] + tiles[0]["width"] < tiles[1]["x"]
    assert abs(tiles[1]["x"] + tiles[1]["width"] - said["x"] - said["width"]) < 2


async def test_the_composer_stays_above_a_phone_s_keyboard(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page(**PHONE)
    chat = await Chat(page).open()
    for i in range(20):
        await gateway.say(f"第 {i} 条")
    await chat.expect_last("第 19 条")
    await chat.input.focus()
    # The keyboard takes the lower part of what can be seen; the page's own height stays.
    await page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", { value: 420, configurable: true });
          Object.defineProperty(visualViewport, "offsetTop", { value: 60, configurable: true });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    await expect(chat.panel).to_have_css("height", "420px")
    box = await chat.send_button.bounding_box()
    assert box
    assert box["y"] >= 60
    assert box["y"] + box["height"] <= 480
    last = await chat.bubbles.last.bounding_box()
    assert last and last["y"] + last["height"] <= box["y"]


async def test_the_page_behind_does_not_scroll_on_a_phone(new_page: NewPage) -> None:
    page = await new_page(**PHONE)
    chat = await Chat(page).open()
    assert await page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    await chat.close_button.click()
    assert await page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
