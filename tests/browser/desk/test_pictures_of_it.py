"""Screenshots to look at, and what a machine can see in them."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.settings import ROOT
from tests.browser.chat import Chat
from tests.browser.conftest import NewPage
from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import Thread
from tests.browser.fake_gateway import FakeGateway
from tests.browser.looks import cut_parts, faint_texts
from tests.browser.test_looks import talk_about_everything

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"1440": (1440, 900), "1280": (1280, 800), "834": (834, 1112), "768": (768, 1024)}


async def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    if not await page.evaluate("'axe' in window"):
        # Through the debugger: the page's own policy allows no script of elsewhere.
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    assert found["passes"]
    grave = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['html'][:140]} {node['any'][:1]}" for each in grave for node in each["nodes"]]


async def check(page: Page) -> None:
    assert await faults(page) == []
    assert await faint_texts(page) == []
    # What is shortened on purpose is `cut`, and Element Plus has its own ways.
    assert [each for each in await cut_parts(page) if "cut" not in each and "el-" not in each] == []


def busy_case(server: FakeDesk) -> Thread:
    fill(server)
    thread = next(iter(server.threads.values()))
    thread.act("claimed", "alice")
    thread.row |= {"owner": "agent", "agent": "alice", "agent_name": "王芳"}
    named = {"author": "alice", "author_name": "王芳"}
    thread.add("agent", "您好，我是王芳。已经看到您的截图，正在和支付渠道核对交易号。", 2, read=True, **named)
    thread.add("agent", "渠道说交易号后四位是 8271，客户发的是 8217，可能抄错。", 1.5, kind="note", **named)
    thread.add("agent", "请再发一次付款详情页的截图，好吗？", 1, status="failed", **named)
    return thread


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_desk_is_readable(
    new_desk: NewDesk, server: FakeDesk, screenshots: Path, language: str, scheme: str, size: str
) -> None:
    thread = busy_case(server)
    server.agents["alice"].language = language
    width, height = SIZES[size]
    desk = await new_desk(color_scheme=scheme, viewport={"width": width, "height": height})
    await desk.open(thread)
    await server.tell({"type": "typing_changed", "conversation_id": thread.id, "sender": "customer", "typing": True})
    await expect(desk.log.locator(".typing")).not_to_be_empty()
    await expect(desk.log.locator("img").first).to_be_visible()
    name = f"desk-{language}-{scheme}-{size}"
    await desk.page.screenshot(path=screenshots / f"{name}.png")
    await check(desk.page)
    await desk.input.press("Alt+n")
    await desk.input.fill("只给同事看的话")
    await desk.page.screenshot(path=screenshots / f"{name}-note.png")
    await check(desk.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_opens_is_readable(
    new_desk: NewDesk, server: FakeDesk, screenshots: Path, language: str, scheme: str
) -> None:
    thread = busy_case(server)
    server.agents["alice"].language = language
    desk = await new_desk(None, color_scheme=scheme, locale="zh-CN" if language == "zh" else "en-GB")
    name = f"desk-{language}-{scheme}"
    await desk.page.screenshot(path=screenshots / f"{name}-login.png")
    await check(desk.page)
    await desk.sign_in("alice")
    await desk.open(next(each for each in server.threads.values() if each.row["owner"] == "queue"))
    await desk.page.screenshot(path=screenshots / f"{name}-queue.png")
    await check(desk.page)
    await desk.open(thread)
    await desk.input.fill("/")
    await expect(desk.composer.get_by_role("option").first).to_be_visible()
    await desk.page.screenshot(path=screenshots / f"{name}-canned.png")
    await check(desk.page)
    await desk.input.fill("")
    await desk.input.press("Escape")
    for key, shown in (("t", "transfer"), ("e", "resolve"), ("?", "shortcuts")):
        await desk.page.keyboard.press(key)
        await expect(desk.dialog).to_be_visible()
        await desk.page.wait_for_timeout(400)  # It fades in.
        await desk.page.screenshot(path=screenshots / f"{name}-{shown}.png")
        await check(desk.page)
        await desk.page.keyboard.press("Escape")
        await expect(desk.dialog).to_be_hidden()
    await desk.search.fill("截图")
    await expect(desk.rows.first.locator("mark")).to_be_visible()
    await desk.page.screenshot(path=screenshots / f"{name}-search.png")
    await check(desk.page)


async def test_the_checks_find_what_is_wrong(new_desk: NewDesk) -> None:
    desk = await new_desk(None)
    await desk.page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend", "<button></button><img src='/desk/assets/none.png'>")"""
    )
    found = " ".join(await faults(desk.page))
    assert "button-name" in found
    assert "image-alt" in found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_widget_has_no_grave_fault(new_page: NewPage, gateway: FakeGateway, scheme: str) -> None:
    page = await new_page(color_scheme=scheme)
    assert await faults(page) == []
    chat: Chat = await talk_about_everything(page, gateway)
    await expect(chat.panel).to_be_visible()
    assert await faults(page) == []
