"""Claim, take over, hand back, transfer, resolve, step in; races; the keyboard."""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import Thread


def named(server: FakeDesk, name: str) -> Thread:
    return next(each for each in server.threads.values() if each.row["customer_name"] == name)


async def test_of_two_who_claim_one_wins_and_the_other_is_told_who(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "陈*")
    alice, bob = await new_desk(), await new_desk("bob")
    await alice.open(thread)
    await bob.open(thread)
    server.acts.gate.clear()
    await asyncio.gather(alice.act("接入"), bob.act("接入"))
    await server.until(lambda: server.requests.count(f"POST /conversations/{thread.id}/claim") == 2)
    server.acts.gate.set()
    await expect(alice.toast).to_be_visible()
    await expect(bob.toast).to_be_visible()
    winner, loser = (alice, bob) if thread.row["agent"] == "alice" else (bob, alice)
    await expect(winner.toast).to_contain_text("会话归您了")
    await expect(loser.toast).to_contain_text(f"{thread.row['agent_name']} 快了一步")
    await expect(winner.input).to_be_focused()
    await expect(loser.composer).to_contain_text(f"{thread.row['agent_name']} 正在处理这个会话")
    await expect(loser.input).to_have_count(0)


async def test_a_reply_needs_the_conversation_and_taking_over_is_one_click(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "访客 3F2A")
    desk = await new_desk()
    await desk.open(thread)
    await expect(desk.composer).to_contain_text("机器人正在处理这个会话")
    await expect(desk.input).to_have_count(0)
    await desk.composer.get_by_role("button", name="接管").click()
    await expect(desk.input).to_be_focused()
    await desk.write("您好，我来帮您")
    await expect(desk.messages.last).to_contain_text("已送达")
    await expect(desk.activities.last).to_contain_text("王芳 接管了会话")


