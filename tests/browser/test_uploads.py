"""Pictures on their way: how far they are, taken back, tried again, over lost networks and reloads; and shown later."""

import re
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Request, expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewPage
from tests.browser.fake_gateway import FakeGateway
from tests.browser.test_pictures import choose, different, file, png

SENT = "图片: 查看大图"
KEPT = """(count) => new Promise((resolve) => {
  const opened = indexedDB.open("daozhang-pictures");
  opened.onsuccess = () => {
    const counted = opened.result.transaction("unsent").objectStore("unsent").count();
    counted.onsuccess = () => resolve(counted.result === count);
  };
})"""


@cache
def large_png() -> bytes:
    """Too much for the buffers between the browser and a gateway that does not read."""
    return png(1700, 1700, noise=2)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "large.png"
    path.write_bytes(large_png())
    return path


def is_upload(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/pictures")


def progress_of(chat: Chat) -> Locator:
    return chat.log.get_by_role("progressbar", name="上传进度")


async def send(chat: Chat, *pictures: bytes | Path, words: str = "") -> None:
    """Bytes, or one path alone: the browser takes files of one kind."""
    await choose(chat, *[each if isinstance(each, Path) else file(f"{i}.png", each) for i, each in enumerate(pictures)])
    await expect(chat.panel.locator(".waiting img")).to_have_count(len(pictures))
    await chat.input.fill(words)
    await chat.send_button.click()


def sent_pictures(gateway: FakeGateway) -> list[bytes]:
    """As they were saved, in the order of their messages."""
    return [gateway.pictures.kept[each["picture_id"]] for each in gateway.thread.messages if each["picture_id"]]


def silent(gateway: FakeGateway) -> None:
    """The bot answers words only, so that pictures lie side by side."""
    gateway.answer = lambda said: [(f"收到：{said}", [])] if said else []


async def test_an_upload_says_how_far_it_is(new_page: NewPage, gateway: FakeGateway, large: Path) -> None:
    chat = await Chat(await new_page()).open()
    gateway.pictures.hold()
    await send(chat, large)
    bar = progress_of(chat)
    await expect(bar).to_be_visible()
    await gateway.until(lambda: gateway.pictures.tries == 1)
    # Some of it is out, and the rest cannot be.
    await expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    await expect(chat.panel.get_by_text("正在上传图片，")).to_have_role("status")
    gateway.pictures.release()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await expect(bar).to_be_hidden()
    assert sent_pictures(gateway) == [large_png()]


async def test_an_upload_is_cancelled_in_the_middle(new_page: NewPage, gateway: FakeGateway, large: Path) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    gateway.pictures.hold()
    await send(chat, large, words="这是付款截图")
    await gateway.until(lambda: gateway.pictures.tries == 1)
    async with page.expect_event("requestfailed", is_upload):
        await chat.log.get_by_role("button", name="取消上传").click()
    await expect(chat.log.locator(".mine")).to_have_count(0)
    # The words are the customer's work and stay theirs.
    await expect(chat.input).to_have_value("这是付款截图")
    await expect(chat.input).to_be_focused()
    gateway.pictures.release()
    await chat.send_button.click()
    await chat.expect_last("收到：这是付款截图")
    assert gateway.pictures.kept == {}
    await page.reload()
    await chat.open()
    await chat.expect_last("收到：这是付款截图")
    assert gateway.said() == ["这是付款截图"]


async def test_one_of_several_is_cancelled(new_page: NewPage, gateway: FakeGateway) -> None:
    silent(gateway)
    chat = await Chat(await new_page()).open()
    gateway.pictures.hold()
    pictures = different(4)
    await send(chat, *pictures, words="四张")
    await gateway.until(lambda: gateway.pictures.tries == 2)
    await chat.log.get_by_role("button", name="取消上传").nth(1).click()
    await expect(chat.log.locator(".tile")).to_have_count(3)
    gateway.pictures.release()
    await chat.expect_last("收到：四张")
    assert sent_pictures(gateway) == [pictures[0], *pictures[2:]]


async def test_an_upload_that_fails_by_accident_is_repeated(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.pictures.fails = 1
    chat = await Chat(await new_page()).open()
    await send(chat, png(), words="账单")
    await chat.expect_last("收到：账单")
    assert gateway.pictures.tries == 2
    assert sent_pictures(gateway) == [png()]


async def test_a_picture_that_is_refused_says_why_and_holds_nothing_back(
    new_page: NewPage, gateway: FakeGateway
) -> None:
    gateway.pictures.refuses = "too_large"
    chat = await Chat(await new_page()).open()
    await send(chat, *different(2), words="请转人工")
    await chat.expect_last("收到：请转人工")
    failed = chat.log.locator(".failed")
    await expect(failed).to_have_count(2)
    await expect(failed.first).to_contain_text("没有发出 · 这张图片太大，打开它截一张图再发就可以")
    await expect(chat.panel.get_by_text("2 张图片没有发出，可以重试")).to_have_role("status")
    # What failed is still to be seen, with a way out.
    await expect(failed.first.locator(".picture")).to_have_attribute("data-state", "ready")
    await failed.first.get_by_role("button", name="删除").click()
    gateway.pictures.refuses = ""
    await failed.get_by_role("button", name="重试").click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    assert sent_pictures(gateway) == different(2)[1:]


async def test_a_file_that_the_gateway_cannot_read_is_not_tried_again(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.pictures.refuses = "unsupported_picture"
    chat = await Chat(await new_page()).open()
    await send(chat, png())
    failed = chat.log.locator(".failed")
    await expect(failed).to_contain_text("没有发出 · 这个文件不能用，请发截图或照片")
    await expect(failed.get_by_role("button", name="重试")).to_have_count(0)
    await failed.get_by_role("button", name="删除").click()
    await expect(chat.log.locator(".mine")).to_have_count(0)


async def test_pictures_chosen_offline_go_out_in_order_later(new_page: NewPage, gateway: FakeGateway) -> None:
    silent(gateway)
    page = await new_page()
    chat = await Chat(page).open()
    await page.context.set_offline(True)
    await expect(chat.link).to_contain_text("网络已断开")
    pictures = different(3)
    await send(chat, *pictures, words="三张")
    shown = chat.log.locator(".mine .picture")
    for i in range(3):
        await expect(shown.nth(i)).to_have_attribute("data-state", "ready")
    # Said once for all of them.
    await expect(chat.log.locator(".tile").get_by_text("还没送达，连上后自动重发")).to_have_count(1)
    await page.context.set_offline(False)
    await chat.expect_last("收到：三张")
    assert sent_pictures(gateway) == pictures


async def test_a_gateway_that_goes_away_in_the_middle_gets_it_once(
    new_page: NewPage, gateway: FakeGateway, large: Path
) -> None:
    chat = await Chat(await new_page()).open()
    gateway.pictures.hold()
    await send(chat, large, words="别丢")
    await gateway.until(lambda: gateway.pictures.tries == 1)
    await gateway.stop()
    await expect(chat.log.get_by_text("还没送达，连上后自动重发")).to_be_visible()
    gateway.pictures.release()
    await gateway.start()
    await chat.expect_last("收到：别丢")
    assert sent_pictures(gateway) == [large_png()]
    assert gateway.said() == ["别丢"]


async def test_a_reload_in_the_middle_loses_and_doubles_nothing(new_page: NewPage, gateway: FakeGateway) -> None:
    silent(gateway)
    page = await new_page()
    chat = await Chat(page).open()
    gateway.pictures.hold()
    pictures = different(3)
    await send(chat, *pictures, words="三张")
    await gateway.until(lambda: gateway.pictures.tries == 2)
    await page.wait_for_function(KEPT, arg=3)
    await page.reload()
    await gateway.until(lambda: gateway.pictures.tries == 4)  # Two begun anew.
    await chat.open()
    shown = chat.log.locator(".mine .picture")
    await expect(shown).to_have_count(3)
    for i in range(3):
        await expect(shown.nth(i)).to_have_attribute("data-state", "ready")
    await expect(progress_of(chat).first).to_be_visible()
    gateway.pictures.release()
    await chat.expect_last("收到：三张")
    assert sent_pictures(gateway) == pictures
    await page.reload()
    await chat.open()
    await expect(shown).to_have_count(3)
    assert gateway.said() == ["", "", "", "三张"]


async def test_what_one_tab_cancels_the_other_does_not_send(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    here = await Chat(page).open()
    gateway.pictures.hold()
    await send(here, png())
    other = await page.context.new_page()
    await other.goto(page.url)
    there = await Chat(other).open()
    await expect(there.log.locator(".mine .picture")).to_have_attribute("data-state", "ready")
    await gateway.until(lambda: gateway.pictures.at_once == 2)
    async with other.expect_event("requestfailed", is_upload):
        await here.log.get_by_role("button", name="取消上传").click()
    await expect(there.log.locator(".mine")).to_have_count(0)
    gateway.pictures.release()
    await there.say("没有图片")
    await there.expect_last("收到：没有图片")
    assert gateway.said() == ["没有图片"]


async def shown_again(page: Page, chat: Chat) -> Locator:
    """The picture after a reload, when only the gateway has it."""
    await page.reload()
    await chat.open()
    return chat.log.get_by_role("button", name=SENT)


async def test_a_sent_picture_opens_at_full_size(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await send(chat, png())
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    shown = await shown_again(page, chat)
    await expect(shown).to_have_attribute("data-state", "ready")
    await shown.click()
    opened = chat.host.get_by_role("dialog", name="图片", exact=True)
    await expect(opened.get_by_role("button", name="关闭大图")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(opened.get_by_role("button", name="关闭大图")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(opened).to_be_hidden()
    await expect(shown).to_be_focused()
    await expect(chat.panel).to_be_visible()


async def test_a_long_screenshot_can_be_read_at_full_size(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await send(chat, png(500, 3000))
    await chat.log.get_by_role("button", name=SENT).click()
    opened = chat.host.get_by_role("dialog", name="图片", exact=True)
    image = opened.get_by_role("img")
    window = page.viewport_size
    assert window
    fitted = await image.bounding_box()
    assert fitted and fitted["height"] <= window["height"]
    await image.click()
    await expect(image).to_have_css("height", "3000px")
    assert await opened.evaluate("element => element.scrollHeight") >= 3000
    await image.click()
    await expect(image).not_to_have_css("height", "3000px")
    await opened.click(position={"x": 5, "y": 5})
    await expect(opened).to_be_hidden()


async def test_a_link_that_ended_is_asked_for_anew_once(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await send(chat, png())
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    # The picture that is at hand need not come back over the network.
    assert gateway.pictures.links == []
    gateway.pictures.dead_links = 1
    await expect(await shown_again(page, chat)).to_have_attribute("data-state", "ready")
    assert len(gateway.pictures.links) == 2
    gateway.pictures.kept.clear()
    await page.reload()
    await chat.open()
    await expect(chat.log.get_by_role("button", name="图片已不再保存")).to_have_text("图片已不再保存")
    assert len(gateway.pictures.links) == 4


async def test_a_picture_that_did_not_load_is_tried_again(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await send(chat, png())
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await page.route("**/file?*", lambda route: route.abort())
    await page.reload()
    await chat.open()
    missing = chat.log.get_by_role("button", name="图片没能显示，点击重试")
    await expect(missing).to_have_text("图片没能显示，点击重试")
    await page.unroute("**/file?*")
    await missing.click()
    await expect(chat.log.get_by_role("button", name=SENT)).to_have_attribute("data-state", "ready")


async def test_the_bot_shows_a_drawing_with_its_words(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.pictures.examples["wechat-bill.png"] = png(300, 500)
    page = await new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat = await Chat(page).open()
    await gateway.say("请截这一页：", image="/examples/wechat-bill.png", image_alt="微信账单详情页的样子")
    await gateway.say("", image="/examples/wechat-bill.png")
    await gateway.say("看这里", image="https://elsewhere.example/examples/wechat-bill.png")
    # What is out of sight is fetched when it comes into sight.
    shown = chat.log.get_by_role("button", name="微信账单详情页的样子: 查看大图")
    await shown.scroll_into_view_if_needed()
    await expect(shown).to_have_attribute("data-state", "ready")
    unnamed = chat.log.get_by_role("button", name="示例图片: 查看大图")
    await unnamed.scroll_into_view_if_needed()
    await expect(unnamed).to_have_attribute("data-state", "ready")
    # Only the helpdesk's own pictures are ever loaded.
    await expect(chat.bubbles.last).to_have_text("看这里")
    await expect(chat.log.locator(".picture")).to_have_count(2)
    assert [each for each in asked if "elsewhere" in each] == []
    await shown.click()
    await expect(chat.host.get_by_role("img", name="微信账单详情页的样子")).to_be_visible()
