"""The report page in a real browser: plots with their tables, cuts, files, an absent backend."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.desk.conftest import NewDesk
from tests.browser.desk.fake_panel import PanelDesk
from tests.browser.desk.world import Agent

# Whether a canvas holds more than nothing.
DRAWN = """(all) => all.map((it) => {
  const { data } = it.getContext("2d").getImageData(0, 0, it.width, it.height);
  return data.some(Boolean);
})"""


@pytest_asyncio.fixture(loop_scope="session")
async def server(dist: Path) -> AsyncIterator[PanelDesk]:
    fake = PanelDesk(dist)
    fake.hire(Agent("alice", "王芳"), Agent("sue", "周敏", role="supervisor", team=None))
    await fake.start()
    yield fake
    await fake.stop()


async def reports(new_desk: NewDesk, server: PanelDesk) -> Page:
    desk = await new_desk("sue")
    await desk.page.goto(f"{server.url}/desk#/reports")
    await expect(desk.page.get_by_role("heading", name="报表")).to_be_visible()
    await expect(desk.page.locator(".tiles li")).to_have_count(6)
    return desk.page


async def test_every_plot_is_drawn_and_has_its_table(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await reports(new_desk, server)
    await expect(page.locator(".plot")).to_have_count(10)
    await expect(page.locator(".plot canvas")).to_have_count(10)
    assert await page.locator(".plot canvas").evaluate_all(DRAWN) == [True] * 10
    volume = page.get_by_role("region", name="每天的会话")
    await volume.get_by_text("数据表").click()
    await expect(volume.get_by_role("row")).to_have_count(31)
    first = volume.get_by_role("row").nth(1)
    await expect(first.get_by_role("cell").first).to_have_text("12")
    for name in ("按渠道", "按商品"):
        await expect(page.get_by_role("region", name=name).get_by_role("table")).to_be_visible()


async def test_a_cut_is_asked_for_and_the_file_is_of_what_is_shown(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await reports(new_desk, server)
    await page.get_by_label("从").fill("2026-11-03")
    await page.get_by_label("到", exact=True).fill("2026-11-09")
    await page.get_by_role("button", name="查看").click()
    await server.until(lambda: server.panel.report_queries[-1].get("from") == "2026-11-03")
    await page.locator(".choice").nth(0).click()
    await page.get_by_role("option", name="Telegram").click()
    await server.until(lambda: server.panel.report_queries[-1].get("channel") == "telegram")
    link = page.get_by_role("region", name="每天的会话").get_by_role("link", name="下载 CSV")
    await expect(link).to_have_attribute("href", re.compile("channel=telegram"))
    await page.get_by_label("从").fill("2026-11-05")  # not asked for yet
    async with page.expect_download() as download:
        await link.click()
    path = await (await download.value).path()
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "day,conversations,handoffs,resolved"
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [f"2026-11-0{day}" for day in range(3, 10)]


async def test_a_range_that_is_none_is_not_asked_for(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await reports(new_desk, server)
    asked = len(server.panel.report_queries)
    await page.get_by_label("从").fill("2024-01-01")
    await page.get_by_role("button", name="查看").click()
    await expect(page.get_by_role("alert")).to_contain_text("最多 366 天")
    assert len(server.panel.report_queries) == asked


async def test_without_the_backend_the_rest_is_shown(new_desk: NewDesk, server: PanelDesk) -> None:
    server.panel.reports_down = True
    page = await reports(new_desk, server)
    await expect(page.get_by_text("订单系统暂时连不上")).to_be_visible()
    await expect(page.locator(".plot canvas")).to_have_count(6)
    await expect(page.get_by_role("region", name="满意度评分")).to_contain_text("没有数据")
    await page.locator(".choice").nth(1).click()
    await page.get_by_role("option", name="话费").click()
    await expect(page.get_by_role("alert")).to_contain_text("现在不能按商品统计")


async def test_an_empty_time_says_so(new_desk: NewDesk, server: PanelDesk) -> None:
    server.panel.blank = True
    page = await reports(new_desk, server)
    await expect(page.locator(".plot .blank")).to_have_count(10)
    await expect(page.locator(".tiles")).to_contain_text("–")


async def test_an_agent_has_no_reports(new_desk: NewDesk, server: PanelDesk) -> None:
    desk = await new_desk("alice")
    await desk.page.goto(f"{server.url}/desk#/reports")
    await expect(desk.page.get_by_role("link", name="报表")).to_have_count(0)
    assert server.panel.report_queries == []
