"""Screenshots as evidence: chosen, pasted, dropped, shown, refused."""

import struct
import zlib
from typing import Any

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewPage
from tests.browser.fake_gateway import FakeGateway


def png(width: int = 40, height: int = 60) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x2e\x8b\x76" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def file(name: str = "凭证.png", data: bytes | None = None, kind: str = "image/png") -> Any:
    return {"name": name, "mimeType": kind, "buffer": png() if data is None else data}


async def choose(chat: Chat, *files: Any) -> None:
    await chat.panel.locator("input[type=file]").set_input_files(list(files))


async def test_a_chosen_picture_is_previewed_then_sent(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    async with page.expect_file_chooser() as chooser:
        await chat.panel.get_by_role("button", name="添加截图").click()
    await (await chooser.value).set_files([file()])
    await expect(chat.panel.get_by_role("img", name="待发送的图片：凭证.png")).to_be_visible()
    assert gateway.pictures == {}
    await chat.input.fill("这是账单")
    await chat.send_button.click()
    shown = chat.log.get_by_role("button", name="图片: 查看大图")
    await expect(shown).to_have_attribute("data-state", "ready")
    await expect(chat.log.get_by_text("收到：这是账单")).to_be_visible()
    assert list(gateway.pictures.values()) == [png()]
    assert gateway.said() == ["", "这是账单"]
    await expect(chat.panel.get_by_role("img", name="待发送的图片：凭证.png")).to_have_count(0)


async def test_a_sent_picture_opens_at_full_size(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await choose(chat, file())
    await chat.send_button.click()
    shown = chat.log.get_by_role("button", name="图片: 查看大图")
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await expect(shown).to_have_attribute("data-state", "ready")
    await shown.click()
    large = chat.host.get_by_role("dialog", name="图片", exact=True)
    await expect(large.get_by_role("button", name="关闭大图")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(large).to_be_hidden()
    await expect(shown).to_be_focused()
    await expect(chat.panel).to_be_visible()


async def test_after_a_reload_a_picture_comes_by_a_new_link(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await choose(chat, file())
    await chat.send_button.click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    picture = chat.log.locator(".mine .picture")
    await expect(picture).to_have_attribute("data-state", "ready")
    gateway.picture_links.clear()  # they have expired
    await page.reload()
    chat = await Chat(page).open()
    picture = chat.log.locator(".mine .picture")
    await expect(picture).to_have_attribute("data-state", "ready")
    assert await picture.locator("img").evaluate("image => image.naturalWidth") == 40
    assert len(gateway.picture_links) == 1


async def test_a_preview_can_be_taken_back(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await choose(chat, file())
    await expect(chat.send_button).to_be_enabled()
    await chat.panel.get_by_role("button", name="移除这张图片: 凭证.png").click()
    await expect(chat.send_button).to_be_disabled()
    await expect(chat.panel.get_by_role("img")).to_have_count(0)


async def test_what_is_no_picture_is_refused_kindly(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await choose(chat, file("账单.heic", b"not a picture", "image/heic"))
    alert = chat.panel.get_by_role("alert")
    await expect(alert).to_have_text("这张图片打不开，请换成 JPEG、PNG 或 WebP 截图")
    await choose(chat, *[file(f"{i}.png") for i in range(6)])
    await expect(alert).to_have_text("一次最多 5 张图片")
    await expect(chat.panel.locator(".waiting img")).to_have_count(5)


async def test_a_picture_that_the_gateway_refuses_says_why(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.refuses_pictures = "too_large"
    chat = await Chat(await new_page()).open()
    await choose(chat, file())
    await chat.send_button.click()
    failed = chat.log.locator(".failed")
    await expect(failed).to_contain_text("没有发出 · 内容太大")
    # What failed is still to be seen, with a way out.
    await expect(failed.locator(".picture")).to_have_attribute("data-state", "ready")
    gateway.refuses_pictures = ""
    await failed.get_by_role("button", name="重试").click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()


async def test_a_picture_waits_for_the_network_and_is_shown_meanwhile(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await page.context.set_offline(True)
    await expect(chat.link).to_contain_text("网络已断开")
    await choose(chat, file())
    await chat.send_button.click()
    picture = chat.log.locator(".mine .picture")
    await expect(picture).to_have_attribute("data-state", "ready")
    await page.context.set_offline(False)
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    await expect(picture).to_have_attribute("data-state", "ready")
    assert list(gateway.pictures.values()) == [png()]


async def test_a_very_large_picture_is_made_smaller_first(new_page: NewPage, gateway: FakeGateway) -> None:
    chat = await Chat(await new_page()).open()
    await choose(chat, file("长图.png", png(1500, 9000)))
    await expect(chat.panel.get_by_role("img", name="待发送的图片：长图.png")).to_be_visible()
    await chat.send_button.click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    assert [each[:3] for each in gateway.pictures.values()] == [b"\xff\xd8\xff"]


async def test_pictures_are_pasted_and_dropped(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    for event, key in (("paste", "clipboardData"), ("drop", "dataTransfer")):
        await chat.input.evaluate(
            """(input, [event, key, bytes]) => {
              const data = new DataTransfer();
              data.items.add(new File([new Uint8Array(bytes)], event + ".png", { type: "image/png" }));
              const options = { bubbles: true, cancelable: true, composed: true, [key]: data };
              const kind = event === "paste" ? ClipboardEvent : DragEvent;
              input.dispatchEvent(new kind(event, options));
            }""",
            [event, key, list(png())],
        )
        await expect(chat.panel.get_by_role("img", name=f"待发送的图片：{event}.png")).to_be_visible()
