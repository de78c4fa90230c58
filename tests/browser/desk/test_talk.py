"""One conversation: what was said, by whom, and how far it came."""

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import Thread, case, make_thread


def long_thread(count: int = 130) -> Thread:
    thread = make_thread("长对话", 600, owner="agent", agent="alice", agent_name="王芳")
    for i in range(count):
        thread.add("customer" if i % 2 else "bot", f"第 {i} 条" + "，说得比较长的一句话" * (i % 5), 600 - i)
    thread.row["unread"] = 0
    return thread


async def test_the_bot_s_part_the_card_and_the_picture_are_there(new_desk: NewDesk, server: FakeDesk) -> None:
    thread = case()
    server.add(thread)
    desk = await new_desk()
    await desk.open(thread)
    card = desk.page.get_by_role("region", name="交接卡")
    for text in ("凭证与记录矛盾", "“我充的点卡扣了钱没到账”", "订单与支付记录不符", "交易号不符"):
        await expect(card).to_contain_text(text)
    await expect(desk.log).to_contain_text("转人工：凭证与记录矛盾")
    await expect(desk.log.get_by_role("list", name="给客户的选项")).to_have_text("怎么找订单号")
    await expect(desk.log.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    await desk.log.get_by_role("button", name="查看大图").click()
    await expect(desk.dialog.get_by_role("img")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)


async def test_markup_of_a_customer_stays_text(new_desk: NewDesk, server: FakeDesk) -> None:
    thread = case()
    thread.row["customer_name"] = "<img src=x onerror=alert(1)>"
    thread.add("customer", "<b>粗</b><script>alert(1)</script> javascript:alert(1)")
    server.add(thread)
    desk = await new_desk()
    await desk.open(thread)
    await expect(desk.messages.last).to_contain_text("<b>粗</b><script>alert(1)</script>")
    await expect(desk.messages.last.locator("a, b, script")).to_have_count(0)


async def test_older_messages_come_without_a_jump(new_desk: NewDesk, server: FakeDesk) -> None:
    thread = long_thread()
    server.add(thread)
    desk = await new_desk()
    await desk.open(thread)
    await expect(desk.messages).to_have_count(50)
    await expect(desk.messages.last).to_be_in_viewport()
    marked = desk.log.locator("[data-position='81']")
    top = await desk.log.evaluate(
        """async (log) => {
          const first = log.querySelector("[data-position='81']");
          log.scrollTop = 60;
          return first.getBoundingClientRect().top;
        }"""
    )
    await expect(desk.messages).to_have_count(100)
    after = await marked.bounding_box()
    assert after and abs(after["y"] - top) < 3
    await desk.log.evaluate("log => { log.scrollTop = 0; }")
    await expect(desk.messages).to_have_count(130)
    await expect(desk.log).to_contain_text("对话从这里开始")


async def test_who_reads_above_is_not_pulled_down(new_desk: NewDesk, server: FakeDesk) -> None:
    thread = long_thread(60)
    server.add(thread)
    desk = await new_desk()
    await desk.open(thread)
    await expect(desk.messages.last).to_be_in_viewport()
    await server.until(lambda: thread.read == 60)
    await desk.log.evaluate("log => { log.scrollTop = log.scrollHeight / 2; }")
    await server.say(thread, "customer", "还在吗？")
    await expect(desk.page.get_by_role("button", name="1 条新消息")).to_be_visible()
    await expect(desk.messages.last).not_to_be_in_viewport()
    assert thread.read == 60
    await desk.page.get_by_role("button", name="1 条新消息").click()
    await expect(desk.messages.last).to_be_in_viewport()
    await server.until(lambda: thread.read == 61)


async def test_the_line_of_the_unread_stands_above_them(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    mine = next(each for each in server.threads.values() if each.row["agent"] == "alice")
    desk = await new_desk()
    await desk.open(mine)
    line = desk.log.locator(".unread-line")
    await expect(line).to_have_text("未读消息")
    following = line.locator("xpath=following-sibling::li")
    await expect(following.first).to_contain_text("好的谢谢")


async def test_a_failed_delivery_is_seen_and_tried_again(new_desk: NewDesk, server: FakeDesk) -> None:
    thread = long_thread(3)
    thread.add("agent", "没送到的话", author="alice", author_name="王芳", status="failed")
    server.add(thread)
    desk = await new_desk()
    await desk.open(thread)
    await expect(desk.messages.last).to_contain_text("没有送达")
    await desk.messages.last.get_by_role("button", name="重试").click()
    await expect(desk.messages.last).to_contain_text("已送达")


async def test_who_types_and_who_watches_is_seen(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = next(iter(server.threads.values()))
    desk, other = await new_desk(), await new_desk("bob")
    await desk.open(thread)
    await server.until(lambda: thread.watchers == {"alice"})
    await other.open(thread)
    await expect(desk.head).to_contain_text("同时在看：李强")
    await server.tell({"type": "typing_changed", "conversation_id": thread.id, "sender": "customer", "typing": True})
    await expect(desk.log).to_contain_text("客户正在输入…")
    await expect(desk.row(thread)).to_contain_text("正在输入…")
    await server.say(thread, "customer", "写好了")
    await expect(desk.log.locator(".typing")).to_be_empty()
    await other.page.goto(f"{server.url}/desk#/")
    await expect(desk.head).not_to_contain_text("李强")


async def test_a_conversation_that_is_not_there_is_said(new_desk: NewDesk, server: FakeDesk) -> None:
    desk = await new_desk()
    await desk.page.goto(f"{server.url}/desk#/c/nothing")
    await expect(desk.page.locator(".talk").get_by_role("alert")).to_contain_text("没有这个会话")
