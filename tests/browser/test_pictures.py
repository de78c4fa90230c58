"""Screenshots as evidence: chosen, photographed, pasted, dropped, looked at before they are sent, refused kindly."""

import base64
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HEIC = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(200)


def png(width: int = 40, height: int = 60, rgb: bytes = b"\x2e\x8b\x76", noise: int | None = None) -> bytes:
    """A picture of one colour, or of noise with this seed, which is as many bytes as it has colours."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    if noise is None:
        rows = (b"\0" + rgb * width) * height
    else:
        dice = random.Random(noise)
        rows = b"".join(b"\0" + dice.randbytes(3 * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows, 1 if noise is None else 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def file(name: str = "凭证.png", data: bytes | None = None, kind: str = "image/png") -> Any:
    return {"name": name, "mimeType": kind, "buffer": png() if data is None else data}


def different(count: int) -> list[bytes]:
    return [png(40, 60 + i) for i in range(count)]


async def choose(chat: Chat, *files: Any) -> None:
    await chat.panel.locator("input[type=file][multiple]").set_input_files(list(files))


def preview(chat: Chat, name: str) -> Locator:
    return chat.panel.get_by_role("img", name=f"待发送的图片：{name}")


async def test_a_chosen_picture_is_previewed_then_sent_with_its_caption(
    new_page: NewPage, gateway: FakeGateway
) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    async with page.expect_file_chooser() as chooser:
        await chat.panel.get_by_role("button", name="添加截图").click()
    await (await chooser.value).set_files([file()])
    await expect(preview(chat, "凭证.png")).to_be_visible()
    await expect(chat.input).to_have_attribute("placeholder", "可加一句说明…")
    assert gateway.pictures.tries == 0
    await chat.input.fill("这是账单")
    await chat.send_button.click()
    shown = chat.log.get_by_role("button", name="图片: 查看大图")
    await expect(shown).to_have_attribute("data-state", "ready")
    await expect(chat.log.get_by_text("收到：这是账单")).to_be_visible()
    assert list(gateway.pictures.kept.values()) == [png()]
    assert gateway.said() == ["这是账单"]
    await expect(preview(chat, "凭证.png")).to_have_count(0)
    await expect(chat.input).to_have_attribute("placeholder", "说说您遇到的情况…")


async def test_several_pictures_keep_their_order_before_the_words(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.answer = lambda said: [(f"收到：{said}", [])] if said else []
    chat = await Chat(await new_page()).open()
    pictures = different(5)
    await choose(chat, *[file(f"{i}.png", each) for i, each in enumerate(pictures)])
    await expect(chat.panel.locator(".waiting img")).to_have_count(5)
    await chat.say("一共五张")
    await chat.expect_last("收到：一共五张")
    sent = [each for each in gateway.thread.messages if each["kind"] == "incoming"]
    assert [gateway.pictures.kept[each["picture_id"]] for each in sent[:-1]] == pictures
    assert gateway.said() == ["", "", "", "", "", "一共五张"]
    assert gateway.pictures.most_at_once <= 2
    await expect(chat.log.locator(".tile")).to_have_count(5)


async def test_at_most_nine_pictures_go_at_once(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await choose(chat, *[file(f"{i}.png") for i in range(11)])
    await expect(chat.panel.get_by_role("alert")).to_have_text("一次最多 9 张图片，其余的可以下次再发")
    await expect(chat.panel.locator(".waiting img")).to_have_count(9)
    await choose(chat, file("more.png"))
    await expect(chat.panel.get_by_role("alert")).to_have_text("一次最多 9 张图片，其余的可以下次再发")
    await expect(chat.panel.locator(".waiting img")).to_have_count(9)


async def test_a_preview_can_be_enlarged_and_taken_back(new_page: NewPage) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await choose(chat, file("甲.png"), file("乙.png"))
    await expect(chat.send_button).to_be_enabled()
    await preview(chat, "甲.png").click()
    large = chat.host.get_by_role("dialog", name="图片", exact=True)
    await expect(large.get_by_role("img", name="甲.png")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(large).to_be_hidden()
    await chat.panel.get_by_role("button", name="移除这张图片: 甲.png").click()
    # By keyboard one goes on from picture to picture.
    await expect(chat.panel.get_by_role("button", name="移除这张图片: 乙.png")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(chat.panel.get_by_role("img")).to_have_count(0)
    await expect(chat.panel.get_by_role("button", name="添加截图")).to_be_focused()
    await expect(chat.send_button).to_be_disabled()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("合同.pdf", b"%PDF-1.7 " + bytes(100), "这个文件不能用，请发截图或照片"),
        ("假的.png", b"<svg onload=alert(1)>" + bytes(50), "这个文件不能用，请发截图或照片"),
        ("空的.png", b"", "这个文件是空的"),
        ("IMG_0001.HEIC", HEIC, "这是 HEIC 照片，这里打不开"),
        ("断了.png", png()[:20], "这张图片打不开"),
        ("很大.png", png() + bytes(10_000_001), "这张图片太大"),
    ],
)
async def test_what_cannot_be_used_is_refused_kindly_before_it_is_sent(
    new_page: NewPage, gateway: FakeGateway, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (path := tmp_path / name).write_bytes(data)
    chat = await Chat(await new_page()).open()
    await choose(chat, path)
    await expect(chat.panel.get_by_role("alert")).to_contain_text(words)
    await expect(chat.send_button).to_be_disabled()
    assert gateway.pictures.tries == 0
    # What is all right beside it is taken, and the sentence says which was meant.
    (good := tmp_path / "好的.png").write_bytes(png())
    await choose(chat, path, good)
    await expect(chat.panel.get_by_role("alert")).to_contain_text(f"{name} · {words}")
    await expect(preview(chat, "好的.png")).to_be_visible()


async def test_a_large_photo_is_sent_as_it_is(new_page: NewPage, gateway: FakeGateway, tmp_path: Path) -> None:
    chat = await Chat(await new_page()).open()
    photo = png(1820, 1820, noise=1)
    assert 9_900_000 < len(photo) <= 10_000_000
    (path := tmp_path / "大图.png").write_bytes(photo)
    await choose(chat, path)
    await expect(preview(chat, "大图.png")).to_be_visible()
    await chat.send_button.click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    assert list(gateway.pictures.kept.values()) == [photo]


@pytest.mark.parametrize("data", [png(6000, 4200), GIF], ids=["more than 25 million pixels", "gif"])
async def test_what_the_gateway_could_not_read_is_redrawn(new_page: NewPage, gateway: FakeGateway, data: bytes) -> None:
    chat = await Chat(await new_page()).open()
    await choose(chat, file("图", data))
    await expect(preview(chat, "图")).to_be_visible()
    await chat.send_button.click()
    await expect(chat.log.get_by_text("已送达")).to_be_visible()
    assert [each[:3] for each in gateway.pictures.kept.values()] == [b"\xff\xd8\xff"]


async def paste(target: Locator, texts: dict[str, str], *names: str) -> bool:
    """Whether the widget took the clipboard for itself."""
    taken = await target.evaluate(
        """(target, [bytes, names, texts]) => {
          const data = new DataTransfer();
          for (const name of names) data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
          for (const [type, text] of Object.entries(texts)) data.setData(type, text);
          const options = { bubbles: true, cancelable: true, composed: true, clipboardData: data };
          return !target.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        [list(png()), names, texts],
    )
    return bool(taken)


