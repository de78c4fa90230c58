"""Agents with browsers of their own, and a desk that answers from memory."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.desk.desk import Desk
from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import Agent, case, make_thread, queued

NewDesk = Callable[..., Awaitable[Desk]]
SIZE = {"viewport": {"width": 1280, "height": 800}}


@pytest_asyncio.fixture(loop_scope="session")
async def server(dist: Path) -> AsyncIterator[FakeDesk]:
    fake = FakeDesk(dist)
    fake.hire(
        Agent("alice", "王芳"),
        Agent("bob", "李强", team="售后"),
        Agent("sue", "周敏", role="supervisor", team=None),
        Agent("tom", "Tom", totp=True, language="en"),
    )
    await fake.start()
    yield fake
    await fake.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def new_desk(browser: Browser, server: FakeDesk) -> AsyncIterator[NewDesk]:
    """Opens the desk in a browser of its own, signed in as `username`; options are those of a browser context.

    A test fails when a page raised an error or broke its content security policy.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)

    async def opened(username: str | None = "alice", **options: Any) -> Desk:
        context = await browser.new_context(**{"locale": "zh-CN", **SIZE, **options})
        contexts.append(context)
        context.on("page", watch)
        desk = Desk(await context.new_page(), server)
        await desk.page.goto(f"{server.url}/desk")
        if username:
            await desk.sign_in(username)
        return desk

    yield opened
    for context in contexts:
        await context.close()
    assert problems == []


def fill(server: FakeDesk) -> None:
    """A morning: people wait, some are served, the bot is busy."""
    late = queued("刘**", 34, -9, reason="angry", priority="urgent", order_no="KM202405120010")
    late.add("customer", "同一个订单扣了我两次钱！！", 36)
    calm = queued("Marie D*", 2, 12, language="en", channel="telegram", reason="not_understood")
    calm.add("customer", "My top-up has not arrived", 3)
    mine = make_thread("赵**", 40, owner="agent", agent="alice", agent_name="王芳", order_no="KM202405120003")
    mine.add("customer", "请问会员月卡什么时候到？", 30)
    mine.add("agent", "我在帮您查，请稍等。", 28, author="alice", author_name="王芳")
    mine.add("customer", "好的谢谢", 27)
    his = make_thread("孙*", 50, owner="agent", agent="bob", agent_name="李强")
    his.add("customer", "还没退款", 20)
    bot = make_thread("访客 3F2A", 4)
    bot.add("customer", "怎么充值", 4)
    bot.add("bot", "请问您要充什么？", 4)
    done = make_thread("钱**", 900, state="resolved")
    done.add("customer", "收到了，谢谢", 800)
    booked = make_thread("吴**", 500, booked=True, reason="customer_request")
    booked.add("customer", "明早联系我", 400)
    server.add(case(), late, calm, mine, his, bot, done, booked)
