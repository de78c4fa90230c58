"""Two gateways on one database and random events: one owner at any time, no message lost, none doubled."""

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ClaimedError, NotOwnerError
from bot.gateway.conversations.model import IncomingMessage, Kind, Message, Owner
from bot.gateway.desk.hub import DeskHub
from bot.gateway.desk.keeper import Keeper
from bot.gateway.desk.model import (
    Draft,
    Person,
    claim_outcome,
    hand_back_outcome,
    lose_outcome,
    message_outcome,
    reopen_outcome,
    resolve_outcome,
    transfer_outcome,
)
from bot.gateway.desk.presence import PresenceStore
from bot.gateway.desk.store import DeskStore
from tests.fakes import FakeRasa
from tests.gateway.house import TEXTS, House

PEOPLE = [Person("bob", "Bob"), Person("carol", "Carol"), Person("sue", "Sue", supervisor=True)]
EVENT = st.tuples(
    st.sampled_from(
        ["says", "says", "wants_human", "claim", "claim", "take", "reply", "note", "transfer", "team", "hand_back",
         "resolve", "reopen", "lose", "hold", "release"]
    ),
    st.integers(0, 1),  # which gateway
    st.integers(0, 2),  # which agent
)  # fmt: skip
# What is in one list happens at the same time.
BATCHES = st.lists(st.lists(EVENT, min_size=1, max_size=4), min_size=1, max_size=8)
BECOMES = {
    "handed_off": Owner.QUEUE, "booked": Owner.BOT, "claimed": Owner.AGENT, "taken_over": Owner.AGENT,
    "stepped_in": Owner.AGENT, "handed_back": Owner.BOT, "resolved": Owner.BOT, "reopened": Owner.AGENT,
}  # fmt: skip


class World:
    """One conversation, two gateways, and what everybody was told about their messages."""

    def __init__(self, houses: list[House], rasa: FakeRasa) -> None:
        self.houses = houses
        self.rasa = rasa
        self.number = 0
        self.said: list[str] = []  # accepted from the customer
        self.replied: list[str] = []  # accepted from agents
        self.noted: list[str] = []
        self.refused: list[str] = []

    async def happen(self, event: tuple[str, int, int]) -> None:
        what, at, who = event
        switchboard, person = self.houses[at].switchboard, PEOPLE[who]
        self.number += 1
        text = f"{what} {self.number}"
        now, render = switchboard.now(), TEXTS.render
        try:
            if what in ("says", "wants_human"):
                await self._say(at, text)
            elif what in ("claim", "take"):
                await switchboard.write("c1", lambda it: claim_outcome(it, person, now, force=what == "take"))
            elif what in ("reply", "note"):
                await self._write(at, person, text, note=what == "note")
            elif what == "transfer":
                to = PEOPLE[(who + 1) % 3]
                await switchboard.write("c1", lambda it: transfer_outcome(it, person, to, "", render, now))
            elif what == "team":
                await switchboard.write("c1", lambda it: transfer_outcome(it, person, "refunds", "", render, now))
            elif what == "hand_back":
                await switchboard.write("c1", lambda it: hand_back_outcome(it, person))
            elif what == "resolve":
                await switchboard.write("c1", lambda it: resolve_outcome(it, person, render))
            elif what == "reopen":
                await switchboard.write("c1", lambda it: reopen_outcome(it, person, now))
            elif what == "lose":
                before = now + timedelta(hours=1)
                await switchboard.write("c1", lambda it: lose_outcome(it, before, render))
            elif what == "hold":
                self.rasa.go_on.clear()
            else:
                self.rasa.go_on.set()
        except (ClaimedError, NotOwnerError):
            pass

    async def _say(self, at: int, text: str) -> None:
        """A customer's program that is not sure sends again, perhaps to the other gateway."""
        message = IncomingMessage(text=text, client_id=text)
        await asyncio.gather(*(each.switchboard.receive("c1", message) for each in self.houses))
        self.said.append(text)

    async def _write(self, at: int, person: Person, text: str, *, note: bool) -> None:
        draft = Draft(text, text, note)
        try:
            for house in (self.houses[at], self.houses[1 - at]):  # the page is not sure either
                await house.switchboard.write("c1", lambda it: message_outcome(it, person, draft), key=f"desk:{text}")
        except NotOwnerError:
            self.refused.append(text)
        # Whether it was taken is what the desk is told at last; a refused second try has been taken before.
        found = [each.text for each in await self.houses[0].store.all_messages("c1")]
        if text in found:
            (self.noted if note else self.replied).append(text)


