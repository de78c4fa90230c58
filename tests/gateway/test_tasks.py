"""What a store has begun is done to its end, whoever is cancelled meanwhile."""

import asyncio

import pytest

from bot.gateway.tasks import unbroken


@unbroken
class Store:
    """Writes slowly."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.done: list[str] = []

    async def write(self, text: str, *, fails: bool = False) -> str:
        self.begun.set()
        await asyncio.sleep(0.02)
        if fails:
            raise ValueError(text)
        self.done.append(text)
        return text


async def test_a_call_gives_its_answer_or_its_error():
    store = Store()
    assert await store.write("a") == "a"
    with pytest.raises(ValueError, match="b"):
        await store.write("b", fails=True)


@pytest.mark.parametrize("fails", [False, True])
async def test_who_is_cancelled_ends_after_the_statement(fails: bool):
    store = Store()
    caller = asyncio.create_task(store.write("a", fails=fails))
    await store.begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert store.done == ([] if fails else ["a"])
