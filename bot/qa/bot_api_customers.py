"""The customers' side of the Bot API server of the tests, by which `telegram.py` sends and reads."""

import asyncio
from typing import Any, Protocol

from aiohttp import web

Json = dict[str, Any]
LOOK_SECONDS = 0.02


class Server(Protocol):
    """What it needs of a `BotApi`."""

    sent: list[Json]
    wrong: list[str]
    files: dict[str, bytes]
    offset: int
    ended: asyncio.Event

    def numbered(self, *updates: Json) -> tuple[Json, ...]: ...

    def put(self, *updates: Json) -> None: ...

    def keep_file(self, file: bytes) -> str: ...


def add_customers(app: web.Application, server: Server) -> None:
    """Put `/customers/…` into the application of the server."""

    async def post_updates(request: web.Request) -> web.StreamResponse:
        """Updates of one moment, without numbers; gives the numbers."""
        updates = server.numbered(*await request.json())
        server.put(*updates)
        return web.json_response([{"update_id": each["update_id"], **each.get("message", {})} for each in updates])

    async def post_file(request: web.Request) -> web.StreamResponse:
        file_id = server.keep_file(await request.read())
        return web.json_response({"file_id": file_id, "file_size": len(server.files[file_id])})

    async def get_messages(request: web.Request) -> web.StreamResponse:
        """What the bot sent to these chats after the place `after`; waits a moment for the first."""
        chats = {int(each) for each in request.query["chats"].split(",")}
        after, clock = int(request.query["after"]), asyncio.get_running_loop().time
        deadline = clock() + float(request.query["wait"])
        while True:
            new = [(no, each) for no, each in enumerate(server.sent[after:], after + 1) if each["chat_id"] in chats]
            if new or server.ended.is_set() or clock() >= deadline:
                break
            await asyncio.sleep(LOOK_SECONDS)
        found = [{**each, "place": no, "photo": each["photo"] is not None} for no, each in new]
        return web.json_response({"messages": found, "wrong": server.wrong, "offset": server.offset})

    app.router.add_post("/customers/updates", post_updates)
    app.router.add_post("/customers/files", post_file)
    app.router.add_get("/customers/messages", get_messages)
