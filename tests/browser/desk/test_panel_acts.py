"""The side panel in a real browser: facts, actions with their consequences, approvals, an absent backend."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.desk import Desk
from tests.browser.desk.fake_panel import ORDER_NO, TICKET_NO, PanelDesk
from tests.browser.desk.world import Agent


@pytest_asyncio.fixture(loop_scope="session")
async def server(dist: Path) -> AsyncIterator[PanelDesk]:
    fake = PanelDesk(dist)
    fake.hire(Agent("alice", "王芳"), Agent("sue", "周敏", role="supervisor", team=None))
    fill(fake)
    await fake.start()
    yield fake
    await fake.stop()


async def opened(new_desk: NewDesk, server: PanelDesk, username: str = "alice") -> tuple[Desk, Locator]:
    """A conversation with its panel."""
    desk = await new_desk(username, viewport={"width": 1440, "height": 1000})
    await desk.open(next(iter(server.threads.values())))
    panel = desk.page.locator(".panel")
    await expect(panel.get_by_text(ORDER_NO).first).to_be_visible()
    return desk, panel


async def choose(panel: Locator, name: str) -> Locator:
    """An action from the menu of the first ticket; its dialog."""
    page = panel.page
    await panel.get_by_role("button", name=f"操作 {TICKET_NO}").click()
    await page.get_by_role("menuitem", name=name, exact=True).click()
    dialog = page.get_by_role("dialog", name=name)
    await expect(dialog).to_be_visible()
    return dialog


async def test_everything_that_is_known_is_shown(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    order = panel.get_by_role("article", name=f"订单 {ORDER_NO}")
    for text in (
        "488.00",
        "138****9000",
        "上游卡单",
        "C1 支付渠道与上游",
        "已支付",
        "支付渠道",
        "客户说的",
        "4200****8271",
    ):
        await expect(order.get_by_text(text).first).to_be_visible()
    case = panel.get_by_role("article", name=TICKET_NO)
    for text in ("优先级 紧急", "处理中", "已失约 1 次", "又反馈 2 次"):
        await expect(case.get_by_text(text).first).to_be_visible()
    await expect(case.get_by_role("alert")).to_contain_text("已超过承诺 12 分钟")
    evidence = panel.get_by_role("region", name="凭证")
    await expect(evidence).to_contain_text("与记录不符：交易单号")
    await expect(evidence).to_contain_text("同一张图已在别处用过")
    await expect(evidence.get_by_role("img").or_(evidence.locator("img")).first).to_be_visible()
    await expect(panel.get_by_role("region", name="故障")).to_contain_text("星云数卡")
    await expect(panel).to_contain_text("另有 1 个故障")
    await case.get_by_text("经过").click()
    await expect(case).to_contain_text("已催上游")
    await case.get_by_role("button", name="更早的 2 条").click()
    await expect(case.get_by_role("listitem")).to_have_count(6)


async def test_an_action_says_what_will_happen_and_then_what_did(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    dialog = await choose(panel, "重新推单")
    await expect(dialog).to_contain_text(f"把订单 {ORDER_NO}（488.00）再推给上游发货")
    await expect(dialog).to_contain_text("要由另一位同事复核")
    assert server.panel.done == []
    await dialog.get_by_role("button", name="取消").click()
    assert server.panel.done == []
    server.panel.answer = {"state": "approval_needed", "approval_no": "AP9"}
    dialog = await choose(panel, "重新推单")
    await dialog.get_by_label("给同事看的原因").fill("上游说没收到")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(panel.get_by_role("status").filter(has_text="AP9")).to_be_visible()
    ((ticket_no, action, body, key),) = server.panel.done
    assert (ticket_no, action, body) == (TICKET_NO, "repush", {"reason": "上游说没收到"})
    assert re.fullmatch("[0-9a-f]{32}", key)


async def test_two_intents_have_two_keys(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    for _ in range(2):
        dialog = await choose(panel, "重新查账")
        await dialog.get_by_role("button", name=re.compile("确认执行")).dblclick()
        await expect(dialog).to_be_hidden()
    assert len({key for *_, key in server.panel.done}) == len(server.panel.done) == 2


async def test_no_clear_answer_is_tried_again_under_the_same_key(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    server.panel.fails = 1
    dialog = await choose(panel, "重新查账")
    await dialog.get_by_label("给同事看的原因").fill("客户催")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(dialog.get_by_text("不知道做成了没有")).to_be_visible()
    await expect(dialog.get_by_label("给同事看的原因")).to_be_disabled()
    await dialog.get_by_role("button", name="再试一次").click()
    await expect(dialog).to_be_hidden()
    first, second = server.panel.done
    assert first == second


async def test_the_shops_refusal_is_said_in_words(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    server.panel.refusal = (409, "action_refused", {"reason": "already_sent"})
    dialog = await choose(panel, "重新推单")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(dialog.get_by_text("再推可能重复发货")).to_be_visible()
    # That is over; another try, with other words, is another act.
    server.panel.refusal = None
    await dialog.get_by_label("给同事看的原因").fill("上游确认没有这一单")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(dialog).to_be_hidden()
    assert len({key for *_, key in server.panel.done}) == 2


async def test_a_refund_needs_a_sum_that_was_paid_and_a_time_to_come(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    dialog = await choose(panel, "同意退款")
    amount = dialog.get_by_label("退款金额")
    await expect(amount).to_have_value("488.00")
    await amount.fill("500")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(dialog.get_by_text("不能超过 488.00")).to_be_visible()
    await expect(dialog.get_by_text("请填写")).to_be_visible()
    await amount.fill("100")
    await dialog.get_by_role("combobox", name=re.compile("预计到账时间")).fill("2099-01-02 10:00")
    await panel.page.keyboard.press("Enter")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await server.until(lambda: len(server.panel.done) == 1)
    _, action, body, _ = server.panel.done[0]
    assert (action, body["decision"], body["amount"]) == ("refund", "approved", "100.00")
    assert body["expected_at"].startswith("2099-01-0")


async def test_a_rejection_that_promises_the_way_back_is_stopped(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    dialog = await choose(panel, "拒绝退款")
    await dialog.get_by_label(re.compile("理由")).fill("钱会原路退回的")
    await dialog.get_by_role("button", name=re.compile("确认执行")).click()
    await expect(dialog.get_by_text("不能承诺原路退回")).to_be_visible()
    assert server.panel.done == []


async def test_while_the_backend_is_away_old_facts_stay_and_nothing_can_be_done(
    new_desk: NewDesk, server: PanelDesk
) -> None:
    desk, panel = await opened(new_desk, server)
    server.panel.down = True
    await panel.get_by_role("button", name="刷新").click()
    await expect(panel.get_by_role("alert").filter(has_text="订单系统暂时连不上")).to_contain_text("上次取到的数据")
    await expect(panel.get_by_text(ORDER_NO).first).to_be_visible()
    await expect(panel.get_by_role("button", name=f"操作 {TICKET_NO}")).to_be_disabled()
    await expect(desk.log).to_be_visible()
    server.panel.down = False
    await panel.get_by_role("button", name="刷新").click()
    await expect(panel.get_by_text("订单系统暂时连不上")).to_be_hidden()
    await expect(panel.get_by_text("刚刚更新")).to_be_visible()


async def test_a_second_person_decides_but_not_on_their_own_request(new_desk: NewDesk, server: PanelDesk) -> None:
    desk, panel = await opened(new_desk, server, "sue")
    approvals = panel.get_by_role("region", name="待复核")
    await expect(approvals.get_by_text("您自己申请的")).to_have_count(1)
    await approvals.get_by_role("button", name="同意并执行").click()
    dialog = desk.page.get_by_role("dialog", name="同意并执行")
    await expect(dialog).to_contain_text(f"立即对工单 {TICKET_NO} 执行「重新推单」，金额 488.00")
    await dialog.get_by_role("button", name="确认执行").click()
    await expect(panel.get_by_text("已同意并执行")).to_be_visible()
    ((no, body, _),) = server.panel.decided
    assert (no, body) == ("AP1", {"decision": "approved"})
    await expect(approvals.get_by_role("listitem")).to_have_count(1)


async def test_an_agent_sees_no_approvals_and_gives_no_score(new_desk: NewDesk, server: PanelDesk) -> None:
    _, panel = await opened(new_desk, server)
    await expect(panel.get_by_role("region", name="待复核")).to_have_count(0)
    await expect(panel.get_by_role("button", name="质检评分")).to_have_count(0)
    await expect(panel.get_by_role("button", name="写小结")).to_be_visible()


async def test_a_summary_and_a_score_are_written(new_desk: NewDesk, server: PanelDesk) -> None:
    desk, panel = await opened(new_desk, server, "sue")
    await panel.get_by_role("button", name="写小结").click()
    dialog = desk.page.get_by_role("dialog", name="服务小结")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog.get_by_text("请填写")).to_be_visible()
    await dialog.get_by_label("发生了什么，怎么解决的").fill("上游卡单，催后到账")
    await dialog.get_by_role("button", name="保存").click()
    await expect(panel.get_by_text("上游卡单，催后到账")).to_be_visible()
    await panel.get_by_role("button", name="质检评分").click()
    dialog = desk.page.get_by_role("dialog", name="质检评分")
    for name in ("总分", "礼貌", "事实", "方案", "语气"):
        await dialog.get_by_role("slider", name=name).focus()
        for _ in range(4):
            await desk.page.keyboard.press("ArrowRight")
    await dialog.get_by_role("button", name="保存").click()
    await expect(panel.get_by_text("4 分")).to_be_visible()
    assert server.panel.summary["quality"]["points"] == dict.fromkeys(("greeting", "facts", "solution", "tone"), 4)
