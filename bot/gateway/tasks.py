"""Ending tasks for certain, and never in the middle of a statement."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

Store = TypeVar("Store")


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel until it is over: a cancellation that meets a timeout of the HTTP client may be taken for it."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.5)


async def let_finish(tasks: Collection[asyncio.Task[Any]], seconds: float = 2.0) -> None:
    """Wait for them, then end those that are late: a cancelled statement costs its connection to the database."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            await end(task)


def unbroken(store: type[Store]) -> type[Store]:
    """A class whose public coroutines go on to their end when their caller is cancelled, who is cancelled then.

    A statement that is cut costs its connection, and what gives that back may wait for ever for a driver that is gone.
    """
    for name, found in list(vars(store).items()):
        if inspect.iscoroutinefunction(found) and not name.startswith("_"):
            setattr(store, name, _whole(found))
    return store


def _whole(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(work)
    async def done(*given: Any, **named: Any) -> Any:
        task = asyncio.ensure_future(work(*given, **named))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # nobody else asks for it
            raise

    return done
