"""Replies, notes, drafts, canned replies, pictures."""

import asyncio

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk
from tests.browser.desk.desk import Desk
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import ORDER_NO, Thread, make_thread
from tests.browser.test_pictures import file


def owned(server: FakeDesk, name: str = "赵**") -> Thread:
    thread = make_thread(name, 40, owner="agent", agent="alice", agent_name="王芳", order_no=ORDER_NO)
    thread.add("customer", "什么时候到账？", 30)
    server.add(thread)
    return thread


async def opened(new_desk: NewDesk, server: FakeDesk) -> tuple[Desk, Thread]:
    thread = owned(server)
    desk = await new_desk()
    await desk.open(thread)
    return desk, thread


async def test_enter_sends_and_shift_enter_breaks_the_line(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.press_sequentially("第一行")
    await desk.input.press("Shift+Enter")
    await desk.input.press_sequentially("第二行")
    await desk.input.press("Enter")
    await expect(desk.messages.last).to_contain_text("第二行")
    await expect(desk.messages.last).to_contain_text("已送达")
    await expect(desk.input).to_have_value("")
    assert [each["text"] for each in thread.messages if each["sender"] == "agent"] == ["第一行\n第二行"]


async def test_a_message_is_there_at_once_and_once(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    server.acts.gate.clear()
    await desk.write("马上就好")
    await expect(desk.messages.last).to_contain_text("发送中…")
    server.acts.fails_sends = 1  # Saved, but the answer is lost.
    server.acts.gate.set()
    await expect(desk.messages.last).to_contain_text("已送达")
    await expect(desk.messages).to_have_count(2)
    assert len([each for each in thread.messages if each["sender"] == "agent"]) == 1


async def test_what_was_not_sent_is_kept_and_sent_again_once(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.page.route("**/messages", lambda route: route.abort())
    await desk.write("网络断了也不丢")
    await expect(desk.messages.last).to_contain_text("没有发出")
    await expect(desk.toast).to_contain_text("没有连上服务器")
    await desk.page.unroute("**/messages")
    await desk.messages.last.get_by_role("button", name="重试").click()
    await expect(desk.messages.last).to_contain_text("已送达")
    assert [each["text"] for each in thread.messages[1:]] == ["网络断了也不丢"]


async def test_what_was_not_sent_comes_back_into_the_input_when_discarded(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, _ = await opened(new_desk, server)
    await desk.page.route("**/messages", lambda route: route.abort())
    await desk.write("改一改再发")
    await desk.messages.last.get_by_role("button", name="放弃").click()
    await expect(desk.messages).to_have_count(1)
    await expect(desk.input).to_have_value("改一改再发")


async def test_a_note_cannot_be_taken_for_a_reply(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.fill("给客户的草稿")
    await desk.composer.get_by_role("button", name="内部备注").click()
    await expect(desk.input).to_have_value("")
    await expect(desk.composer).to_contain_text("只有同事能看到这条备注")
    await expect(desk.send_button).to_have_text("保存备注")
    await desk.write("客户很急，先安抚")
    await expect(desk.notes).to_contain_text("客户看不到")
    assert thread.messages[-1]["kind"] == "note"
    await desk.composer.get_by_role("button", name="回复客户").click()
    await expect(desk.input).to_have_value("给客户的草稿")
    await expect(desk.send_button).to_have_text("发送给客户")


async def test_drafts_belong_to_their_conversation_and_survive_a_reload(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    other = owned(server, "钱**")
    await desk.input.fill("写给赵的")
    await desk.open(other)
    await expect(desk.input).to_have_value("")
    await desk.input.fill("写给钱的")
    await desk.open(thread)
    await expect(desk.input).to_have_value("写给赵的")
    await server.until(lambda: thread.drafts.get("alice") == "写给赵的" and other.drafts.get("alice") == "写给钱的")
    await desk.page.reload()
    await expect(desk.input).to_have_value("写给赵的")
    await desk.view("我的")
    await expect(desk.row(other)).to_contain_text("草稿")
    elsewhere = await new_desk()  # Another machine of the same agent.
    await elsewhere.open(other)
    await expect(elsewhere.input).to_have_value("写给钱的")


async def test_a_slash_finds_a_canned_reply_and_fills_it(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.press_sequentially("/tk")
    options = desk.composer.get_by_role("option")
    await expect(options).to_have_count(1)
    await desk.input.press("Enter")
    await expect(desk.input).to_have_value("退款 30.00 元会原路退回，一般 1–3 个工作日。")
    await desk.input.press("Enter")
    await expect(desk.messages.last).to_contain_text("退款 30.00 元")
    assert thread.messages[-1]["text"].startswith("退款 30.00 元")


async def test_a_canned_reply_brings_its_picture(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.press_sequentially("/zd")
    await expect(desk.composer.get_by_role("option")).to_have_count(1)
    await desk.input.press("Enter")
    await expect(desk.composer.locator(".attached img")).to_be_visible()
    await desk.input.press("Enter")
    await expect(desk.messages.last.get_by_role("img")).to_be_visible()
    await expect(desk.messages.last).to_contain_text("已送达")
    assert thread.messages[-1]["picture"] is not None


async def test_missing_data_blocks_the_sending(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.press_sequentially("/wdz")
    await desk.composer.get_by_role("option").first.click()
    await expect(desk.input).to_have_value(
        f"您的订单 {ORDER_NO}（游戏点卡 30 元）已付款，我们正在催办，预计 {{promised_at}} 前到账。"
    )
    await expect(desk.composer.get_by_role("alert")).to_contain_text("缺少 承诺时间")
    await expect(desk.send_button).to_be_disabled()
    await desk.input.press("Enter")
    assert server.acts.sends == 0
    await desk.input.fill((await desk.input.input_value()).replace("{promised_at}", "今天 18:00"))
    await expect(desk.send_button).to_be_enabled()
    await desk.send_button.click()
    await expect(desk.messages.last).to_contain_text("今天 18:00")
    assert len(thread.messages) == 2


async def test_stale_data_blocks_until_it_is_made_anew(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    server.acts.stale = True
    await desk.input.press_sequentially("/tk")
    await expect(desk.composer.get_by_role("option")).to_have_count(1)
    await desk.input.press("Enter")
    await expect(desk.input).to_have_value("退款 30.00 元会原路退回，一般 1–3 个工作日。")
    await desk.input.press("Enter")
    await expect(desk.composer.get_by_role("alert")).to_contain_text("订单数据在您写的时候变了")
    await expect(desk.input).to_have_value("退款 30.00 元会原路退回，一般 1–3 个工作日。")
    await expect(desk.send_button).to_be_disabled()
    assert len(thread.messages) == 1
    await desk.composer.get_by_role("button", name="重新套用").click()
    await expect(desk.send_button).to_be_enabled()
    await desk.send_button.click()
    await expect(desk.messages.last).to_contain_text("已送达")


async def test_a_picture_is_sent_with_its_words(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.composer.locator("input[type=file]").set_input_files([file("说明.png")])
    await expect(desk.composer.get_by_role("img", name="说明.png")).to_be_visible()
    await desk.write("请看红框")
    await expect(desk.messages.last.get_by_role("img")).to_be_visible()
    await expect(desk.messages.last).to_contain_text("已送达")
    assert thread.messages[-1]["picture"] is not None
    await desk.composer.locator("input[type=file]").set_input_files([file("x.gif", kind="image/gif")])
    await expect(desk.toast.last).to_contain_text("只支持 JPEG、PNG 和 WebP")


async def test_typing_is_told_while_it_lasts(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, thread = await opened(new_desk, server)
    await desk.input.press_sequentially("您好")
    told = {"type": "typing", "conversation_id": thread.id, "typing": True, "from": "alice"}
    await server.until(lambda: told in server.frames)
    await desk.input.press("Enter")
    await server.until(lambda: {**told, "typing": False} in server.frames)
    assert server.frames.count(told) == 1


async def test_a_too_long_text_is_not_sent(new_desk: NewDesk, server: FakeDesk) -> None:
    desk, _ = await opened(new_desk, server)
    await desk.input.fill("字" * 4003)
    await expect(desk.composer).to_contain_text("超出 3 字")
    await desk.input.press("Enter")
    await asyncio.sleep(0.1)
    assert server.acts.sends == 0
    await expect(desk.input).to_have_value("字" * 4003)
