"""The desk as an agent finds it: by roles and names."""

import asyncio
import re
from typing import Self

from playwright.async_api import Locator, Page, expect

from tests.browser.desk.fake_desk import FakeDesk
from tests.browser.desk.world import PASSWORD, Thread


class Desk:
    """Texts may be in either language."""

    def __init__(self, page: Page, server: FakeDesk) -> None:
        self.page = page
        self.server = server
        self.list = page.locator(".queue")
        self.rows = self.list.locator(".row")
        self.log = page.get_by_role("log")
        self.messages = self.log.locator(".message")
        self.notes = self.log.locator(".message.note")
        self.activities = self.log.locator(".activity")
        self.composer = page.locator(".composer")
        self.input = self.composer.get_by_role("textbox")
        self.send_button = self.composer.locator(".send")
        self.head = page.locator(".talk-head")
        self.search = page.get_by_role("searchbox")
        self.toast = page.locator(".el-message")
        self.dialog = page.get_by_role("dialog")

    async def sign_in(self, username: str, password: str = PASSWORD) -> Self:
        await self.page.get_by_label(re.compile("^(账号|Username)$")).fill(username)
        await self.page.get_by_label(re.compile("^(密码|Password)$")).fill(password)
        await self.page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
        if password == PASSWORD and not self.server.agents[username].totp:
            await expect(self.list).to_be_visible()
        return self

    async def view(self, name: str) -> None:
        await self.list.get_by_role("button", name=re.compile(f"^{name}")).click()

    def row(self, thread: Thread) -> Locator:
        return self.rows.filter(has_text=str(thread.row["customer_name"]))

    async def open(self, thread: Thread) -> None:
        """By its link, whatever the list shows."""
        await self.page.goto(f"{self.server.url}/desk#/c/{thread.id}")
        await expect(self.log).to_be_visible()

    async def act(self, name: str) -> None:
        await self.head.get_by_role("button", name=name, exact=True).click()

    async def confirm(self, name: str) -> None:
        await self.dialog.get_by_role("button", name=name, exact=True).click()

    async def until(self, expression: str) -> None:
        """Wait until this holds in the page; its policy forbids the waiting of Playwright's own."""
        look = f"const look = () => ({expression} ? done() : setTimeout(look, 50));"
        async with asyncio.timeout(20):
            await self.page.evaluate(f"new Promise((done) => {{ {look} look(); }})")

    async def write(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")