async def test_handing_back_asks_first_and_tells_the_bot(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk = await new_desk()
    await desk.open(thread)
    await desk.act("交还机器人")
    await expect(desk.dialog).to_contain_text("之后由机器人回答客户")
    await desk.page.keyboard.press("Escape")
    await expect(desk.dialog).to_be_hidden()
    assert thread.row["owner"] == "agent"
    await desk.act("交还机器人")
    await desk.confirm("交还")
    await expect(desk.composer).to_contain_text("机器人正在处理这个会话")
    assert thread.row["owner"] == "bot"


async def test_a_transfer_goes_to_a_colleague_who_hears_of_it(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk, bob = await new_desk(), await new_desk("bob")
    await bob.view("我的")
    await expect(bob.rows).to_have_count(1)
    await desk.open(thread)
    await desk.act("转接")
    await desk.dialog.get_by_label("转给").select_option(label="李强 · 在线 · 手上 2 个")
    await desk.dialog.get_by_label("给接手人的话").fill("会员卡的事您更熟")
    await desk.confirm("转接")
    await expect(desk.toast).to_contain_text("已转给 李强")
    await expect(bob.rows).to_have_count(2)
    await expect(bob.list.get_by_role("button", name="我的")).to_contain_text("2")
    assert thread.row["agent"] == "bob"


async def test_resolving_takes_the_cause_and_can_be_undone(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk = await new_desk()
    await desk.open(thread)
    await desk.act("解决")
    await desk.dialog.get_by_label("原因").select_option("C2")
    await desk.dialog.get_by_label("服务小结").fill("已补单")
    await desk.confirm("解决")
    await expect(desk.composer).to_contain_text("会话已解决")
    await desk.act("重新打开")
    await expect(desk.input).to_be_visible()
    assert (thread.row["state"], thread.row["agent"]) == ("open", "alice")


async def test_what_was_written_stays_in_the_window_when_the_gateway_cannot_be_reached(
    new_desk: NewDesk, server: FakeDesk
) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk = await new_desk()
    await desk.open(thread)
    await desk.act("解决")
    await desk.dialog.get_by_label("原因").select_option("C2")
    await desk.dialog.get_by_label("服务小结").fill("已补单")
    await desk.page.route("**/resolve", lambda route: route.abort())
    await desk.confirm("解决")
    await expect(desk.toast).to_be_visible()
    await expect(desk.dialog.get_by_label("服务小结")).to_have_value("已补单")
    await desk.page.unroute("**/resolve")
    await desk.confirm("解决")
    await expect(desk.composer).to_contain_text("会话已解决")


async def test_a_window_opens_while_the_answer_to_the_claim_is_on_its_way(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "陈*")
    desk = await new_desk()
    await desk.open(thread)
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await arrives.wait()
        await route.fulfill(response=answer)

    await desk.page.route("**/claim", late)
    await desk.act("接入")
    await desk.act("解决")  # There as soon as the frame has come.
    summary = desk.dialog.get_by_label("服务小结")
    await desk.dialog.get_by_label("原因").select_option("C2")
    await summary.focus()
    arrives.set()
    await expect(desk.toast).to_be_visible()
    await expect(summary).to_be_focused()
    await desk.confirm("解决")
    await expect(desk.composer).to_contain_text("会话已解决")


async def test_a_supervisor_steps_in_and_an_agent_cannot(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "孙*")
    alice, sue = await new_desk(), await new_desk("sue")
    await alice.open(thread)
    await expect(alice.head.get_by_role("button", name="介入")).to_have_count(0)
    await sue.open(thread)
    await expect(sue.head.get_by_role("button", name="改派")).to_be_visible()
    await sue.act("介入")
    await expect(sue.dialog).to_contain_text("李强 正在处理")
    await sue.confirm("介入")
    await expect(sue.input).to_be_focused()
    assert thread.row["agent"] == "sue"
    await expect(alice.composer).to_contain_text("周敏 正在处理")


async def test_who_loses_it_while_writing_keeps_the_words(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk = await new_desk()
    await desk.open(thread)
    await desk.input.fill("正在写的话")
    await server.changed(thread, agent="sue", agent_name="周敏")
    await expect(desk.composer).to_contain_text("周敏 正在处理")
    await expect(desk.input).to_have_count(0)
    await server.changed(thread, agent="alice", agent_name="王芳")
    await expect(desk.input).to_have_value("正在写的话")


async def test_everything_goes_by_keyboard(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    desk = await new_desk()
    await expect(desk.rows).to_have_count(3)
    keys = desk.page.keyboard
    await keys.press("j")
    await expect(desk.head).to_contain_text("刘**")
    await keys.press("j")
    await expect(desk.head).to_contain_text("陈*")
    await keys.press("k")
    await expect(desk.head).to_contain_text("刘**")
    await keys.press("c")
    await expect(desk.input).to_be_focused()
    await keys.type("jkc?")  # Letters are letters while somebody writes.
    await expect(desk.input).to_have_value("jkc?")
    await keys.press("Escape")
    await keys.press("n")
    await expect(desk.send_button).to_have_text("保存备注")
    await keys.press("Escape")
    await keys.press("r")
    await expect(desk.send_button).to_have_text("发送给客户")
    await keys.press("Escape")
    await keys.press("t")
    await expect(desk.dialog).to_contain_text("转接会话")
    await keys.press("Escape")
    await expect(desk.dialog).to_be_hidden()
    await keys.press("s")
    await expect(desk.search).to_be_focused()
    await keys.press("Escape")
    await keys.press("2")
    await expect(desk.list.get_by_role("button", name="我的")).to_have_attribute("aria-pressed", "true")
    await keys.press("?")
    await expect(desk.dialog).to_contain_text("下一个会话")
    await desk.dialog.get_by_label("启用单键快捷键").uncheck()
    await keys.press("Escape")
    await expect(desk.dialog).to_be_hidden()
    await keys.press("1")
    await expect(desk.list.get_by_role("button", name="我的")).to_have_attribute("aria-pressed", "true")
