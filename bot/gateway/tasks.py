"""Ending tasks for certain."""

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel until it is over: a cancellation that meets a timeout of the HTTP client may be taken for it."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.5)