async def play(template: Path, batches: list[list[tuple[str, int, int]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{shutil.copy(template, folder)}"
        async with FakeRasa() as rasa, House(url, rasa) as first, House(url, rasa) as second:
            rasa.answer = answer
            await first.open()
            world = World([first, second], rasa)
            for batch in batches:
                await asyncio.gather(*(world.happen(event) for event in batch))
                await check_owner(world)
            rasa.go_on.set()
            await asyncio.gather(first.workers.settle(), second.workers.settle())
            await check_owner(world)
            await check_messages(world)


def answer(body: dict) -> list[dict]:
    handoff = [{"custom": {"handoff": {"reason": "customer_request"}}}] if "wants_human" in body["message"] else []
    return [{"text": f"bot on {body['message']}"}, *handoff]


async def check_owner(world: World) -> None:
    """Exactly one owner, and just the one to whom the history leads."""
    while True:
        conversation = await world.houses[0].store.conversation("c1")
        history = [each for each in await world.houses[1].store.all_messages("c1") if each.kind is Kind.ACTIVITY]
        if await world.houses[0].store.conversation("c1") == conversation:
            break  # Nothing was written between the two looks.
    assert (conversation.owner is Owner.AGENT) == (conversation.agent is not None)
    owner, agent = Owner.BOT, None
    for each in history:
        assert each.activity is not None
        kind, by, to = (each.activity[name] for name in ("type", "by", "to"))
        if kind == "claimed":
            assert owner is Owner.QUEUE, "claimed what was nobody's to claim"
        if kind == "taken_over":
            assert owner is Owner.BOT
        if kind == "stepped_in":
            assert by == "sue", "an agent took what another has"
        if kind == "lost":
            assert owner is Owner.AGENT and agent == by
        if kind == "transferred":
            is_person = to in {person.username for person in PEOPLE}
            owner, agent = (Owner.AGENT, to) if is_person else (Owner.QUEUE, None)
        elif kind in BECOMES:
            owner = BECOMES[kind]
            agent = by if owner is Owner.AGENT else None
    assert (conversation.owner, conversation.agent) == (owner, agent), [each.text for each in history]
    assert conversation.place in {conversation.owner.value, "resolved", "new"}


async def check_messages(world: World) -> None:
    """Each message of the customer and of agents once, `seq` without a gap, one answer of the bot to each turn."""
    everything = await world.houses[0].store.all_messages("c1")
    texts = Counter(each.text for each in everything)
    for text in world.said:
        assert texts[text] == 1, f"{text}: {texts[text]} times"
    for text in (*world.replied, *world.noted):
        assert texts[text] == 1, f"{text}: {texts[text]} times"
    visible = await world.houses[1].store.messages_after("c1", 0, 10_000)
    assert [each.seq for each in visible] == list(range(1, len(visible) + 1))
    assert not any(each.text in world.noted for each in visible)
    assert [each.position for each in everything] == list(range(1, len(everything) + 1))
    assert await world.houses[0].store.unanswered() == []
    assert all(count == 1 for text, count in texts.items() if text.startswith("bot on says"))
    check_silence(everything)


def check_silence(everything: list[Message]) -> None:
    """The bot says nothing to the customer between the word that a human has it and the word that it is back."""
    owner = Owner.BOT
    for each in everything:
        if each.kind is Kind.ACTIVITY and each.activity:
            to_team = each.activity["type"] == "transferred"
            owner = Owner.QUEUE if to_team else BECOMES.get(each.activity["type"], owner)
        if each.kind is Kind.OUTGOING and each.text.startswith("bot on"):
            assert owner is Owner.BOT, each.text


def test_random_events_at_two_gateways_leave_one_owner_and_every_message_once(sqlite_template: Path):
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(BATCHES)
    def always(batches: list[list[tuple[str, int, int]]]) -> None:
        asyncio.run(play(sqlite_template, batches))

    always()


async def test_the_keepers_of_two_gateways_release_a_case_once(sqlite_url: str, rasa: FakeRasa):
    async with House(sqlite_url, rasa) as first, House(sqlite_url, rasa) as second:
        await first.open()
        await first.switchboard.request_handoff("c1", "customer_request")
        await second.switchboard.take_over("c1", "bob")
        keepers = []
        for house in (first, second):
            house.skipped += timedelta(hours=1)
            keepers.append(
                Keeper(
                    house.switchboard,
                    DeskHub(),
                    DeskStore(house.engine),
                    PresenceStore(house.engine),
                    timedelta(minutes=10),
                )
            )
        lost = await asyncio.gather(*(each.release_silent() for each in keepers * 2))
        assert sum(lost) == 1
        names = [each.text for each in await first.store.all_messages("c1") if each.kind is Kind.ACTIVITY]
        assert names == ["handed_off", "claimed", "lost", "handed_off"]
