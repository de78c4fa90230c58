"""Screenshots of the panel, the editor and the reports, and what a machine can see in them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_panel import ORDER_NO, TICKET_NO, PanelDesk
from tests.browser.desk.test_pictures_of_it import faults
from tests.browser.desk.world import Agent
from tests.browser.looks import cut_parts, faint_texts

LOOKS = pytest.mark.parametrize(("language", "scheme"), [(a, b) for a in ("zh", "en") for b in ("light", "dark")])


@pytest_asyncio.fixture(loop_scope="session")
async def server(dist: Path) -> AsyncIterator[PanelDesk]:
    fake = PanelDesk(dist)
    fake.hire(Agent("sue", "周敏", role="supervisor", team=None))
    fill(fake)
    await fake.start()
    yield fake
    await fake.stop()


@LOOKS
async def test_the_panel_is_readable(
    new_desk: NewDesk, server: PanelDesk, screenshots: Path, language: str, scheme: str
) -> None:
    server.agents["sue"].language = language
    desk = await new_desk("sue", color_scheme=scheme, viewport={"width": 1440, "height": 2200})
    await desk.open(next(iter(server.threads.values())))
    panel = desk.page.locator(".panel")
    await expect(panel.get_by_text(ORDER_NO).first).to_be_visible()
    await panel.locator("summary").first.click()
    await expect(panel.locator("img").first).to_be_visible()
    await desk.page.locator(".side").screenshot(path=screenshots / f"panel-{language}-{scheme}.png")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []
    assert [each for each in await cut_parts(desk.page) if "cut" not in each and "el-" not in each] == []
    await panel.get_by_role("button", name=TICKET_NO).click()
    await desk.page.get_by_role("menuitem").nth(3).click()
    dialog = desk.page.get_by_role("dialog")
    await dialog.locator("button[type=submit]").click()
    await expect(
        dialog.get_by_role("alert").filter(has_text="请填写" if language == "zh" else "Needed")
    ).to_be_visible()
    await dialog.screenshot(path=screenshots / f"panel-refund-{language}-{scheme}.png")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []


@LOOKS
async def test_reports_are_readable(
    new_desk: NewDesk, server: PanelDesk, screenshots: Path, language: str, scheme: str
) -> None:
    server.agents["sue"].language = language
    desk = await new_desk("sue", color_scheme=scheme, viewport={"width": 1440, "height": 2600})
    await desk.page.goto(f"{server.url}/desk#/reports")
    await expect(desk.page.locator(".plot canvas").first).to_be_visible()
    await desk.page.screenshot(path=screenshots / f"reports-{language}-{scheme}.png")
    await desk.page.locator(".plot details").evaluate_all("(all) => all.forEach((each) => { each.open = true; })")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []


@LOOKS
async def test_the_editor_is_readable(
    new_desk: NewDesk, server: PanelDesk, screenshots: Path, language: str, scheme: str
) -> None:
    server.agents["sue"].language = language
    desk = await new_desk("sue", color_scheme=scheme, viewport={"width": 1280, "height": 900})
    await desk.page.goto(f"{server.url}/desk#/canned")
    await desk.page.get_by_role("button", name="/wdz").click()
    await desk.page.screenshot(path=screenshots / f"canned-{language}-{scheme}.png")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []
    await desk.page.get_by_role("tab").nth(1).click()
    await desk.page.get_by_role("button", name="催单并告知").click()
    await expect(desk.page.locator(".steps li")).to_have_count(2)
    await desk.page.screenshot(path=screenshots / f"macros-{language}-{scheme}.png")
    assert await faults(desk.page) == []
    assert await faint_texts(desk.page) == []


async def test_reports_fit_a_tablet(new_desk: NewDesk, server: PanelDesk, screenshots: Path) -> None:
    desk = await new_desk("sue", viewport={"width": 834, "height": 1112})
    await desk.page.goto(f"{server.url}/desk#/reports")
    await expect(desk.page.locator(".plot canvas").first).to_be_visible()
    await desk.page.screenshot(path=screenshots / "reports-tablet.png")
    wide = await desk.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page = desk.page.locator("main.page")
    assert (wide, await page.evaluate("(it) => it.scrollWidth > it.clientWidth")) == (False, False)
