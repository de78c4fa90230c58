"""An agent's tab for tests: a socket of the desk that has said what it knows."""

from typing import Any

import aiohttp

from bot.gateway.accounts.http import COOKIE
from tests.fakes import FakeRasa
from tests.gateway.desks import Browser
from tests.gateway.gateways import Customer, Gateway, Socket

HANDOFF = [{"text": "passing you on"}, {"custom": {"handoff": {"reason": "customer_request"}}}]


async def in_queue(gateway: Gateway, rasa: FakeRasa, text: str = "转人工", **body: object) -> Customer:
    """A customer who asked for a person."""
    alice = await gateway.customer(**body)
    answer, rasa.answer = rasa.answer, lambda _: HANDOFF
    await alice.send("1", text=text)
    await alice.until(3)
    rasa.answer = answer
    return alice


def at(alice: Customer, end: str = "") -> str:
    return f"/conversations/{alice.conversation_id}{end}"


async def tab(browser: Browser, epoch: str | None = None, n: int = 0, **options: Any) -> tuple[Socket, dict[str, Any]]:
    """An open tab and its hello."""
    headers = {"Cookie": f"{COOKIE}={browser.cookie}", "Origin": browser.gateway.settings.public_url}
    headers |= options.pop("headers", {})
    ws: aiohttp.ClientWebSocketResponse = await browser.gateway.client.ws_connect(
        "/desk/api/socket", headers=headers, **options
    )
    socket = Socket(ws)
    hello = await socket.next()
    assert hello["type"] == "hello"
    await socket.send("resume", epoch=epoch, n=n)
    return socket, hello
