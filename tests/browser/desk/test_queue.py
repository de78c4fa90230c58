"""The list: what is where, in which order, however long."""

import re

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import make_thread, queued


async def test_the_most_urgent_stands_first_with_its_wait_and_reason(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    desk = await new_desk()
    await expect(desk.rows).to_have_count(3)
    names = [await row.locator("b").inner_text() for row in await desk.rows.all()]
    assert names == ["刘**", "陈*", "Marie D*"]
    first = desk.rows.first
    await expect(first).to_have_attribute("data-sla", "late")
    await expect(first).to_contain_text("超时 9 分钟")
    await expect(first).to_contain_text("客户不满")
    await expect(first).to_contain_text("紧急")
    await expect(desk.rows.nth(1)).to_have_attribute("data-sla", "soon")
    await expect(desk.rows.nth(2)).to_have_attribute("data-sla", "calm")
    await expect(desk.rows.nth(2)).to_contain_text("Telegram")


async def test_each_view_has_its_own(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    desk = await new_desk()
    for view, names in {"我的": ["赵**"], "机器人": ["访客 3F2A"], "已预约": ["吴**"], "已解决": ["钱**"]}.items():
        await desk.view(view)
        await expect(desk.rows).to_have_count(len(names))
        await expect(desk.rows.first.locator("b")).to_have_text(names[0])
    await desk.view("全部")
    await expect(desk.rows).to_have_count(8)
    await expect(desk.list.get_by_role("button", name=re.compile("^待接入"))).to_contain_text("3")


async def test_who_comes_into_the_queue_appears_at_once(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    bot = make_thread("新来的客户", 1)
    bot.add("customer", "转人工", 1)
    server.add(bot)
    desk = await new_desk()
    await expect(desk.rows).to_have_count(3)
    await expect(desk.page).to_have_title(re.compile(r"^\(3\) "))
    moved = {"owner": "queue", "reason": "customer_request", "priority": "urgent", "waiting_since": None}
    await server.changed(bot, **moved)
    await expect(desk.rows).to_have_count(4)
    await expect(desk.rows.nth(1)).to_contain_text("新来的客户")
    await expect(desk.page).to_have_title(re.compile(r"^\(4\) "))
    await server.changed(bot, owner="agent", agent="bob", agent_name="李强")
    await expect(desk.rows).to_have_count(3)


async def test_an_empty_queue_is_said_kindly(new_desk: NewDesk) -> None:
    desk = await new_desk()
    await expect(desk.list).to_contain_text("现在没有客户在排队")


async def test_a_long_list_is_loaded_page_by_page_and_only_what_is_seen_is_there(
    new_desk: NewDesk, server: FakeDesk
) -> None:
    for i in range(400):
        thread = queued(f"客户 {i:03}", 400 - i, 10 + i)
        server.add(thread)
    desk = await new_desk()
    await expect(desk.rows.first).to_contain_text("客户 000")
    scroller = desk.list.locator(".rows")
    for _ in range(60):
        await scroller.evaluate("element => element.scrollBy(0, 900)")
        await desk.page.wait_for_timeout(30)
        if await desk.row(server.threads[list(server.threads)[-1]]).count():
            break
    await expect(desk.rows.last).to_contain_text("客户 399")
    assert await desk.rows.count() < 40
    pages = [each for each in server.requests if each == "GET /conversations"]
    assert len(pages) >= 8


async def test_the_list_can_be_read_again_after_a_failure(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    desk = await new_desk()
    await expect(desk.rows).to_have_count(3)
    await desk.page.route("**/desk/api/conversations?*", lambda route: route.abort())
    await desk.view("我的")
    await expect(desk.list.get_by_role("alert")).to_contain_text("没有取到")
    await desk.page.unroute("**/desk/api/conversations?*")
    await desk.list.get_by_role("button", name="重试").click()
    await expect(desk.rows.first).to_contain_text("赵**")


async def test_search_finds_an_order_and_words(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    desk = await new_desk()
    await desk.search.fill("KM202405120003")
    await expect(desk.rows).to_have_count(1)
    await expect(desk.rows.first).to_contain_text("订单号")
    await expect(desk.rows.first.locator("mark")).to_have_text("KM202405120003")
    await desk.rows.first.click()
    await expect(desk.messages.first).to_contain_text("会员月卡")
    await desk.search.fill("两次钱")
    await expect(desk.rows.first).to_contain_text("刘**")
    await desk.search.fill("没有这样的话")
    await expect(desk.list).to_contain_text("没有找到")
    await desk.search.press("Escape")
    await expect(desk.rows).to_have_count(3)
