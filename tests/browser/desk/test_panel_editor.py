"""Canned replies and macros in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.desk.conftest import NewDesk
from tests.browser.desk.fake_panel import PanelDesk
from tests.browser.desk.world import CANNED, Agent


@pytest_asyncio.fixture(loop_scope="session")
async def server(dist: Path) -> AsyncIterator[PanelDesk]:
    fake = PanelDesk(dist)
    fake.hire(Agent("alice", "王芳"), Agent("sue", "周敏", role="supervisor", team=None))
    await fake.start()
    yield fake
    await fake.stop()


async def editor(new_desk: NewDesk, server: PanelDesk, username: str = "sue") -> Page:
    desk = await new_desk(username)
    await desk.page.goto(f"{server.url}/desk#/canned")
    await expect(desk.page.get_by_role("heading", name="快捷回复与宏")).to_be_visible()
    return desk.page


async def test_a_reply_is_written_with_live_data_and_seen_before_it_is_saved(
    new_desk: NewDesk, server: PanelDesk
) -> None:
    page = await editor(new_desk, server)
    await page.get_by_role("button", name="新建").first.click()
    await page.get_by_label("快捷码", exact=True).fill("wdz")
    await page.locator("#reply-title").fill("已到账")
    await page.get_by_label("内容", exact=True).fill("订单  已到账 {price}")
    await expect(page.get_by_text("这个快捷码已有")).to_be_visible()
    await expect(page.get_by_text("不认识：{price}")).to_be_visible()
    await page.get_by_role("button", name="保存").click()
    assert len(server.panel.canned) == len(CANNED)
    await page.get_by_label("快捷码", exact=True).fill("ydz")
    text = page.get_by_label("内容", exact=True)
    await text.fill("订单  已到账")
    await text.evaluate("(it) => it.setSelectionRange(3, 3)")
    await page.get_by_role("button", name="订单号").click()
    await expect(page.locator("[data-preview]")).to_have_text("订单 KM202611300001 已到账")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存")).to_be_visible()
    assert server.panel.canned[-1] | {"id": ""} == {
        "id": "", "team": None, "uses": 0, "picture": None, "shortcut": "ydz", "title": "已到账", "language": "zh",
        "text": "订单 {order_no} 已到账",
    }  # fmt: skip


async def test_a_reply_is_found_changed_and_deleted(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await editor(new_desk, server)
    await page.get_by_label("搜索快捷码").fill("催办")
    await expect(page.get_by_role("tabpanel", name="快捷回复").locator(".list button")).to_have_count(1)
    await page.get_by_role("tabpanel", name="快捷回复").locator(".list button").click()
    await page.locator("#reply-title").fill("未到账，再催")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("tabpanel", name="快捷回复").locator(".list button")).to_contain_text("未到账，再催")
    await page.get_by_role("tabpanel", name="快捷回复").locator(".list button").click()
    remove = page.get_by_role("tabpanel", name="快捷回复").get_by_role("button", name="删除")
    await remove.click()
    await page.get_by_role("dialog").get_by_role("button", name="取消").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert len(server.panel.canned) == len(CANNED)
    await remove.click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.get_by_text("已删除")).to_be_visible()
    assert [each["id"] for each in server.panel.canned] == [each["id"] for each in CANNED[1:]]


async def test_what_others_wrote_can_only_be_copied(new_desk: NewDesk, server: PanelDesk) -> None:
    server.panel.canned[0]["mine"] = False
    page = await editor(new_desk, server, "alice")
    await page.get_by_role("button", name="/wdz").click()
    await expect(page.get_by_text("只有作者和主管能改")).to_be_visible()
    await expect(page.get_by_role("button", name="保存")).to_have_count(0)
    await page.get_by_role("button", name="复制为新的").click()
    await page.get_by_label("快捷码", exact=True).fill("wdz2")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存")).to_be_visible()
    assert (server.panel.canned[-1]["shortcut"], server.panel.canned[-1]["title"]) == ("wdz2", "未到账，已催办")


async def test_what_an_agent_may_not_delete_stays(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await editor(new_desk, server, "alice")
    await page.get_by_role("button", name="/tk").click()
    await page.get_by_role("button", name="删除").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.get_by_role("alert").filter(has_text="没有权限")).to_be_visible()
    assert len(server.panel.canned) == len(CANNED)


async def test_what_was_written_is_not_lost_by_a_click_beside_it(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await editor(new_desk, server)
    await page.get_by_role("button", name="/tk").click()
    await page.get_by_label("内容", exact=True).fill("新的话")
    await page.get_by_role("button", name="/wdz").click()
    await page.get_by_role("dialog").get_by_role("button", name="取消").click()
    await expect(page.get_by_label("内容", exact=True)).to_have_value("新的话")
    await page.get_by_role("tab", name="宏").click()
    await page.get_by_role("dialog").get_by_role("button", name="放弃修改").click()
    await expect(page.get_by_role("button", name="催单并告知")).to_be_visible()


async def test_a_macro_is_put_together_step_by_step(new_desk: NewDesk, server: PanelDesk) -> None:
    page = await editor(new_desk, server)
    await page.get_by_role("tab", name="宏").click()
    pane = page.get_by_role("tabpanel", name="宏")
    await pane.get_by_role("button", name="新建").click()
    await pane.get_by_label("标题").last.fill("补单完成")
    await pane.get_by_role("button", name="解决会话").click()
    await pane.get_by_role("button", name="写备注").click()
    await pane.get_by_label("备注内容").fill("已补单")
    await pane.get_by_role("button", name="保存").click()
    await expect(pane.get_by_text("只能放在最后")).to_be_visible()
    await pane.get_by_role("button", name="上移 第 2 步").click()
    await pane.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存")).to_be_visible()
    assert server.panel.macros[-1] == {
        "id": "m2", "title": "补单完成",
        "steps": [{"do": "note", "text": "已补单"}, {"do": "resolve", "cause": "other", "text": ""}],
    }  # fmt: skip
