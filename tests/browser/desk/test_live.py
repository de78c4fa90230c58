"""The socket breaks, comes back, and nothing is missing or twice."""

import re

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk


async def test_what_was_missed_is_caught_up_after_a_break(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = next(iter(server.threads.values()))
    desk = await new_desk()
    await desk.open(thread)
    await server.until(lambda: len(server.sockets) == 1)
    await expect(desk.messages.last).to_contain_text("已经半小时了")
    before = await desk.messages.count()
    server.refuses_sockets = True
    await server.drop_sockets()
    await expect(desk.page.locator(".link-state")).to_contain_text("正在重连")
    await server.say(thread, "customer", "断线时说的一")
    await server.say(thread, "customer", "断线时说的二")
    server.refuses_sockets = False
    await expect(desk.messages).to_have_count(before + 2)
    await expect(desk.messages.last).to_contain_text("断线时说的二")
    await expect(desk.page.locator(".link-state")).to_have_count(0)


async def test_after_a_restart_of_the_gateway_everything_is_read_again(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = next(iter(server.threads.values()))
    desk = await new_desk()
    await desk.open(thread)
    await server.until(lambda: len(server.sockets) == 1)
    server.epoch, server.ring = "another", []
    thread.add("customer", "重启时说的")
    thread.row |= {"owner": "agent", "agent": "bob", "agent_name": "李强", "version": 9}
    await server.drop_sockets()
    await expect(desk.messages.last).to_contain_text("重启时说的")
    await expect(desk.head).to_contain_text("李强")
    await expect(desk.rows).to_have_count(2)


async def test_two_tabs_show_the_same(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    mine = next(each for each in server.threads.values() if each.row["agent"] == "alice")
    desk = await new_desk()
    tab = type(desk)(await desk.page.context.new_page(), server)
    await desk.open(mine)
    await tab.open(mine)
    await server.until(lambda: len(server.sockets) == 2)
    await desk.write("从第一个窗口发的")
    await expect(tab.messages.last).to_contain_text("从第一个窗口发的")
    await expect(desk.messages).to_have_count(await tab.messages.count())


async def test_the_status_is_chosen_and_kept(new_desk: NewDesk, server: FakeDesk) -> None:
    desk = await new_desk()
    await desk.page.get_by_role("button", name="我的状态：在线").click()
    await desk.page.get_by_role("menuitem", name="忙碌").click()
    await expect(desk.page.get_by_role("button", name="我的状态：忙碌")).to_be_visible()
    assert server.agents["alice"].presence == "busy"


async def test_the_sound_is_off_until_it_is_wanted(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    counting = """
      window.rung = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...given) { window.rung += 1; return start.apply(this, given); };
    """
    desk = await new_desk(None)
    await desk.page.add_init_script(counting)
    await desk.page.reload()
    await desk.sign_in("alice")
    await expect(desk.rows).to_have_count(3)
    bot = next(each for each in server.threads.values() if each.row["customer_name"] == "访客 3F2A")
    await server.changed(bot, owner="queue", reason="customer_request")
    await expect(desk.rows).to_have_count(4)
    await desk.page.wait_for_timeout(500)
    assert await desk.page.evaluate("window.rung") == 0
    await desk.page.get_by_role("button", name="提示音").click()
    await server.until(lambda: bool(server.agents["alice"].settings["sound"]))
    before = await desk.page.evaluate("window.rung")
    assert before > 0
    await server.changed(bot, owner="bot")
    await server.changed(bot, owner="queue")
    await desk.until(f"window.rung > {before}")


async def test_a_notification_is_shown_when_the_page_is_not_looked_at(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    fake = """
      window.shown = [];
      window.Notification = class { constructor(title, options) { window.shown.push([title, options.body]); }
        static permission = "granted"; static async requestPermission() { return "granted"; } close() {} };
      document.hasFocus = () => false;
    """
    desk = await new_desk(None)
    await desk.page.add_init_script(fake)
    await desk.page.reload()
    await desk.sign_in("alice")
    await desk.page.get_by_role("button", name="我的设置: 王芳").click()
    await desk.page.get_by_role("menuitem", name=re.compile("桌面通知")).click()
    await server.until(lambda: bool(server.agents["alice"].settings["notifications"]))
    mine = next(each for each in server.threads.values() if each.row["agent"] == "alice")
    await server.say(mine, "customer", "还在吗？")
    await desk.until("window.shown.length === 1")
    assert await desk.page.evaluate("window.shown[0]") == ["赵** 发来消息", "还在吗？"]
