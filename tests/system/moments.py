"""Holding a process still and seeing how far a message has come, so that a kill hits the moment that is meant."""

import asyncio
import contextlib
import inspect
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.ops.stack import Stack

SECONDS = 90.0
POLL_SECONDS = 0.02
TABLE = Path("/proc/net/tcp")
ESTABLISHED = "01"
needs_proc = pytest.mark.skipif(not TABLE.exists(), reason=f"{sys.platform} has no {TABLE}")


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """Look again and again until the condition holds."""
    try:
        async with asyncio.timeout(SECONDS):
            while True:
                found = condition()
                if await found if inspect.isawaitable(found) else found:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {SECONDS:.0f} s until {what}") from None


def unread(port: int) -> int:
    """How many bytes lie on the connections to this local port that its process has not read."""
    lines = [line.split() for line in TABLE.read_text().splitlines()[1:]]
    mine = [fields for fields in lines if int(fields[1].split(":")[1], 16) == port and fields[3] == ESTABLISHED]
    return sum(int(fields[4].split(":")[1], 16) for fields in mine)


@contextlib.asynccontextmanager
async def frozen(stack: Stack, name: str) -> AsyncIterator[None]:
    """Within this block the process stands still: what is asked of it lies unread. It may be killed meanwhile."""
    pid = stack.pid(name)
    stack.kill(name, number=signal.SIGSTOP)
    try:
        yield
    finally:
        if stack.is_running(name) and stack.pid(name) == pid:
            stack.kill(name, number=signal.SIGCONT)


async def until_asked(stack: Stack, name: str) -> None:
    """Wait until a request lies before the frozen process."""
    port = int(getattr(stack.settings, f"{name}_port"))
    await until(lambda: unread(port) > 0, f"{name} is asked something")
