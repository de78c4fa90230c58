"""Screenshots to look at, and what a machine can see in them."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.settings import ROOT
from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import Thread
from tests.browser.looks import cut_parts, faint_texts

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"1280": (1280, 800), "834": (834, 1112), "1440": (1440, 900)}


async def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    if not await page.evaluate("'axe' in window"):
        # Through the debugger: the page's own policy allows no script of elsewhere.
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate("axe.run(document).then((result) => result.violations)")
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['html'][:140]} {node['any'][:1]}" for each in grave for node in each["nodes"]]


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
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []
    assert [each for each in await cut_parts(desk.page) if "cut" not in each and "el-" not in each] == []
    await desk.input.fill("")
    await desk.input.press("Alt+n")
    await desk.input.fill("只给同事看的话")
    await desk.page.screenshot(path=screenshots / f"{name}-note.png")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []
