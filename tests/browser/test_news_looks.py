"""What the helpdesk says unasked, in its real words on a phone: light and dark, Chinese and English."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from bot.actions.step3 import ActionShowStep3
from bot.actions.turn import Connection
from bot.gateway.conversations.model import Conversation, Owner
from bot.gateway.news.model import news_outcome
from bot.settings import ROOT
from bot.texts import Texts
from tests.actions.acting import act
from tests.actions.fake_backend import FakeBackend, make_order, make_ticket
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, NewPage
from tests.browser.fake_gateway import FakeGateway
from tests.browser.looks import cut_parts, faint_texts, small_targets
from tests.gateway.news.making import DATA, TICKET_NO, make_news

TAG = "daozhang-chat"
TEXTS = Texts.load(ROOT / "domain.yml")
PAID = {"product": "某游戏 648 元大礼包（安卓官服）", "amount": "648.00", "currency": "CNY"}
# What is told, under the name of its screenshot.
TOLD: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "paid": [("order.payment_confirmed", PAID)],
    "delivered": [("order.delivered", PAID)],
    "promise": [
        ("ticket.promise_broken", DATA["ticket.promise_broken"]),
        ("ticket.step3_due", DATA["ticket.step3_due"]),
    ],
    "incident": [("incident.opened", DATA["incident.opened"]), ("incident.closed", DATA["incident.closed"])],
    "question": [
        ("ticket.reply", {"text": "您好，已经催了上游，今晚 20:00 前到账。\n如果还没到，请直接在这里回复我。"}),
        ("ticket.waiting_customer", {"text": "请发一下游戏区服和角色名，最好附一张充值页面的截图。"}),
    ],
    "refund": [("refund.decided", DATA["refund.decided"]), ("order.refunded", {"amount": "648.00"})],
}


def conversation(language: str) -> Conversation:
    fields = dict.fromkeys(Conversation.__dataclass_fields__)
    return Conversation(**{**fields, "owner": Owner.BOT, "customer_id": "c1", "language": language})


def buttons_of(reply: Any) -> list[str]:
    return [each.title for each in reply.buttons]


async def tell(gateway: FakeGateway, language: str, kind: str, data: dict[str, Any]) -> None:
    (said,) = news_outcome(conversation(language), make_news(kind, data=data), TEXTS.render).said
    await gateway.say(said.text, buttons_of(said), lasting=True)


async def show_step3(gateway: FakeGateway, language: str) -> None:
    """The guide of the third step, as the actions fill it in."""
    step3 = {"offer": True, "complaint": True, "platform": True, "legal": True, "why": "overdue", "at": None}
    Connection.client.ticket_answer = make_ticket(  # type: ignore[union-attr]
        step3=step3, amount="648.00", next_promise_at="2030-11-26T04:30:00+00:00"
    )
    order = make_order(product=PAID["product"], amount="648.00")
    slots = {"ticket_no": TICKET_NO, "payment_no": "4200001234202606251234560527", "language": language,
             "case": {"order": order, "demand": "VERIFY_FUNDS"}}  # fmt: skip
    acted = await act(ActionShowStep3, "", "show_step3", slots, about=TICKET_NO)
    for name in acted.said:
        reply = TEXTS.render(name, language, **acted.values)
        await gateway.say(reply.text, buttons_of(reply))


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    fake = FakeBackend()
    monkeypatch.setattr(Connection, "client", fake)
    return fake


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_news_read_well_on_a_phone(
    new_page: NewPage, gateway: FakeGateway, backend: FakeBackend, screenshots: Path, language: str, scheme: str
) -> None:  # fmt: skip
    gateway.welcome = (TEXTS.render("utter_greet", language).text, [])
    gateway.answer = lambda said: []
    page = await new_page(f"/host?language={language}", color_scheme=scheme, **PHONE)
    chat = await Chat(page).open()

    async def picture(name: str) -> None:
        assert await cut_parts(page, TAG) == []
        assert await faint_texts(page, TAG) == []
        assert await small_targets(page, TAG) == []
        await page.screenshot(path=screenshots / f"news-{name}-{language}-{scheme}.png")

    for name, told in TOLD.items():
        count = await chat.bubbles.count()
        for kind, data in told:
            await tell(gateway, language, kind, data)
        await expect(chat.bubbles).to_have_count(count + len(told))
        await expect(chat.options.last).to_be_in_viewport()
        await picture(name)
        if name == "delivered":
            await chat.press(
                TEXTS.render("utter_news_delivered", language, subject="", amount="", about="").buttons[0].title
            )
            rate = TEXTS.render("utter_arrived_rate", language, about=TICKET_NO)
            await gateway.say(rate.text, buttons_of(rate))
            await expect(chat.options.last).to_be_in_viewport()
            await picture("rating")
    count = await chat.bubbles.count()
    await show_step3(gateway, language)
    await expect(chat.bubbles).to_have_count(count + 5)
    await picture("step3-end")
    await chat.bubbles.nth(count).scroll_into_view_if_needed()
    await chat.bubbles.nth(count).evaluate("(bubble) => bubble.scrollIntoView({ block: 'start' })")
    await picture("step3")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = TEXTS.render("utter_step3_summary", language, lines="").text.splitlines()[-1]
    await chat.log.get_by_role("button", name="Copy this text" if language == "en" else "复制这段文字").click()
    await expect(chat.log.get_by_role("button", name="Copied" if language == "en" else "已复制")).to_be_visible()
    copied = await page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith(copy) and "4200001234202606251234560527" in copied
