"""The process is killed around any write while agents work: nothing is lost, nothing doubled, one owner."""

from typing import Any

from bot.gateway.conversations.model import Kind, Owner
from bot.gateway.desk.model import Draft, Person, claim_outcome, hand_back_outcome, message_outcome
from tests.fakes import FakeRasa
from tests.gateway.house import House
from tests.gateway.test_crashes import DyingStore, Killed, _forget

BOB = Person("bob", "Bob")


async def work(house: House) -> None:
    """What an agent's page does until it is answered, from the beginning if it is not."""
    switchboard = house.switchboard
    if not any(each.text == "handed_back" for each in await house.store.all_messages("c1")):
        await switchboard.request_handoff("c1", "customer_request")
        await switchboard.write("c1", lambda it: claim_outcome(it, BOB, switchboard.now()))
        draft = Draft("1", "hello")
        await switchboard.write("c1", lambda it: message_outcome(it, BOB, draft), key="desk:1")
        await switchboard.write("c1", lambda it: hand_back_outcome(it, BOB))
    await house.workers.settle()


async def begin(house: House) -> None:
    await _forget(house)
    await house.open()


async def live_and_die(url: str, rasa: FakeRasa, step: int) -> bool:
    try:
        async with House(url, rasa, make_store=lambda engine: DyingStore(engine, step)) as house:
            await work(house)
    except Killed:
        return True
    return False


async def test_a_kill_at_any_write_of_the_desk_leaves_one_of_each(sqlite_url: str):
    step = 0
    while True:
        async with FakeRasa() as rasa:
            async with House(sqlite_url, rasa) as house:
                await begin(house)
            killed = await live_and_die(sqlite_url, rasa, step)
            async with House(sqlite_url, rasa) as house:
                await house.workers.resume()
                await house.workers.settle()
                await work(house)
                await check(house, rasa)
        if not killed:
            break
        step += 1
    assert step >= 8


async def check(house: House, rasa: FakeRasa) -> None:
    everything: list[Any] = await house.store.all_messages("c1")
    names = [each.text for each in everything if each.kind is Kind.ACTIVITY]
    assert names == ["handed_off", "claimed", "handed_back"]
    assert [each.text for each in everything if each.author == "bob" and each.kind is Kind.OUTGOING] == ["hello"]
    assert (await house.store.conversation("c1")).owner is Owner.BOT
    assert rasa.turns("c1.2") == ["/hand_back{}"]
    visible = await house.store.messages_after("c1", 0, 100)
    assert [each.seq for each in visible] == list(range(1, len(visible) + 1))
    assert visible[-1].text == "echo: /hand_back{}"
    assert {each.status.value for each in visible} == {"sent"}
    assert await house.store.unanswered() == []
