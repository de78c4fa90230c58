"""One script tag on another shop's page."""

import json

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewPage
from tests.browser.fake_gateway import FakeGateway

SCRIPT = "<script src=/widget.js data-language=zh></script>"


async def test_the_attributes_of_the_tag_are_heard(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page("/host?language=en&theme=dark")
    chat = Chat(page)
    await expect(chat.launcher).to_have_accessible_name("Support: Open the support chat")
    await expect(chat.host.locator(".root")).to_have_attribute("data-theme", "dark")
    await chat.open()
    assert gateway.openings == [{"language": "en", "page_url": f"{gateway.url}/host"}]


async def test_the_signed_identity_goes_to_the_gateway(new_page: NewPage, gateway: FakeGateway) -> None:
    identity = {"user_id": "u-1", "name": "小明", "issued_at": 1715480000, "signature": "ab" * 32}
    page = await new_page(f"/host?language=zh&identity={json.dumps(identity)}")
    await Chat(page).open()
    assert [each["identity"] for each in gateway.openings] == [identity]


async def test_each_signed_person_has_a_conversation_of_their_own(new_page: NewPage, gateway: FakeGateway) -> None:
    def path(user: str) -> str:
        identity = {"user_id": user, "issued_at": 1715480000, "signature": "ab" * 32}
        return f"/host?language=zh&identity={json.dumps(identity)}"

    page = await new_page(path("first"))
    chat = await Chat(page).open()
    await chat.say("我的订单")
    await chat.expect_last("收到：我的订单")
    await page.goto(gateway.url + path("second"))
    await chat.open()
    await chat.expect_texts("您好，我是到账客服助手。")
    await page.goto(gateway.url + path("first"))
    await chat.open()
    await chat.expect_last("收到：我的订单")


async def test_an_unusable_identity_does_not_keep_a_customer_from_asking(
    new_page: NewPage, gateway: FakeGateway
) -> None:
    page = await new_page("/host?language=zh&identity={broken")
    await Chat(page).open()
    assert "identity" not in gateway.openings[0]


async def test_the_page_gives_the_language_where_the_tag_does_not(new_page: NewPage) -> None:
    page = await new_page("/host")
    await expect(Chat(page).launcher).to_have_accessible_name("Support: Open the support chat")


async def test_several_tags_make_one_widget(new_page: NewPage, gateway: FakeGateway) -> None:
    gateway.host_markup = SCRIPT + SCRIPT + "<daozhang-chat></daozhang-chat><daozhang-chat></daozhang-chat>"
    page = await new_page("/host?language=zh")
    chat = Chat(page)
    await expect(chat.launcher).to_have_count(1)
    await chat.open()
    await chat.say("一次")
    await chat.expect_last("收到：一次")
    assert gateway.said() == ["一次"]
    assert len(gateway.openings) == 1


async def test_the_element_may_be_removed_and_replaced(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    # A page of a single-page shop adds the new one before it removes the old.
    await page.evaluate(
        """() => {
          const old = document.querySelector("daozhang-chat");
          const fresh = document.createElement("daozhang-chat");
          fresh.setAttribute("language", "zh");
          document.body.append(fresh);
          old.remove();
        }"""
    )
    await expect(chat.launcher).to_have_count(1)
    await chat.open()
    await chat.say("换了页面")
    await chat.expect_last("收到：换了页面")
    await gateway.until(lambda: len(gateway.thread.sockets) == 1)


async def test_the_page_can_open_close_and_prefill(new_page: NewPage) -> None:
    page = await new_page()
    chat = Chat(page)
    await page.evaluate(
        """() => {
          window.heard = [];
          for (const each of ["daozhang-open", "daozhang-close"]) {
            document.addEventListener(each, () => window.heard.push(each));
          }
          document.querySelector("daozhang-chat").ask("KM202405120001");
        }"""
    )
    await expect(chat.input).to_have_value("KM202405120001")
    await expect(chat.input).to_be_focused()
    await page.evaluate("document.querySelector('daozhang-chat').close()")
    await expect(chat.panel).to_be_hidden()
    assert await page.evaluate("window.heard") == ["daozhang-open", "daozhang-close"]


async def test_the_page_can_change_language_and_theme_later(new_page: NewPage) -> None:
    page = await new_page()
    chat = Chat(page)
    await expect(chat.launcher).to_contain_text("在线客服")
    await chat.host.evaluate("host => { host.setAttribute('language', 'en'); host.setAttribute('theme', 'dark'); }")
    await expect(chat.launcher).to_contain_text("Support")
    await expect(chat.host.locator(".root")).to_have_attribute("data-theme", "dark")


async def test_the_page_s_own_styles_stay_out(new_page: NewPage, gateway: FakeGateway) -> None:
    page = await new_page()
    chat = await Chat(page).open()
    before = await chat.send_button.bounding_box()
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { font-size: 40px !important; } button { padding: 50px; } html { font-size: 30px; }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    size = "element => getComputedStyle(element).fontSize"
    assert await chat.bubbles.first.evaluate(size) == "15px"
    after = await chat.send_button.bounding_box()
    assert before and after
    assert (after["width"], after["height"]) == (before["width"], before["height"])


async def test_the_widget_leaves_the_page_alone(new_page: NewPage) -> None:
    page = await new_page()
    names = "() => Object.keys(window)"
    chat = await Chat(page).open()
    assert "DaoZhang" not in await page.evaluate(names)
    await chat.close_button.click()
    assert await page.evaluate("document.documentElement.getAttribute('style') ?? ''") == ""
