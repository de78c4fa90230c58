"""Work that the backend does by itself, beside answering requests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from aiohttp import web

log = structlog.get_logger()

# Seconds between two looks while there is nothing to do, and after an error.
IDLE_SECONDS = 0.5
ERROR_SECONDS = 5.0
# What is at work when the backend stops may take so long to end; then it is cut off, and its claims run out.
STOP_SECONDS = 3.0

Work = Callable[[web.Application], Awaitable[int]]


def worker_context(work: Work) -> Callable[[web.Application], AsyncIterator[None]]:
    """Do this again and again until the end (for `app.cleanup_ctx`); it returns how much it found to do."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        stopping = asyncio.Event()
        task = asyncio.create_task(_keep_working(app, work, stopping))
        yield
        stopping.set()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(task, STOP_SECONDS)

    return context


async def _keep_working(app: web.Application, work: Work, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            pause = 0.0 if await work(app) else IDLE_SECONDS
        except Exception:  # the next round may succeed
            log.exception("work failed", work=work.__name__)
            pause = ERROR_SECONDS
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
