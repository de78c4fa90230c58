"""Customers for tests of the whole system, and what the log of the gateway holds of them."""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.backend.orders.model import Diagnosis
from bot.ops.processes import NAMES
from bot.ops.stack import Stack
from bot.qa.bench import open_house
from bot.qa.customer import Customer
from bot.qa.orders import OrderDesk
from bot.qa.stage import House
from bot.recording.naming import Said, name_answers, turn_events
from tests.system.moments import SECONDS, until

ONE = "WHERE conversation_id = ?"


@dataclass
class Town:
    """A running helpdesk with its customers."""

    stack: Stack
    house: House
    desk: OrderDesk

    async def make_order(self, diagnosis: Diagnosis = Diagnosis.QUEUE_BACKLOG) -> dict[str, Any]:
        """An order that no other test has."""
        return await self.desk.make(diagnosis)

    @contextlib.asynccontextmanager
    async def customer(self, language: str = "zh") -> AsyncIterator["Person"]:
        """Somebody who has just opened the widget and was greeted."""
        customer = await Customer(self.house.session, self.stack.settings.public_url).arrive(language=language)
        try:
            await customer.wait(lambda: bool(customer.answers), SECONDS, "the welcome has come")
            yield Person(self, customer)
        finally:
            await customer.leave()

    async def kill(self, *names: str) -> None:
        """With -9, all of them before the first could notice the death of another."""
        await asyncio.to_thread(self.stack.kill, *names)

    async def restart(self, *names: str, **changes: object) -> None:
        """What the process manager does after a process died; `changes` are settings that differ until the next."""
        environment = {f"DAOZHANG_{name.upper()}": str(value) for name, value in changes.items()}
        await asyncio.to_thread(self.stack.restart, *names, environment=environment)

    async def repair(self) -> None:
        """The helpdesk as the next test expects it: nothing frozen, everything running."""
        for name in NAMES:
            if self.stack.is_running(name):
                self.stack.kill(name, number=signal.SIGCONT)
        await self.restart(*(name for name in NAMES if not self.stack.is_running(name)))

    def rows(self, database: str, query: str, *values: object) -> list[dict[str, Any]]:
        """What a database has, whether its process lives or not."""
        path = Path(getattr(self.stack.settings, f"{database}_database_url").partition("///")[2])
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def log_of(self, customer: Customer) -> list[dict[str, Any]]:
        """Every message that the customer sees, as the gateway's database has it, in order."""
        query = "SELECT * FROM messages WHERE conversation_id = ? AND seq IS NOT NULL ORDER BY seq"
        return self.rows("gateway", query, customer.conversation_id)

    def tickets_for(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        """Every ticket of this order, whoever opened it."""
        number = str(order["order_no"])
        return self.rows("backend", "SELECT * FROM tickets WHERE order_no = ? OR claimed_no = ?", number, number)

    def is_quiet(self, customer: Customer) -> bool:
        """Whether all is answered and delivered, and no ticket waits to be opened."""
        waiting = [
            *self.rows("gateway", f"SELECT 1 FROM turns {ONE} AND state <> 'answered'", customer.conversation_id),
            *self.rows("gateway", f"SELECT 1 FROM messages {ONE} AND status = 'pending'", customer.conversation_id),
            *self.rows("gateway", f"SELECT 1 FROM outbox {ONE} AND state = 'pending'", customer.conversation_id),
        ]
        return not waiting

    async def settle(self, customer: Customer) -> None:
        """Wait until there is nothing left to say, and all that was said is on the customer's screen."""
        await customer.wait(lambda: customer.all_sent, SECONDS, "the gateway has everything")
        await until(lambda: self.is_quiet(customer), "all is answered and delivered")
        last = self.log_of(customer)[-1]["seq"]
        await customer.wait(lambda: max(customer.messages) >= last, SECONDS, "the customer has seen it all")

    async def check_log(self, customer: Customer) -> None:
        """Nothing lost, nothing doubled: in the log, and on the customer's screen."""
        await self.settle(customer)
        log = self.log_of(customer)
        assert [each["seq"] for each in log] == list(range(1, len(log) + 1))
        sent = [each["client_id"] for each in log if each["kind"] == "incoming"]
        assert sorted(sent) == sorted(customer.accepted)
        keys = [each["reply_key"] for each in log if each["reply_key"]]
        assert len(keys) == len(set(keys))
        shown = [(seq, each["message_id"]) for seq, each in sorted(customer.messages.items())]
        assert shown == [(each["seq"], each["message_id"]) for each in log]
        assert {each["status"] for each in log} <= {"received", "sent"}
        assert customer.faults == []


class Person:
    """A customer who reads the answers by the names of the sentences."""

    def __init__(self, town: Town, customer: Customer) -> None:
        self.town = town
        self.customer = customer
        self.last: dict[str, Any] = {"seq": 0}  # the message that this customer sent last

    async def say(self, text: str, *expected: str) -> None:
        """Say it; wait for the answers if any are expected: as many, with these names."""
        self.last = await self.customer.say(text)
        if expected:
            await self.answers(*expected)

    async def press(self, payload: str, *expected: str) -> None:
        """Press the button with this payload, likewise."""
        await self.press_only(payload)
        await self.answers(*expected)

    async def press_only(self, payload: str) -> None:
        """Press the button; it is acknowledged then, and nothing more."""
        self.last = await self.customer.press(self.town.house.sentences.titles(payload))

    async def post(self, payload: str) -> None:
        """Press the button, whoever hears it."""
        self.last = self.customer.answers[-1]
        await self.customer.post(**self.customer.button(self.town.house.sentences.titles(payload)))

    async def hear(self, count: int) -> None:
        """Wait for so many answers to what was said last."""
        await self.customer.wait(lambda: len(self.heard) >= count, SECONDS, f"{count} answers have come")

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The answers to what was said last, oldest first."""
        return [each for each in self.customer.answers if each["seq"] > self.last["seq"]]

    async def names(self) -> list[str]:
        """The names of these answers."""
        said = said_in(await self.tracker())
        return list(name_answers([str(each["text"]) for each in self.heard], said, self.town.house.sentences).names)

    def names_of_the_gateway(self) -> list[str]:
        """The same where only the gateway has spoken, which needs no Rasa."""
        sentences = self.town.house.sentences
        return [sentences.gateway_name(str(each["text"])) or str(each["text"]) for each in self.heard]

    async def hear_of(self, name: str) -> None:
        """Wait until this sentence is among the answers to what was said last."""
        sentences = self.town.house.sentences
        await self.customer.wait(
            lambda: any(sentences.languages(name, str(each["text"])) for each in self.heard),
            SECONDS,
            f"{name} has come",
        )

    async def answers(self, *expected: str) -> None:
        """Wait for as many answers; they have these names."""
        await self.hear(len(expected))
        names = await self.names()
        assert names == list(expected), names

    async def tracker(self) -> dict[str, Any]:
        """What Rasa has of this conversation."""
        return await self.town.house.insight.tracker(self.customer.conversation_id)

    async def is_answered_by_rasa(self) -> bool:
        """Whether Rasa has done with what was said last, whatever the gateway knows of it."""
        turn = turn_events((await self.tracker()).get("events") or [], str(self.last["message_id"]))
        return turn is not None and turn.finished

    async def tickets(self) -> list[dict[str, Any]]:
        """What the backend has for this customer and the order that they proved."""
        return await self.town.house.insight.tickets_of(await self.tracker())

    async def tell(self, order: dict[str, Any]) -> None:
        """Say all that is needed to look the order up; it is acknowledged then, and nothing more."""
        self.last = await self.customer.say(f"付了款没到账 {order['order_no']} 尾号 {order['phone_tail']}")

    def facts_of(self, order: dict[str, Any]) -> list[str]:
        """What the answer to that is."""
        return ["utter_order_facts", f"utter_diagnosis_{order['diagnosis'].lower()}", "utter_next_report"]

    async def reach_report(self, order: dict[str, Any]) -> None:
        """From hello to the question whether the ticket may be sent."""
        await self.tell(order)
        await self.answers(*self.facts_of(order))
        await self.press("/report_problem", "utter_ask_report_form_report_confirmed")


def said_in(tracker: dict[str, Any]) -> list[Said]:
    """Everything that Rasa ever said in a conversation."""
    return [
        Said((each.get("metadata") or {}).get("utter_action") or "?", str(each["text"]))
        for each in tracker.get("events") or []
        if each["event"] == "bot" and each.get("text")
    ]


@contextlib.asynccontextmanager
async def open_town(stack: Stack) -> AsyncIterator[Town]:
    """The town around a running helpdesk."""
    async with open_house(stack.settings) as house:
        yield Town(stack, house, OrderDesk(stack.settings, await house.insight.demo_orders()))
