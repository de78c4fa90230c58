"""The process is killed before or after any of its writes: one answer, nothing lost, nothing doubled."""

from typing import Any

import pytest

from bot.gateway.conversations.model import IncomingMessage
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.conversations.tables import metadata
from tests.fakes import FakeRasa
from tests.gateway.house import House

WRITES = ("save_incoming", "mark_asked", "write", "mark_sent")


class Killed(BaseException):
    """The end of the process: nothing catches it."""


class DyingStore(ConversationStore):
    """Kills its process at the given step; every write has one step before it and one after."""

    def __init__(self, engine: Any, step: int) -> None:
        super().__init__(engine)
        self.steps_left = step

    def _step(self) -> None:
        if self.steps_left == 0:
            raise Killed
        self.steps_left -= 1


def dying(name: str) -> Any:
    async def method(self: DyingStore, *args: Any, **kwargs: Any) -> Any:
        self._step()
        result = await getattr(ConversationStore, name)(self, *args, **kwargs)
        self._step()
        return result

    return method


for name in WRITES:
    setattr(DyingStore, name, dying(name))


async def talk(house: House, client_ids: list[str]) -> None:
    """The customer's program sends each message until it is accepted; here once per process."""
    for client_id in client_ids:
        await house.switchboard.receive("c1", IncomingMessage(text=f"text {client_id}", client_id=client_id))
        await house.workers.settle()


async def live_and_die(url: str, rasa: FakeRasa, step: int) -> bool:
    """One process that is killed at a step; whether it was."""
    try:
        async with House(url, rasa, make_store=lambda engine: DyingStore(engine, step)) as house:
            await house.workers.resume()
            await house.workers.settle()
            await talk(house, ["1", "2"])
    except Killed:
        return True
    return False


async def check(url: str, rasa: FakeRasa) -> None:
    async with House(url, rasa) as house:
        await house.workers.resume()
        await house.workers.settle()
        await talk(house, ["1", "2"])
        assert await house.texts() == ["> text 1", "echo: text 1", "> text 2", "echo: text 2"]
        assert rasa.turns("c1.1") == ["text 1", "text 2"]
        messages = await house.store.messages_after("c1", 0, 100)
        assert [each.seq for each in messages] == [1, 2, 3, 4, 5]
        assert {each.status.value for each in messages if each.kind == "outgoing"} == {"sent"}
        assert await house.store.unanswered() == []


@pytest.mark.parametrize("trouble", ["", "die", "empty", "fail"])
async def test_a_kill_at_any_write_leaves_one_answer(trouble: str, sqlite_url: str):
    await kill_at_every_step(sqlite_url, trouble)


async def test_a_kill_at_any_write_leaves_one_answer_on_both_databases(database_url: str):
    await kill_at_every_step(database_url, "die_after_save")


async def test_a_message_whose_saving_seemed_to_fail_is_answered_when_it_comes_again(sqlite_url: str, rasa: FakeRasa):
    async with House(sqlite_url, rasa) as house:
        await house.open()
        sent = IncomingMessage(text="text 1", client_id="1")
        await house.store.save_incoming("c1", sent, lambda it: it.language, house.switchboard.now())
        await talk(house, ["1", "1"])
        assert await house.texts() == ["> text 1", "echo: text 1"]


async def kill_at_every_step(database_url: str, trouble: str) -> None:
    step = 0
    while True:
        async with FakeRasa() as rasa:
            rasa.plan = [trouble]
            async with House(database_url, rasa) as house:
                await _forget(house)
                await house.open()
            killed = await live_and_die(database_url, rasa, step)
            await check(database_url, rasa)
        if not killed:
            break
        step += 1
    assert step >= 2 * 2 * len(WRITES)


async def _forget(house: House) -> None:
    """An empty database again."""
    async with house.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