async def test_pictures_are_pasted_anywhere_in_the_panel(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    assert await paste(chat.input, {}, "截图.png")
    await expect(preview(chat, "截图.png")).to_be_visible()
    assert await paste(chat.log, {"text/html": "<img>"}, "网页.png")
    await expect(preview(chat, "网页.png")).to_be_visible()


async def test_words_with_a_picture_of_themselves_are_pasted_as_words(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    assert not await paste(chat.input, {"text/plain": "KM202405120001"}, "表格.png")
    await expect(chat.panel.locator(".waiting img")).to_have_count(0)


async def drag(page: Page, kind: str, where: Locator | tuple[float, float], *paths: Path) -> None:
    """As the system does it, so that a drop that nobody takes would open the file in place of the page."""
    if isinstance(where, Locator):
        box = await where.bounding_box()
        assert box
        where = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    data = {"items": [], "files": [str(each) for each in paths], "dragOperationsMask": 1}
    session = await page.context.new_cdp_session(page)
    await session.send("Input.dispatchDragEvent", {"type": kind, "x": where[0], "y": where[1], "data": data})
    await session.detach()


@pytest.fixture
def on_disk(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "账单.png", tmp_path / "订单.png"]
    for path in paths:
        path.write_bytes(png())
    return paths


async def test_pictures_are_dropped_on_the_panel(new_page: NewPage, on_disk: list[Path]) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    zone = chat.panel.locator(".drop")
    await expect(zone).to_be_hidden()
    await drag(page, "dragEnter", (40, 40), *on_disk)
    await drag(page, "dragOver", (40, 40), *on_disk)
    await expect(zone).to_have_text("把图片放到这里")
    await expect(zone).to_be_visible()
    await drag(page, "dragOver", chat.log, *on_disk)
    await drag(page, "drop", chat.log, *on_disk)
    await expect(zone).to_be_hidden()
    for path in on_disk:
        await expect(preview(chat, path.name)).to_be_visible()


async def test_a_drop_beside_the_panel_does_not_replace_the_page(new_page: NewPage, on_disk: list[Path]) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    await chat.input.fill("写了一半")
    # Heard after the widget.
    await page.evaluate("""() => {
      window.seen = [];
      const hear = (event) => window.seen.push([event.defaultPrevented, event.dataTransfer.dropEffect]);
      for (const type of ["dragover", "drop"]) window.addEventListener(type, hear);
    }""")
    for kind in ("dragEnter", "dragOver", "drop"):
        await drag(page, kind, (40, 40), on_disk[0])
    seen = await page.evaluate("window.seen")
    assert seen
    assert all(each == [True, "none"] for each in seen)
    await expect(chat.panel.locator(".drop")).to_be_hidden()
    await expect(chat.input).to_have_value("写了一半")
    await expect(chat.panel.locator(".waiting img")).to_have_count(0)
    assert page.url.startswith("http://127.0.0.1")


async def test_the_shop_s_own_place_for_files_still_works(
    new_page: NewPage, gateway: FakeGateway, on_disk: list[Path]
) -> None:
    gateway.host_markup = "<input type=file id=theirs>"
    page = await new_page()
    await Chat(page).open()
    theirs = page.locator("#theirs")
    for kind in ("dragEnter", "dragOver", "drop"):
        await drag(page, kind, theirs, on_disk[0])
    await expect(theirs).to_have_value("C:\\fakepath\\账单.png")


async def test_a_phone_offers_its_camera_beside_the_gallery(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page(**PHONE)
    chat = await Chat(page).open()
    gallery, camera = chat.panel.locator("input[type=file][multiple]"), chat.panel.locator("input[capture]")
    await expect(gallery).not_to_have_attribute("capture", "environment")
    await expect(gallery).to_have_attribute("accept", "image/jpeg,image/png,image/webp")
    await expect(camera).to_have_attribute("accept", "image/*")
    button = chat.panel.get_by_role("button", name="拍照")
    async with page.expect_file_chooser() as chooser:
        await button.tap()
    await (await chooser.value).set_files([file("photo.jpg")])
    await expect(preview(chat, "photo.jpg")).to_be_visible()
    # The keyboard would hide the pictures, and what is typed needs the room of the button.
    await expect(chat.input).not_to_be_focused()
    await chat.input.fill("屏幕拍的")
    await expect(button).to_be_hidden()
    await chat.send_button.tap()
    await expect(chat.log.get_by_text("收到：屏幕拍的")).to_be_visible()
    await expect(button).to_be_visible()


async def test_a_desktop_has_no_camera_button(new_page: NewPage) -> None:
    chat = await Chat(await new_page()).open()
    await expect(chat.panel.get_by_role("button", name="添加截图")).to_be_visible()
    await expect(chat.panel.get_by_role("button", name="拍照")).to_be_hidden()
