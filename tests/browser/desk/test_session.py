"""Signing in, staying in, being put out."""

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk


async def test_a_wrong_password_says_no_more_than_that(new_desk: NewDesk, server: FakeDesk) -> None:
    desk = await new_desk(None)
    await desk.sign_in("alice", "wrong")
    await expect(desk.page.get_by_role("alert")).to_have_text("账号或密码不对")
    server.locked_seconds = 600
    await desk.sign_in("alice", "wrong")
    await expect(desk.page.get_by_role("alert")).to_contain_text("10 分钟")


async def test_the_code_is_asked_only_of_those_who_have_one(new_desk: NewDesk) -> None:
    desk = await new_desk(None)
    code = desk.page.get_by_label("动态验证码")
    await desk.sign_in("tom")
    await expect(code).to_be_focused()
    await code.fill("000000")
    await code.press("Enter")
    await expect(desk.page.get_by_role("alert")).to_contain_text("验证码")
    await code.fill("123456")
    await code.press("Enter")
    await expect(desk.list.get_by_role("button", name="Queue")).to_be_visible()


async def test_the_end_of_a_session_keeps_what_was_written(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    mine = next(each for each in server.threads.values() if each.row["agent"] == "alice")
    desk = await new_desk()
    await desk.open(mine)
    await desk.input.fill("写到一半的回复")
    await server.end_sessions()
    await expect(desk.page.get_by_role("status").first).to_contain_text("重新登录")
    await expect(desk.log).to_be_hidden()
    await server.say(mine, "customer", "在吗？")
    await desk.sign_in("alice")
    await expect(desk.input).to_have_value("写到一半的回复")
    await expect(desk.messages.last).to_contain_text("在吗？")


async def test_another_person_finds_nothing_of_the_one_before(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    mine = next(each for each in server.threads.values() if each.row["agent"] == "alice")
    desk = await new_desk()
    await desk.open(mine)
    await desk.input.fill("只属于王芳的草稿")
    await desk.page.get_by_role("button", name="我的设置: 王芳").click()
    await desk.page.get_by_role("menuitem", name="退出登录").click()
    await expect(desk.page.get_by_label("账号")).to_have_value("")
    await desk.sign_in("bob")
    await desk.open(mine)
    assert "只属于王芳的草稿" not in await desk.page.content()
    await expect(desk.composer).to_contain_text("王芳 正在处理")


async def test_the_language_is_kept_with_the_account(new_desk: NewDesk, server: FakeDesk) -> None:
    desk = await new_desk()
    await desk.page.get_by_role("button", name="我的设置: 王芳").click()
    await desk.page.get_by_role("menuitem", name="English").click()
    await expect(desk.list.get_by_role("button", name="Queue")).to_be_visible()
    await server.until(lambda: server.agents["alice"].language == "en")
    await desk.page.reload()
    await expect(desk.list.get_by_role("button", name="Queue")).to_be_visible()
    await expect(desk.page.locator("html")).to_have_attribute("lang", "en")


async def test_the_theme_is_chosen_or_the_system_s(new_desk: NewDesk) -> None:
    desk = await new_desk(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await desk.page.evaluate(ground)
    await desk.page.emulate_media(color_scheme="dark")
    await expect(desk.page.locator("html")).to_have_class("dark")
    dark = await desk.page.evaluate(ground)
    assert light != dark
    await desk.page.get_by_role("button", name="我的设置: 王芳").click()
    await desk.page.get_by_role("menuitem", name="浅色").click()
    await expect(desk.page.locator("html")).not_to_have_class("dark")
    await desk.page.reload()
    await expect(desk.list).to_be_visible()
    assert await desk.page.evaluate(ground) == light


async def test_two_tabs_sign_out_together(new_desk: NewDesk, server: FakeDesk) -> None:
    desk = await new_desk()
    other = await desk.page.context.new_page()
    await other.goto(f"{server.url}/desk")
    await expect(other.locator(".queue")).to_be_visible()
    await desk.page.get_by_role("button", name="我的设置: 王芳").click()
    await desk.page.get_by_role("menuitem", name="退出登录").click()
    await expect(other.get_by_label("密码", exact=True)).to_be_visible()


async def test_a_login_in_another_tab_does_not_break_this_one(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    waits = next(iter(server.threads.values()))
    desk = await new_desk()
    await desk.open(waits)
    other = await desk.page.context.new_page()
    await desk.page.context.clear_cookies()
    await other.goto(f"{server.url}/desk")
    await type(desk)(other, server).sign_in("alice")
    await desk.act("接入")
    await expect(desk.toast).to_contain_text("会话归您了")
