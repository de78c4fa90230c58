"""Two agents and a customer side by side on the real processes: every way in which a conversation changes hands."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.clock import utc_now
from bot.db import make_engine
from bot.gateway.accounts.model import Account, Role
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import AccountStore
from bot.gateway.desk.presence import PresenceStore
from bot.ops.stack import Stack
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE
from tests.browser.test_main_job import SLOW
from tests.system.moments import frozen, until_asked

PASSWORD = "lamp-river-42-quiet"
TEAM = {"amy": ("王芳", Role.AGENT), "ben": ("李强", Role.AGENT), "sue": ("周敏", Role.SUPERVISOR)}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SIZE = {"viewport": {"width": 1280, "height": 800}}


@dataclass
class AtDesk:
    """One agent's browser."""

    username: str
    name: str
    page: Page

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def head(self) -> Locator:
        return self.page.locator(".talk-head")

    async def open(self, conversation_id: str) -> None:
        await self.page.evaluate("id => { location.hash = `#/c/${id}` }", conversation_id)
        await expect(self.head).to_be_visible(timeout=SLOW)

    async def act(self, name: str) -> None:
        await self.head.get_by_role("button", name=name, exact=True).click()

    async def confirm(self, name: str) -> None:
        await self.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()

    async def write(self, text: str, note: bool = False) -> None:
        composer = self.page.locator(".composer")
        await composer.get_by_role("button", name="内部备注" if note else "回复客户").click()
        await composer.get_by_role("textbox").fill(text)
        await composer.get_by_role("textbox").press("Enter")
        await expect(self.log.get_by_text(text)).to_be_visible(timeout=SLOW)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def hired(helpdesk: Stack) -> None:
    """The accounts of all, as `python -m bot accounts add` makes them."""
    engine = make_engine(helpdesk.settings.gateway_database_url)
    hashed = await Passwords().hash(PASSWORD)
    for username, (name, role) in TEAM.items():
        await AccountStore(engine, demo=False).add(Account(username=username, name=name, role=role), hashed, utc_now())
    await engine.dispose()


@dataclass
class Office:
    """Opens browsers and fails at the end if a page raised an error or broke its security policy."""

    browser: Browser
    url: str

    def __post_init__(self) -> None:
        self.problems: list[str] = []
        self._contexts: list[Any] = []

    async def page(self, **options: Any) -> Page:
        context = await self.browser.new_context(**{"locale": "zh-CN", **SIZE, **options})
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda it: self.problems.append(it.text) if "Security Policy" in it.text else None)
        return page

    async def agent(self, username: str, **options: Any) -> AtDesk:
        page = await self.page(**options)
        await page.goto(f"{self.url}/desk")
        await page.get_by_label(re.compile("^(账号|Username)$")).fill(username)
        await page.get_by_label(re.compile("^(密码|Password)$")).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator(".queue")).to_be_visible(timeout=SLOW)
        return AtDesk(username, TEAM[username][0], page)

    async def close(self) -> None:
        for each in self._contexts:
            await each.close()
        assert self.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def office(browser: Browser, dist: Path, helpdesk: Stack, hired: None) -> AsyncIterator[Office]:
    found = Office(browser, helpdesk.settings.public_url)
    yield found
    await found.close()
    # Everybody is gone at once: other tests of this run expect that nobody is online.
    engine = make_engine(helpdesk.settings.gateway_database_url)
    for username in TEAM:
        await PresenceStore(engine).change(username, seen_at=LONG_AGO)
    await engine.dispose()


async def answered(chat: Chat) -> None:
    """The last word is not the customer's."""
    last = chat.log.locator(".item:not(.day)").last
    await expect(last).to_have_class(re.compile(r"\b(bot|system|agent)\b"), timeout=SLOW)


async def customer_waits(office: Office, text: str = "转人工") -> tuple[Chat, str]:
    """A customer with a phone who asked for a human; their chat and the id of their conversation."""
    page = await office.page(**PHONE)
    ids: list[str] = []
    page.on("response", lambda it: ids.append(it.url) if re.search(r"/api/conversations(/|$)", it.url) else None)
    page.on("websocket", lambda it: ids.append(it.url))
    await page.goto(office.url)
    chat = await Chat(page).open()
    await chat.say(text)
    await answered(chat)
    found = next(it for url in ids if (it := re.search(r"/conversations/([0-9a-f]{32})", url)))
    return chat, found[1]


