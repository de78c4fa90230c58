"""The widget on a page, as a customer finds it: by roles and names."""

import re
from typing import Self

from playwright.async_api import Page, expect


class Chat:
    """`page` must hold one widget; texts may be in either language."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host = page.locator("daozhang-chat")
        self.launcher = self.host.get_by_role("button", name=re.compile("^(在线客服|Support): "))
        self.panel = self.host.get_by_role("dialog", name=re.compile("^(到账客服|DaoZhang Support)$"))
        self.log = self.panel.get_by_role("log")
        self.input = self.panel.get_by_role("textbox")
        self.send_button = self.panel.get_by_role("button", name=re.compile("^(发送|Send)$"))
        self.close_button = self.panel.get_by_role("button", name=re.compile("^(收起对话|Minimise the chat)$"))
        self.bubbles = self.log.locator(".text")
        self.options = self.log.locator(".options:not(.past)").get_by_role("button")
        self.typing = self.log.locator(".typing")
        self.link = self.panel.locator(".link")
        self.badge = self.launcher.locator(".badge")

    async def open(self) -> Self:
        """Open the panel and wait for the first message."""
        await self.launcher.click()
        await expect(self.bubbles.first).to_be_visible()
        return self

    async def say(self, text: str) -> None:
        await self.input.fill(text)
        await self.send_button.click()

    async def press(self, title: str) -> None:
        """Press one of the answers that are offered now."""
        await self.options.get_by_text(title, exact=True).click()

    async def expect_texts(self, *texts: str) -> None:
        """These are all the bubbles, in this order."""
        await expect(self.bubbles).to_have_text(list(texts))

    async def expect_last(self, text: str | re.Pattern[str]) -> None:
        await expect(self.bubbles.last).to_contain_text(text)
