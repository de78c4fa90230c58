"""A whole gateway over HTTP for tests, and a customer who talks to it."""

import asyncio
import json
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from bot.gateway.app import make_app
from bot.gateway.asking import Patience
from bot.settings import Settings
from tests.gateway.house import QUICK

Json = dict[str, Any]


class Gateway:
    """The application on a free port; `settings` are those of the test."""

    def __init__(self, settings: Settings, patience: Patience = QUICK) -> None:
        self.settings = settings
        self.app = make_app(settings, patience, dist=settings.var_dir / "dist")

    async def __aenter__(self) -> "Gateway":
        self.client = TestClient(TestServer(self.app))
        await self.client.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def call(self, method: str, path: str, token: str = "", **options: Any) -> tuple[int, Json]:
        """Status and JSON body."""
        headers = {**options.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        async with self.client.request(method, path, headers=headers, **options) as response:
            return response.status, json.loads(await response.text() or "{}")

    async def customer(self, **body: Any) -> "Customer":
        """A new conversation."""
        status, opened = await self.call("POST", "/api/conversations", json=body)
        assert status == 201, opened
        return Customer(self, opened["conversation"]["conversation_id"], opened["token"])


class Customer:
    """One conversation and its token."""

    def __init__(self, gateway: Gateway, conversation_id: str, token: str) -> None:
        self.gateway = gateway
        self.conversation_id = conversation_id
        self.token = token
        self.path = f"/api/conversations/{conversation_id}"

    async def call(self, method: str, path: str = "", **options: Any) -> tuple[int, Json]:
        return await self.gateway.call(method, self.path + path, self.token, **options)

    async def send(self, client_id: str, **fields: Any) -> tuple[int, Json]:
        body = {"type": "text", "client_id": client_id, **fields}
        return await self.call("POST", "/messages", json=body)

    async def messages(self, after: int = 1, **query: Any) -> list[Json]:
        status, body = await self.call("GET", "/messages", params={"after": after, **query})
        assert status == 200, body
        return body["messages"]

    async def until(self, count: int) -> list[str]:
        """The texts after the greeting, once there are so many."""
        async with asyncio.timeout(30):
            found = await self.messages()
            while len(found) < count:
                found += await self.messages(after=found[-1]["seq"] if found else 1, wait=5)
        return [each["text"] for each in found]

    async def upload(self, data: bytes, **options: Any) -> tuple[int, Json]:
        form = aiohttp.FormData()
        form.add_field("file", data, filename="picture.png", content_type="image/png")
        return await self.call("POST", "/pictures", data=form, **options)

    async def connect(self, token: str | None = None, after: int = 0, **options: Any) -> "Socket":
        """A socket that has said hello."""
        ws = await self.gateway.client.ws_connect(self.path + "/socket", **options)
        socket = Socket(ws)
        await socket.send("hello", token=self.token if token is None else token, after=after)
        return socket


class Socket:
    """Frames in and out."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def send(self, kind: str, **fields: Any) -> None:
        await self.ws.send_json({"type": kind, **fields})

    async def next(self) -> Json:
        """The next frame; `closed` with the code at the end."""
        async with asyncio.timeout(30):
            message = await self.ws.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return message.json()
        return {"type": "closed", "code": self.ws.close_code}

    async def until(self, kind: str) -> list[Json]:
        """The frames up to the first of this kind."""
        frames = [await self.next()]
        while frames[-1]["type"] != kind:
            assert frames[-1]["type"] != "closed", frames
            frames.append(await self.next())
        return frames

    async def texts(self, count: int) -> list[str]:
        """The texts of the next messages."""
        found: list[str] = []
        while len(found) < count:
            frame = await self.next()
            assert frame["type"] != "closed"
            if frame["type"] == "message_created":
                found.append(frame["message"]["text"])
        return found
