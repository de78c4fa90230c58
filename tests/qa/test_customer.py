"""The customer of the scripts against gateways that are right and that are wrong."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.qa.customer import Customer

Gateway = Callable[[bool], Awaitable[Customer]]


class FakeGateway:
    """Saves messages under growing numbers; one that is `careful` knows a client id again."""

    def __init__(self, careful: bool) -> None:
        self._careful = careful
        self._known: dict[str, dict] = {}
        self._count = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [web.post("/api/conversations", self._open), web.get("/api/conversations/c1/socket", self._talk)]
        )
        return app

    async def _open(self, request: web.Request) -> web.Response:
        return web.json_response({"token": "t", "conversation": {"conversation_id": "c1"}}, status=201)

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            read = json.loads(frame.data)
            if read["type"] == "hello":
                await socket.send_json({"type": "hello_accepted", "conversation": {"conversation_id": "c1"}})
            else:
                client_id = read["message"]["client_id"]
                saved = self._save(client_id, read["message"]["text"])
                await socket.send_json({"type": "message_accepted", "client_id": client_id, "message": saved})
        return socket

    def _save(self, client_id: str, text: str) -> dict:
        if self._careful and client_id in self._known:
            return self._known[client_id]
        self._count += 1
        saved = {"message_id": f"m{self._count}", "seq": self._count, "kind": "incoming", "text": text}
        self._known[client_id] = saved
        return saved


@pytest_asyncio.fixture
async def customer_of() -> AsyncIterator[Gateway]:
    servers: list[TestServer] = []
    customers: list[Customer] = []
    async with aiohttp.ClientSession() as session:

        async def arrive(careful: bool) -> Customer:
            server = TestServer(FakeGateway(careful).app())
            await server.start_server()
            servers.append(server)
            customers.append(await Customer(session, str(server.make_url(""))).arrive())
            return customers[-1]

        yield arrive
        for customer in customers:
            await customer.leave()
    for server in servers:
        await server.close()


async def test_a_message_that_comes_twice_is_one_message(customer_of: Gateway):
    customer = await customer_of(True)
    assert (await customer.say_twice("hello"))["message_id"] == "m1"
    assert (len(customer.messages), customer.faults) == (1, [])


async def test_a_gateway_that_saves_it_twice_is_found_out(customer_of: Gateway):
    customer = await customer_of(False)
    await customer.say_twice("hello")
    assert customer.faults == ["a message that came two times was saved two times"]


async def test_messages_at_once_come_back_in_the_order_of_saving(customer_of: Gateway):
    customer = await customer_of(True)
    saved = await customer.say_at_once("one", "two", "three")
    assert [each["seq"] for each in saved] == [1, 2, 3]
    assert {each["text"] for each in saved} == {"one", "two", "three"}


async def test_one_message_under_two_numbers_is_a_fault(customer_of: Gateway):
    customer = await customer_of(True)
    for seq, message_id in ((1, "m1"), (2, "m1"), (2, "m2")):
        customer._keep({"message_id": message_id, "seq": seq, "kind": "outgoing", "text": "x"})
    assert customer.faults == ["message m1 came under two numbers", "two messages have the number 2"]
