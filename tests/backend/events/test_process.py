"""The real backend process, killed whenever it hurts most: every customer hears of everything, each once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port

from bot.backend.orders.demo import demo_order
from bot.backend.orders.model import Diagnosis
from bot.settings import ROOT
from tests.backend.conftest import NOW, make_settings
from tests.backend.events.receiver import Receiver

FLAGSHIP = demo_order(Diagnosis.CALLBACK_MISSING, 0, NOW)
# What the shop says, and how many seconds later the process is killed.
STEPS = (
    ("payment.updated", "PAID", 0.0),
    ("order.updated", "ABNORMAL", 0.3),
    ("delivery.updated", "DELIVERED", 0.6),
)
PATIENCE = 120.0
pytestmark = pytest.mark.system


class Backend:
    """`python -m bot backend` on a SQLite file and a free port."""

    def __init__(self, folder: Path, gateway_port: int) -> None:
        self.settings = make_settings(folder)
        self.port = unused_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DAOZHANG_")},
            "DAOZHANG_VAR_DIR": str(folder),
            "DAOZHANG_SECRET_KEY": "test",
            "DAOZHANG_BACKEND_PORT": str(self.port),
            "DAOZHANG_GATEWAY_URL": f"http://127.0.0.1:{gateway_port}",
            "DAOZHANG_DEMO": "true",
        }
        self.process: asyncio.subprocess.Process | None = None
        self.session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "backend", cwd=ROOT, env=self.environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self.call("GET", "/healthz")
                    return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    async def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        assert self.session
        headers["Authorization"] = f"Bearer {self.settings.derived_key('backend')}"
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def running(folder: Path, gateway_port: int) -> AsyncIterator[Backend]:
    backend = Backend(folder, gateway_port)
    async with aiohttp.ClientSession() as backend.session:
        await backend.start()
        try:
            yield backend
        finally:
            await backend.kill()


async def report(backend: Backend) -> None:
    """Alice proves her order and reports it."""
    factor = {"type": "phone_tail", "value": FLAGSHIP.phone_tail}
    body = {"reference": FLAGSHIP.order_no, "factor": factor, "customer_ref": "alice"}
    proof = (await backend.call("POST", "/v1/verify", body))["token"]
    ticket = {"order_no": FLAGSHIP.order_no, "type": "CALLBACK_MISSING", "customer_ref": "alice"}
    await backend.call("POST", "/v1/tickets", ticket, **{"X-Owner-Proof": proof, "Idempotency-Key": "1"})


async def test_killed_after_every_change(tmp_path: Path):
    gateway_port = unused_port()
    receiver = Receiver(make_settings(tmp_path).derived_key("events"))
    async with (
        TestServer(receiver.make_app(), port=gateway_port),
        running(tmp_path, gateway_port) as backend,
    ):
        await report(backend)
        for count, (kind, state, pause) in enumerate(STEPS, start=1):
            change = {"type": kind, "order_no": FLAGSHIP.order_no, "state": state}
            assert (await backend.call("POST", "/v1/demo/events", change))["outcome"] == "applied"
            await asyncio.sleep(pause)
            await backend.kill()
            await backend.start()
            async with asyncio.timeout(PATIENCE):
                await receiver.until(lambda count=count: len(receiver.told) >= count)
        await asyncio.sleep(1)
    told = [each["type"] for each in receiver.told.values()]
    assert told == ["order.payment_confirmed", "order.failed", "order.delivered"]


async def test_killed_while_the_gateway_is_at_it(tmp_path: Path):
    """The gateway has taken the event, its answer reaches nobody: it comes again under the same id."""
    gateway_port = unused_port()
    receiver = Receiver(make_settings(tmp_path).derived_key("events"))
    taken = asyncio.Event()

    async def first_hang(event: dict[str, Any], arrival: int) -> int:
        taken.set()
        if arrival == 1:
            await asyncio.sleep(3)
        return 200

    receiver.trouble = first_hang
    async with (
        TestServer(receiver.make_app(), port=gateway_port),
        running(tmp_path, gateway_port) as backend,
    ):
        await report(backend)
        change = {"type": "delivery.updated", "order_no": FLAGSHIP.order_no, "state": "DELIVERED"}
        await backend.call("POST", "/v1/demo/events", change)
        async with asyncio.timeout(PATIENCE):
            await taken.wait()
            await backend.kill()
            await backend.start()
            await receiver.until(lambda: sum(receiver.arrivals.values()) >= 2)
    assert list(receiver.arrivals.values()) == [2]
    assert [each["type"] for each in receiver.told.values()] == ["order.delivered"]
