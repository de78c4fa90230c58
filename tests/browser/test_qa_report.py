"""The page about a run of conversation tests, in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.qa.report_html import page_of
from tests.browser.conftest import DESKTOP, PHONE
from tests.qa.test_report_files import REPORT


async def opened(browser: Browser, tmp_path: Path, **context: object) -> Page:
    path = tmp_path / "report.html"
    path.write_text(page_of(REPORT), encoding="utf-8")
    page = await (await browser.new_context(**context)).new_page()  # type: ignore[arg-type]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else errors.append(request.url))
    await page.goto(path.as_uri())
    assert errors == []
    return page


async def test_failed_conversations_can_be_shown_alone_and_sentences_be_found(browser: Browser, tmp_path: Path):
    page = await opened(browser, tmp_path, **DESKTOP)
    await expect(page.locator(".conversation:visible")).to_have_count(2)
    await page.get_by_label("failed 1").check()
    await expect(page.locator(".conversation:visible .name")).to_have_text(['坏 "的"'])
    await page.get_by_label("all 2").check()
    await page.get_by_label("name, file or sentence").fill("没到")
    await expect(page.locator(".conversation:visible .name")).to_have_text(['坏 "的"'])
    await expect(page.get_by_role("status")).to_have_text("1 shown")
    await page.context.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_it_fits_a_phone_in_both_colours(browser: Browser, tmp_path: Path, colours: str):
    page = await opened(browser, tmp_path, color_scheme=colours, **PHONE)
    for each in await page.locator("summary").all():
        await each.focus()
        if not await each.evaluate("node => node.parentElement.open"):
            await page.keyboard.press("Enter")
    await expect(page.get_by_text("d <e>")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(each) for each in ground[4:-1].split(",")) > 384) == (colours == "light")
    await page.context.close()
