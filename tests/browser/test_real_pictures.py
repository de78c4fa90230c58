"""Pictures through all four real processes: sent from a phone, answered, and shown again by signed links."""

from pathlib import Path

from playwright.async_api import Browser, expect

from bot.ops.stack import Stack
from bot.settings import ROOT
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE
from tests.browser.test_main_job import SLOW, answered
from tests.browser.test_uploads import SENT

PICTURES = [ROOT / "tests" / "conversations" / "pictures" / f"{name}.png" for name in ("order", "charge", "error")]


async def test_screenshots_sent_from_a_phone(browser: Browser, dist: Path, helpdesk: Stack, screenshots: Path) -> None:
    context = await browser.new_context(locale="zh-CN", **PHONE)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    try:
        await page.goto(helpdesk.settings.public_url)
        chat = await Chat(page).open()
        await chat.panel.locator("input[type=file][multiple]").set_input_files(PICTURES)
        await expect(chat.panel.locator(".waiting img")).to_have_count(3)
        await chat.input.fill("付款了但是没到账")
        await page.screenshot(path=screenshots / "7-pictures-chosen.png")
        await chat.send_button.click()
        mine = chat.log.locator(".mine")
        await expect(mine).to_have_count(4)
        await expect(mine.locator(".picture[data-state=ready]")).to_have_count(3)
        await expect(chat.log.get_by_role("progressbar")).to_have_count(0, timeout=SLOW)
        await expect(mine.last.get_by_text("已送达")).to_be_visible(timeout=SLOW)
        await answered(chat)
        await page.screenshot(path=screenshots / "8-pictures-answered.png")
        said = [each for each in await chat.bubbles.all_text_contents() if each]

        await page.reload()
        await chat.open()
        # The bot may show a picture too.
        shown = mine.get_by_role("button", name=SENT, exact=True)
        await expect(shown).to_have_count(3)
        for i in range(3):
            await shown.nth(i).scroll_into_view_if_needed()
            await expect(shown.nth(i)).to_have_attribute("data-state", "ready")
        assert (await chat.bubbles.all_text_contents())[: len(said)] == said
        await shown.first.click()
        await expect(chat.host.get_by_role("dialog", name="图片", exact=True)).to_be_visible()
        await page.screenshot(path=screenshots / "9-picture-large.png")
    finally:
        await context.close()
    assert problems == []
