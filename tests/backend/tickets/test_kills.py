"""A backend that is killed with kill -9 in the middle of its work does each thing once."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.settings import ROOT, Settings
from tests.backend.tickets.desk import make_report

Call = tuple[str, str, dict[str, Any]]
BOB = {"kind": "agent", "name": "Bob"}
# After so many answers of a round the process is killed; the last round is left alone.
KILLS = (2, 12)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Backend:
    """The real process on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ, "DAOZHANG_VAR_DIR": str(folder), "DAOZHANG_BACKEND_PORT": str(self.port),
            "DAOZHANG_GATEWAY_PORT": str(free_port()),
            "DAOZHANG_SECRET_KEY": "kills", "DAOZHANG_SECOND_APPROVAL_ABOVE": "100000.00", "DAOZHANG_VERIFY_FLOOR": "0",
        }  # fmt: skip
        token = Settings(_env_file=None, var_dir=folder, secret_key="kills").derived_key("backend")
        self.headers = {"Authorization": f"Bearer {token}"}
        self.log = (folder / "backend.log").open("ab")

    async def start(self) -> None:
        command = [sys.executable, "-m", "bot", "backend"]
        self.process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        async with asyncio.timeout(120):
            while await self.call("GET", "/healthz") is None:
                assert self.process.returncode is None
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any] | None:
        """Status and answer; None when there is no answer."""
        try:
            async with (
                aiohttp.ClientSession(headers={**self.headers, **headers}) as session,
                session.request(method, f"http://127.0.0.1:{self.port}{path}", json=body) as answer,
            ):
                return answer.status, await answer.json()
        except aiohttp.ClientError:
            return None


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    backend = Backend(tmp_path)
    await backend.start()
    yield backend
    await backend.kill()
    backend.log.close()


async def open_case(backend: Backend) -> str:
    """A ticket for a demo order that failed upstream."""
    _, listed = await backend.call("GET", "/v1/demo/orders")
    (order,) = (each for each in listed["orders"] if each["diagnosis"] == "UPSTREAM_FAILED")
    factor = {"type": "phone_tail", "value": order["phone_tail"]}
    asked = {"reference": order["order_no"], "factor": factor, "customer_ref": "alice"}
    _, proof = await backend.call("POST", "/v1/verify", asked)
    headers = {"Idempotency-Key": "m0", "X-Owner-Proof": proof["token"]}
    _, ticket = await backend.call("POST", "/v1/tickets", make_report(order_no=order["order_no"]), **headers)
    return ticket["ticket_no"]


def calls_for(ticket_no: str) -> list[Call]:
    """Key, path and body of what is to be done once each."""
    desk, told = f"/v1/desk/tickets/{ticket_no}", f"/v1/tickets/{ticket_no}/messages"
    found = [(f"repush{n}", f"{desk}/repush", {"actor": BOB}) for n in range(1)]
    found += [(f"reply{n}", f"{desk}/reply", {"actor": BOB, "text": f"reply{n}"}) for n in range(10)]
    found += [(f"note{n}", f"{desk}/note", {"actor": BOB, "text": f"note{n}"}) for n in range(10)]
    customers = {"author": "customer", "customer_ref": "alice"}
    found += [(f"ask{n}", told, {**customers, "text": f"ask{n}"}) for n in range(10)]
    return found


async def send(backend: Backend, calls: list[Call], kill_after: int | None = None) -> dict[str, Any]:
    """The answers by key; without one where the process was killed before."""
    answers: dict[str, Any] = {}

    async def one(key: str, path: str, body: dict[str, Any]) -> None:
        answer = await backend.call("POST", path, body, **{"Idempotency-Key": key})
        if answer:
            answers[key] = answer
            if len(answers) == kill_after:
                await backend.kill()

    await asyncio.gather(*(one(*call) for call in calls))
    return answers


async def test_each_thing_is_done_once_however_often_the_process_is_killed(backend: Backend):
    ticket_no = await open_case(backend)
    calls = calls_for(ticket_no)
    answered: dict[str, Any] = {}
    for number in KILLS:
        answered |= await send(backend, calls, kill_after=number)
        await backend.start()
    assert len(answered) < len(calls)
    last = await send(backend, calls)
    assert {status for status, _ in last.values()} <= {200, 201}
    assert {key: last[key] for key in answered} == answered
    _, found = await backend.call("GET", f"/v1/desk/tickets/{ticket_no}")
    texts = [each["text"] for each in found["messages"] if not each["report"]]
    assert sorted(texts) == sorted(key for key, _, _ in calls if not key.startswith("repush"))
    done = [each["action"] for each in found["history"]]
    assert (done.count("repush"), done.count("reply"), done.count("note"), done.count("customer_message")) == (
        1, 10, 10, 10,
    )  # fmt: skip
    assert [each["state"] for each in found["operations"]] == ["done"]
