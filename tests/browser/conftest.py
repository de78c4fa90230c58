"""A real Chromium, and the gateway's customer API from memory."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.settings import ROOT
from tests.browser.fake_gateway import FakeGateway

WEB = ROOT / "web"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

NewPage = Callable[..., Awaitable[Page]]
expect.set_options(timeout=20_000)  # Others may work on the same cores.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for the browser and all tests that use it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def _newest(*patterns: str) -> float:
    return max((path.stat().st_mtime for each in patterns for path in WEB.glob(each)), default=0.0)


@pytest.fixture(scope="session")
def dist() -> Path:
    """The built web part, built anew when its sources are newer."""
    own = ("widget/*.ts", "widget/view/*", "demo/*", "desk/**/*.ts", "desk/**/*.vue", "desk/**/*.css", "desk/*.html")
    sources = _newest(*own, "*.config.ts", "package-lock.json")
    if _newest("dist/desk/index.html") >= sources and (WEB / "dist" / "index.html").exists():
        return WEB / "dist"
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").is_dir():
        pytest.skip("the web part is not built: run `npm ci && npm run build` in web/")
    subprocess.run([npm, "run", "build"], cwd=WEB, check=True, capture_output=True)
    return WEB / "dist"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(dist: Path) -> AsyncIterator[FakeGateway]:
    fake = FakeGateway(dist)
    await fake.start()
    yield fake
    await fake.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser: Browser, gateway: FakeGateway) -> AsyncIterator[NewPage]:
    """Opens a page for a customer with a browser of their own; options are those of a browser context.

    A test fails when a page raised an error or broke its content security policy.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)

    async def opened(path: str = "/host?language=zh", **options: Any) -> Page:
        context = await browser.new_context(**{"locale": "zh-CN", **DESKTOP, **options})
        contexts.append(context)
        context.on("page", watch)
        page = await context.new_page()
        await page.goto(gateway.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert problems == []


@pytest.fixture
def screenshots() -> Path:
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
