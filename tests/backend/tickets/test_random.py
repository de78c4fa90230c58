"""Whatever customers, agents, time and the shop do in whatever order, what tickets promise holds."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.orders.model import Delivery, Order
from bot.backend.tickets.history import fields_of, history_of, replayed
from bot.backend.tickets.model import Priority
from bot.backend.tickets.store import ticket_from
from bot.backend.tickets.tables import is_live, tickets
from bot.backend.timers.runner import fire_timers
from tests.backend.conftest import Clock, make_settings
from tests.backend.factories import add_order, make_order
from tests.backend.tickets.desk import make_report, prove, send
from tests.backend.tickets.making import NOW
from tests.backend.tickets.test_history import published

RANKS = [each.value for each in Priority]
SECRET = "for colleagues only"
# Charlie never proves anything.
CUSTOMERS = ("alice", "bob", "charlie")
ORDERS = ("KM202611240001", "KM202611240002")
AGENTS = ("Dora", "Emil")
LATER = (NOW + timedelta(days=90)).isoformat()

ACTS = (
    ("reply", {"text": "在查"}), ("note", {"text": SECRET}),
    ("wait", {"waiting_for": "customer", "text": "哪个区服？"}), ("wait", {"waiting_for": "upstream"}),
    ("assign", {"assignee": "Emil"}), ("assign", {"assignee": None}), ("resume", {}),
    ("resolve", {"reason": SECRET}), ("close", {}), ("reopen", {}), ("reopen", {}), ("requery", {"reason": SECRET}),
    ("repush", {}), ("delivered", {}), ("refund", {"decision": "approved", "expected_at": LATER}),
    ("refund", {"decision": "rejected", "reason": "已到账"}),
)  # fmt: skip
KINDS = {"report": 3, "say": 2, "act": 9, "merge": 1, "decide": 2, "time": 3}
STEPS = 60


def steps_of(chance: Random) -> Iterator[tuple[Any, ...]]:
    """A random life; the ticket numbers are those of the beginning and of what comes later."""
    for kind in chance.choices(list(KINDS), list(KINDS.values()), k=STEPS):
        ticket = chance.randrange(6)
        if kind == "report":
            yield kind, chance.choice(CUSTOMERS), chance.choice([*ORDERS, None]), chance.choice(RANKS)
        elif kind == "say":
            yield kind, ticket, chance.choice(CUSTOMERS)
        elif kind == "act":
            yield kind, ticket, chance.choice(AGENTS), chance.choice(ACTS)
        elif kind == "merge":
            yield kind, ticket, chance.randrange(6)
        elif kind == "decide":
            yield kind, chance.choice(AGENTS), chance.choice(["approved", "approved", "rejected"])
        else:
            yield kind, timedelta(minutes=chance.randrange(10, 30 * 60))


# Tickets of both proven orders, one without a number, and one that only claims an order.
BEGINNING = (
    ("report", "alice", ORDERS[0], "normal"), ("report", "bob", ORDERS[1], "low"),
    ("report", "alice", None, "low"), ("report", "charlie", ORDERS[0], "low"),
)  # fmt: skip


@asynccontextmanager
async def a_backend(template: Path) -> AsyncIterator[tuple[TestClient, Clock]]:
    """A backend over a fresh database, with one small and one large order."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "backend.db")
        chosen, clock = make_settings(Path(folder)), Clock()
        app = make_app(chosen, workers=False)
        app[CLOCK] = clock
        headers = {"Authorization": f"Bearer {chosen.derived_key('backend')}"}
        async with TestClient(TestServer(app), headers=headers) as client:
            for number, amount in zip(ORDERS, ("30.00", "600.00"), strict=True):
                record = make_order(number, amount=Decimal(amount), order=Order.FAILED, delivery=Delivery.FAILED)
                await add_order(client, number, record=record)
            yield client, clock


