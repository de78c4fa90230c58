"""The backend in a thread with its own event loop, for tools that are not asynchronous."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer


@contextmanager
def serving(app: web.Application) -> Iterator[str]:
    """Serve on a free port; gives the base URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = TestServer(app)
    asyncio.run_coroutine_threadsafe(server.start_server(), loop).result(60)
    try:
        yield str(server.make_url("/")).rstrip("/")
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()
