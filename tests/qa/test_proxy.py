"""The way between two processes: what passes, what is written down, and every way to misbehave."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.qa.ports import free_ports
from bot.qa.proxy import Misbehaviour, Proxy

MARKS = frozenset({"KM1"})


@dataclass
class Ways:
    """A server that counts, the proxy before it and a client."""

    proxy: Proxy
    session: aiohttp.ClientSession
    done: list[str]

    async def ask(self, path: str = "/v1/orders/KM1/diagnosis", body: Any = None, **options: Any) -> Any:
        async with self.session.post(self.proxy.url + path, json=body, **options) as answer:
            return answer.status, await answer.json(content_type=None)


@pytest_asyncio.fixture
async def ways() -> AsyncIterator[Ways]:
    done: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        body = await request.text()
        done.append(f"{request.method} {request.raw_path} {body} {request.headers.get('Authorization')}")
        return web.json_response({"number": len(done)}, status=201, headers={"X-Told": "yes"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        proxy = Proxy(str(server.make_url("")).rstrip("/"), free_ports(1)[0])
        await proxy.listen()
        yield Ways(proxy, session, done)
        await proxy.close()


async def test_it_passes_everything_on_and_writes_it_down(ways: Ways):
    headers = {"Idempotency-Key": "k1", "Authorization": "Bearer x"}
    url = ways.proxy.url + "/v1/%2E%2E/tickets?a=b%20c"
    async with ways.session.post(URL(url, encoded=True), data=b"KM1", headers=headers) as answer:
        assert (answer.status, answer.headers["X-Told"], await answer.json()) == (201, "yes", {"number": 1})
    assert ways.done == ["POST /v1/%2E%2E/tickets?a=b%20c KM1 Bearer x"]
    (call,) = ways.proxy.calls
    assert (call.method, call.status, call.key, call.spoiled) == ("POST", 201, "k1", "")
    assert call.concerns(MARKS)
    assert not call.concerns({"KM2"})


async def test_an_error_is_given_so_often_and_without_the_server(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("error", MARKS, times=2))
    assert [(await ways.ask())[0] for _ in range(3)] == [500, 500, 201]
    assert len(ways.done) == 1
    assert [each.spoiled for each in ways.proxy.calls] == ["error", "error", ""]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/orders/KM2/diagnosis", None),
        ("/v1/tickets", {"order_no": "KM1"}),
    ],
)
async def test_only_the_calls_that_are_meant_go_wrong(ways: Ways, path: str, body: Any):
    ways.proxy.misbehave(Misbehaviour("error", MARKS, path="/v1/orders/*", method="POST"))
    assert (await ways.ask(path, body))[0] == 201
    assert (await ways.ask())[0] == 500


async def test_a_call_is_known_by_its_body_too(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("error", MARKS))
    assert (await ways.ask("/v1/tickets", {"order_no": "KM1"}))[0] == 500


async def test_it_ends_for_those_who_are_named(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("error", MARKS))
    ways.proxy.behave({"KM2"})
    assert (await ways.ask())[0] == 500
    ways.proxy.behave({"KM1", "KM3"})
    assert (await ways.ask())[0] == 201


async def test_broken_json_is_no_json(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("malformed", MARKS))
    with pytest.raises(ValueError):
        await ways.ask()


async def test_what_was_carried_out_has_only_lost_its_answer(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("error", MARKS, carried_out=True))
    assert (await ways.ask())[0] == 500
    assert len(ways.done) == 1


async def test_a_slow_answer_is_the_right_one(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("slow", MARKS, seconds=0.05))
    assert await ways.ask() == (201, {"number": 1})


async def test_nobody_answers_until_the_caller_gives_up(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("timeout", MARKS))
    with pytest.raises(TimeoutError):
        await ways.ask(timeout=aiohttp.ClientTimeout(total=0.3))
    assert ways.done == []
    assert ways.proxy.calls[0].status is None


async def test_who_still_waits_when_it_ends_gets_no_answer(ways: Ways):
    ways.proxy.misbehave(Misbehaviour("timeout", MARKS))
    waiting = asyncio.create_task(ways.ask())
    while not ways.proxy.calls:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    ways.proxy.behave(MARKS)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting


async def test_refused_is_refused_also_on_a_connection_that_there_was(ways: Ways):
    assert (await ways.ask("/v1/x"))[0] == 201
    await ways.proxy.refuse()
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientConnectorError)):
        await ways.ask("/v1/x")
    with pytest.raises(aiohttp.ClientConnectorError):
        await ways.ask("/v1/x")
    await ways.proxy.listen()
    assert (await ways.ask("/v1/x"))[0] == 201


async def test_a_dead_server_is_no_answer_either(ways: Ways):
    dead = Proxy(f"http://127.0.0.1:{free_ports(1)[0]}", free_ports(1)[0])
    await dead.listen()
    try:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await ways.session.get(dead.url + "/healthz")
        assert dead.calls[0].status is None
    finally:
        await dead.close()
