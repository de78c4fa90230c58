"""Every verdict on a picture as a customer sees it, on the four real processes, with real drawn screenshots."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Browser, Page, expect

from bot.ops.stack import Stack
from bot.qa.blanks import placeholders
from bot.qa.insight import Insight
from bot.qa.orders import OrderDesk
from bot.recording.naming import Sentences
from bot.settings import ROOT
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE
from tests.browser.looks import cut_parts
from tests.evidence.bills import picture_of
from tests.evidence.drawing import has_fonts

# One turn of the real model, and a picture that is read, while others work on the same cores.
SECONDS = 60.0
SIGHTS: list[tuple[str, str, dict[str, Any]]] = [
    ("phone-light-zh", "zh", PHONE | {"color_scheme": "light"}),
    ("phone-dark-en", "en", PHONE | {"color_scheme": "dark"}),
]
ASK = {
    "zh": "付款失败了，订单 {order_no}，尾号 {phone_tail}",
    "en": "My payment failed, order {order_no}, phone ending {phone_tail}",
}
NO_NUMBER = {"without": ("transaction_no", "merchant_no")}


@dataclass
class Visit:
    """A customer with the widget open, and two orders: one without any record of a payment, one that was paid."""

    name: str
    language: str
    page: Page
    chat: Chat
    sentences: Sentences
    unknown: Mapping[str, str]
    paid: Mapping[str, str]

    async def until(self, *names: str, after: int) -> None:
        """Wait until these sentences stand below the bubble number `after`, the last of them at the end."""
        texts: list[str] = []
        try:
            async with asyncio.timeout(SECONDS):
                while not self._are_last(names, texts):
                    await asyncio.sleep(0.2)
                    texts = (await self.chat.bubbles.all_text_contents())[after:]
        except TimeoutError:
            raise AssertionError(f"waited for {names}, found {texts}") from None

    def _are_last(self, names: tuple[str, ...], texts: list[str]) -> bool:
        found = texts[-len(names) :]
        return len(found) == len(names) and all(
            self.language in self.sentences.languages(name, text) for name, text in zip(names, found, strict=True)
        )

    async def say(self, text: str, *names: str) -> None:
        before = await self.chat.bubbles.count()
        await self.chat.say(text)
        await self.until(*names, after=before + 1)

    async def choose(self, *pictures: bytes) -> None:
        files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": each} for n, each in enumerate(pictures, 1)]
        await self.chat.panel.locator("input[type=file][multiple]").set_input_files(files)
        await expect(self.chat.panel.locator(".waiting img")).to_have_count(len(pictures))

    async def show(self, pictures: list[bytes], *names: str) -> None:
        before = await self.chat.bubbles.count()
        await self.choose(*pictures)
        await self.chat.send_button.click()
        await self.until(*names, after=before)


@pytest_asyncio.fixture(loop_scope="session", params=SIGHTS, ids=[each[0] for each in SIGHTS])
async def visit(request: pytest.FixtureRequest, browser: Browser, dist: Path, helpdesk: Stack) -> AsyncIterator[Visit]:
    if not has_fonts():
        pytest.skip("no fonts to draw screenshots with (Debian: apt-get install fonts-noto-cjk)")
    name, language, options = request.param
    async with aiohttp.ClientSession() as session:
        desk = OrderDesk(helpdesk.settings, await Insight(session, helpdesk.settings).demo_orders())
    unknown, paid = [placeholders(await desk.order_for(each)) for each in ("PAYMENT_UNKNOWN", "CALLBACK_MISSING")]
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    context = await browser.new_context(locale="zh-CN", **options)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await page.goto(helpdesk.settings.public_url)
    if language == "en":
        await page.get_by_role("button", name="Switch to English").first.click()
    chat = await Chat(page).open()
    yield Visit(name, language, page, chat, Sentences(responses), unknown, paid)
    await context.close()
    assert problems == []


async def test_every_verdict_is_told_with_what_to_do(visit: Visit, screenshots: Path) -> None:
    async def take(sight: str) -> None:
        await visit.page.wait_for_timeout(300)
        await visit.page.screenshot(path=screenshots / f"pictures-{sight}-{visit.name}.png")
        assert await cut_parts(visit.page, "daozhang-chat") == []

    async def draw(values: Mapping[str, str], page: str = "wechat_bill", **changes: Any) -> bytes:
        return await asyncio.to_thread(picture_of, values, page, **changes)

    ask, unknown, paid = ASK[visit.language], visit.unknown, visit.paid
    await visit.say(ask.format_map(unknown), "utter_diagnosis_payment_unknown", "utter_next_evidence")
    half = await draw(unknown, **NO_NUMBER)
    await visit.choose(half)
    await take("1-chosen")
    await visit.chat.panel.locator(".waiting .remove").click()
    await visit.show([half], "utter_picture_read", "utter_picture_incomplete", "utter_picture_again")
    example = visit.chat.log.locator(".drawn .picture").last
    await expect(example).to_have_attribute("data-state", "ready")
    await take("2-incomplete")
    await example.click()
    await take("3-example")
    await visit.page.keyboard.press("Escape")
    await visit.show([await draw(unknown, "chat")], "utter_picture_not_a_bill", "utter_picture_again")
    await take("4-not-a-bill")
    covered = await draw(unknown, damage="covered")
    await visit.show([covered], "utter_picture_unreadable", "utter_picture_again")
    await take("5-unreadable")
    claimed = await draw(unknown, damage="telegram", number="other")
    said = ("utter_picture_read", "utter_picture_claimed", "utter_diagnosis_payment_claimed", "utter_next_report")
    await visit.show([claimed], *said)
    await take("6-claimed")

    await visit.say(ask.format_map(paid), "utter_diagnosis_callback_missing", "utter_next_report")
    await visit.show([claimed], "utter_picture_read", "utter_picture_duplicate", "utter_picture_again")
    await take("7-duplicate")
    several = [await draw(paid, "order_page"), await draw(paid, theme="dark"), await draw(paid, "error_page")]
    said = ("utter_picture_read", "utter_picture_matched", "utter_diagnosis_callback_missing", "utter_next_report")
    await visit.show(several, *said)
    await take("8-several-matched")
    said = ("utter_picture_read", "utter_picture_conflict", "utter_handoff_away")
    await visit.show([await draw(paid, amount="99.00")], *said)
    await take("9-conflict")
