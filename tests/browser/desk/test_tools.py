"""Macros and tags."""

from playwright.async_api import expect

from tests.browser.desk.conftest import NewDesk, fill
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.test_acts import named


async def test_a_macro_says_its_steps_and_then_does_them(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    desk = await new_desk()
    await desk.open(thread)
    await desk.composer.get_by_role("button", name="宏").click()
    await desk.page.get_by_role("menuitem", name="退款三连").click()
    for step in ("发送快捷回复「退款说明」", "加标签 退款", "优先级改为高", "写备注「已说明退款」"):
        await expect(desk.dialog).to_contain_text(step)
    await desk.confirm("执行")
    await expect(desk.toast.last).to_contain_text("完成")
    assert (thread.row["tags"], thread.row["priority"]) == (["退款"], "high")
    said = [(each["kind"], each["text"][:5]) for each in thread.messages[-2:]]
    assert said == [("outgoing", "退款 30"), ("note", "已说明退款")]
    await expect(desk.notes.last).to_contain_text("已说明退款")


async def test_a_macro_stops_where_data_is_missing(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "赵**")
    before = len(thread.messages)
    desk = await new_desk()
    await desk.open(thread)
    await desk.composer.get_by_role("button", name="宏").click()
    await desk.page.get_by_role("menuitem", name="缺数据").click()
    await desk.confirm("执行")
    await expect(desk.toast.filter(has_text="缺少数据")).to_be_visible()
    await expect(desk.toast.filter(has_text="共 2 步，做了 1 步")).to_be_visible()
    assert (len(thread.messages), thread.row["tags"]) == (before, ["催办"])


async def test_tags_are_added_removed_and_filtered_by(new_desk: NewDesk, server: FakeDesk) -> None:
    fill(server)
    thread = named(server, "刘**")
    desk = await new_desk()
    await desk.open(thread)
    tags = desk.head.get_by_role("group", name="标签")
    await tags.get_by_role("button", name="添加标签").click()
    await tags.get_by_label("添加标签").fill("重复扣款")
    await desk.page.keyboard.press("Enter")
    await expect(tags).to_contain_text("#重复扣款")
    await expect(desk.row(thread)).to_contain_text("#重复扣款")
    await desk.page.reload()
    await desk.list.get_by_label("标签").select_option("重复扣款")
    await expect(desk.rows).to_have_count(1)
    await desk.list.get_by_label("标签").select_option("")
    await tags.get_by_role("button", name="去掉标签「重复扣款」").click()
    await desk.confirm("去掉")
    await expect(desk.row(thread)).not_to_contain_text("#重复扣款")
    assert thread.row["tags"] == []