async def test_a_conversation_goes_from_hand_to_hand(office: Office, screenshots: Path) -> None:
    amy, ben = await office.agent("amy"), await office.agent("ben", color_scheme="dark")
    chat, conversation = await customer_waits(office)
    await expect(chat.log).to_contain_text("排在第", timeout=SLOW)
    await chat.say("KM202405120001 付了钱没到账")
    for each in (amy, ben):
        await each.open(conversation)
        await expect(each.log).to_contain_text("KM202405120001", timeout=SLOW)
    await amy.page.screenshot(path=screenshots / "desk-1-queue-light.png")
    await ben.page.screenshot(path=screenshots / "desk-1-queue-dark.png")

    # Both reach for it at once: one has it, the other is told who.
    buttons = [await each.head.get_by_role("button", name="接入", exact=True).element_handle() for each in (amy, ben)]
    await asyncio.gather(*(each.evaluate("it => it.click()") for each in buttons if each))
    mine = [await has(each) for each in (amy, ben)]
    assert sorted(mine) == [False, True]
    winner, loser = (amy, ben) if mine[0] else (ben, amy)
    await expect(loser.head).to_contain_text(winner.name, timeout=SLOW)
    await expect(loser.head.get_by_role("button", name="接入", exact=True)).to_have_count(0)

    await loser.write("这位客户上周也来过", note=True)
    await winner.write("您好，我来帮您查这笔订单")
    await expect(chat.log).to_contain_text("我来帮您查", timeout=SLOW)
    await expect(chat.panel).to_contain_text(re.compile("人工客服|客服"))
    await chat.say("好的，谢谢")
    await expect(winner.log).to_contain_text("好的，谢谢", timeout=SLOW)
    await winner.page.screenshot(path=screenshots / "desk-2-talk.png")
    await chat.page.screenshot(path=screenshots / "desk-2-customer.png")

    await winner.act("转接")
    await winner.page.get_by_label("转给").select_option(f"p:{loser.username}")
    await winner.page.get_by_label("给接手人的话（客户看不到）").fill("已核对付款，等上游")
    await winner.confirm("转接")
    await expect(loser.log).to_contain_text("已核对付款，等上游", timeout=SLOW)
    await loser.write("我是新来接手的同事")
    await expect(chat.log).to_contain_text("接手的同事", timeout=SLOW)

    await loser.act("交还机器人")
    await loser.confirm("交还")
    await expect(loser.head.get_by_role("button", name="接管", exact=True)).to_be_visible(timeout=SLOW)
    await answered(chat)
    await chat.say("你们安全吗")
    await answered(chat)

    await winner.act("接管")
    await winner.act("解决")
    await winner.confirm("解决")
    await expect(chat.options.get_by_text("5 分", exact=True)).to_be_visible(timeout=SLOW)
    await chat.page.screenshot(path=screenshots / "desk-3-score.png")
    await chat.press("5 分")
    await answered(chat)
    await winner.page.screenshot(path=screenshots / "desk-3-resolved.png")
    said = "\n".join(await chat.bubbles.all_text_contents())
    for private in ("上周也来过", "已核对付款"):
        assert private not in said


async def has(agent: AtDesk) -> bool:
    """Whether this agent may answer now; waits until the head says whose it is."""
    owner = agent.head.locator(".chip[data-owner=agent]")
    await expect(owner).to_be_visible(timeout=SLOW)
    return await owner.text_content() == "我的"


async def test_a_takeover_in_the_middle_of_an_answer_makes_it_a_note(
    office: Office, helpdesk: Stack, screenshots: Path
) -> None:
    amy = await office.agent("amy")
    chat, conversation = await customer_waits(office, "你好")
    await amy.open(conversation)
    async with frozen(helpdesk, "rasa"):
        await chat.say("你们这里安全吗")
        await until_asked(helpdesk, "rasa")
        await amy.act("接管")
        await expect(amy.head.locator(".chip[data-owner=agent]")).to_be_visible(timeout=SLOW)
    note = amy.log.locator(".message.note.bot")
    await expect(note).to_be_visible(timeout=SLOW)
    before = await chat.bubbles.all_text_contents()
    await amy.write("您好，我是人工客服")
    await expect(chat.log).to_contain_text("我是人工客服", timeout=SLOW)
    after = await chat.bubbles.all_text_contents()
    assert after == [*before, "您好，我是人工客服"]
    assert (await note.locator(".text").first.text_content() or "")[:8] not in "".join(after)
    await amy.page.screenshot(path=screenshots / "desk-4-takeover.png")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_supervisor_steps_in(office: Office, screenshots: Path, language: str) -> None:
    amy = await office.agent("amy")
    chat, conversation = await customer_waits(office)
    await amy.open(conversation)
    await amy.act("接入")
    assert await has(amy)
    sue = await office.agent("sue", color_scheme="dark" if language == "en" else "light")
    await sue.open(conversation)
    await expect(amy.head).to_contain_text("周敏", timeout=SLOW)  # who else is looking
    await sue.act("介入")
    await sue.confirm("介入")
    await sue.write("我是主管，由我来跟进")
    await expect(chat.log).to_contain_text("由我来跟进", timeout=SLOW)
    await expect(amy.head).to_contain_text("周敏", timeout=SLOW)
    await sue.page.screenshot(path=screenshots / f"desk-5-supervisor-{language}.png")