class World:
    """Plays the steps and looks at everything after each."""

    def __init__(self, client: TestClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self.keys = count()
        self.live_ranks: dict[str, int] = {}

    async def numbers(self) -> list[str]:
        async with self.client.app[DATABASE].begin() as connection:
            return list((await connection.execute(select(tickets.c.ticket_no).order_by(tickets.c.id))).scalars())

    async def play(self, step: tuple[Any, ...]) -> None:
        kind, *rest = step
        if kind == "time":
            self.clock.now += rest[0]
            while await fire_timers(self.client.app):
                pass
            return
        call = await getattr(self, f"call_{kind}")(*rest)
        if call is None:
            return
        key = f"k{next(self.keys)}"
        first = await send(self.client, "POST", *call[:2], key, call[2])
        assert first[0] in (200, 201, 202, 404, 409), first
        if first[0] < 400:
            assert await send(self.client, "POST", *call[:2], key, call[2]) == first

    async def call_report(self, customer: str, order_no: str | None, priority: str) -> Any:
        proof = await prove(self.client, customer, order_no) if order_no and customer != "charlie" else None
        body = make_report(customer_ref=customer, order_no=order_no, priority=priority, content=f"{customer} asks")
        return "/v1/tickets", body, proof

    async def _at(self, ticket: int) -> str | None:
        numbers = await self.numbers()
        return numbers[ticket % len(numbers)] if numbers else None

    async def call_say(self, ticket: int, customer: str) -> Any:
        number = await self._at(ticket)
        body = {"author": "customer", "text": f"{customer} asks", "customer_ref": customer}
        return number and (f"/v1/tickets/{number}/messages", body, None)

    async def call_act(self, ticket: int, agent: str, what: tuple[str, dict[str, Any]]) -> Any:
        number = await self._at(ticket)
        body = {"actor": {"kind": "agent", "name": agent}, **what[1]}
        return number and (f"/v1/desk/tickets/{number}/{what[0]}", body, None)

    async def call_merge(self, ticket: int, into: int) -> Any:
        number = await self._at(ticket)
        body = {"actor": {"kind": "agent", "name": "Dora"}, "into": await self._at(into)}
        return number and (f"/v1/desk/tickets/{number}/merge", body, None)

    async def call_decide(self, agent: str, decision: str) -> Any:
        _, waiting = await send(self.client, "GET", "/v1/desk/approvals")
        if not waiting["approvals"]:
            return None
        body = {"actor": {"kind": "agent", "name": agent}, "decision": decision}
        return f"/v1/desk/approvals/{waiting['approvals'][0]['approval_no']}", body, None

    async def check(self) -> None:
        async with self.client.app[DATABASE].begin() as connection:
            twice = select(tickets.c.subject).where(is_live).group_by(tickets.c.subject).having(func.count() > 1)
            assert (await connection.execute(twice)).all() == []
            found = [ticket_from(row) for row in await connection.execute(select(tickets))]
            for ticket in found:
                assert replayed(await history_of(connection, ticket.ticket_no)) == fields_of(ticket)
        ranks = {each.ticket_no: RANKS.index(each.priority) for each in found if each.live}
        for number, rank in ranks.items():
            assert rank >= self.live_ranks.get(number, 0)
        self.live_ranks = ranks

    async def check_views(self) -> None:
        for customer in CUSTOMERS:
            await self.check_view_of(customer)

    async def check_view_of(self, customer: str) -> None:
        """No note, no reason, and nobody else's words."""
        for number in await self.numbers():
            _, seen = await send(self.client, "GET", f"/v1/tickets/{number}?customer_ref={customer}")
            assert SECRET not in str(seen)
            for other in set(CUSTOMERS) - {customer}:
                assert f"{other} asks" not in str(seen)


@pytest.mark.parametrize("seed", range(3))
async def test_what_tickets_promise_holds_whatever_happens(sqlite_template: Path, seed: int):
    async with a_backend(sqlite_template) as (client, clock):
        world = World(client, clock)
        for step in (*BEGINNING, *steps_of(Random(seed))):
            await world.play(step)
            await world.check()
        await world.check_views()
        events = await published(client)
        assert SECRET not in str([each["data"] for each in events])
        assert all(each["customer_ref"] != "charlie" or each["order_no"] is None for each in events)
