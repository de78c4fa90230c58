"""The main job on the four real processes: a customer whose top-up failed is helped from the shop to a ticket."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from bot.ops.stack import Stack
from bot.qa.insight import Insight
from bot.qa.orders import OrderDesk
from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE

FLAGSHIP = "KM202405120001"
SLOW = 60_000  # One turn of the real model while others work on the same cores.


@dataclass(frozen=True)
class Words:
    """What a customer of one language presses."""

    not_arrived: str
    open_ticket: str
    submit: str


ZH = Words("扣款成功但没到账", "提交工单", "提交")
EN = Words("Charged but nothing arrived", "Open a ticket", "Submit")

SIGHTS: list[tuple[str, Words, dict[str, Any]]] = [
    ("phone-light-zh", ZH, PHONE | {"color_scheme": "light"}),
    ("desktop-dark-zh", ZH, DESKTOP | {"color_scheme": "dark"}),
    ("desktop-light-en", EN, DESKTOP | {"color_scheme": "light"}),
    ("phone-dark-en", EN, PHONE | {"color_scheme": "dark"}),
]


@dataclass
class Visit:
    """One customer in front of the demo shop."""

    name: str
    words: Words
    page: Page
    order_no: str


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def orders(helpdesk: Stack) -> OrderDesk:
    async with aiohttp.ClientSession() as session:
        return OrderDesk(helpdesk.settings, await Insight(session, helpdesk.settings).demo_orders())


@pytest_asyncio.fixture(loop_scope="session", params=SIGHTS, ids=[each[0] for each in SIGHTS])
async def visit(
    request: pytest.FixtureRequest, browser: Browser, dist: Path, helpdesk: Stack, orders: OrderDesk
) -> AsyncIterator[Visit]:
    """In the list each finds a new order in place of the one to start with: a second report would join its ticket."""
    name, words, options = request.param
    made = await orders.order_for("CALLBACK_MISSING")

    async def put_in_list(route: Route) -> None:
        answer = await route.fetch()
        listed = await answer.json()
        for each in listed["orders"]:
            if each["order_no"] == FLAGSHIP:
                each.update(order_no=made["order_no"], phone_tail=made["phone_tail"])
        await route.fulfill(response=answer, json=listed)

    context = await browser.new_context(locale="zh-CN", **options)
    await context.route("**/demo/orders", put_in_list)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await page.goto(helpdesk.settings.public_url)
    yield Visit(name, words, page, made["order_no"])
    await context.unroute_all(behavior="ignoreErrors")  # The list may just be asked for.
    await context.close()
    assert problems == []


async def test_from_the_shop_to_a_ticket(visit: Visit, screenshots: Path) -> None:
    page, words, order_no = visit.page, visit.words, visit.order_no

    async def take(sight: str) -> None:
        await page.screenshot(path=screenshots / f"{sight}-{visit.name}.png")

    if words is EN:
        await page.get_by_role("button", name="Switch to English").first.click()
    row = page.get_by_role("row").filter(has_text=order_no)
    await expect(row).to_be_visible()
    await take("1-shop")
    await row.scroll_into_view_if_needed()
    await take("2-orders")
    await row.get_by_role("button", name=re.compile("^(问客服|Ask support)")).click()

    chat = Chat(page)
    await expect(chat.options.get_by_text(words.not_arrived, exact=True)).to_be_visible(timeout=SLOW)
    await take("3-hello")
    await chat.press(words.not_arrived)
    await answered(chat)
    # The order's number and the phone's last digits were filled in by the shop's page.
    assert order_no in await chat.input.input_value()
    await chat.send_button.click()
    await expect(chat.options.get_by_text(words.open_ticket, exact=True)).to_be_visible(timeout=SLOW)
    await take("4-diagnosed")
    await chat.press(words.open_ticket)
    await expect(chat.options.get_by_text(words.submit, exact=True)).to_be_visible(timeout=SLOW)
    await take("5-report")
    await chat.press(words.submit)
    await expect(chat.log.get_by_text(re.compile(r"TK\w{6}")).last).to_be_visible(timeout=SLOW)
    await answered(chat)
    await take("6-ticket")

    said = await chat.bubbles.all_text_contents()
    await page.reload()
    await chat.launcher.click()
    await chat.expect_texts(*said)


async def answered(chat: Chat) -> None:
    """The last word is the bot's."""
    last = chat.log.locator(".item:not(.day)").last
    await expect(last).to_have_class(re.compile(r"\bbot\b"), timeout=SLOW)
