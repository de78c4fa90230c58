"""Customers for tests of the whole system, and what the log of the gateway holds of them."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.backend.orders.model import Diagnosis
from bot.ops.stack import Stack
from bot.qa.bench import open_house
from bot.qa.customer import Customer
from bot.qa.naming import name_answers
from bot.qa.orders import OrderDesk
from bot.qa.runner import House

SECONDS = 90.0


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

    async def restart(self, *names: str) -> None:
        """What the process manager does after a process died."""
        for name in names:
            await asyncio.to_thread(self.stack.restart, name)

    def log_of(self, customer: Customer) -> list[dict[str, Any]]:
        """Every message that the customer sees, as the gateway's database has it, in order."""
        path = Path(self.stack.settings.gateway_database_url.partition("///")[2])
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(
                "SELECT * FROM messages WHERE conversation_id = ? AND seq IS NOT NULL ORDER BY seq",
                (customer.conversation_id,),
            )
            return [dict(row) for row in rows]

    def check_log(self, customer: Customer) -> None:
        """Nothing lost, nothing doubled: in the log, and on the customer's screen."""
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

    async def say(self, text: str, *expected: str) -> list[str]:
        """Say it and wait for as many answers as expected; their names."""
        return await self._expect(await self.customer.say(text), expected)

    async def press(self, payload: str, *expected: str) -> list[str]:
        """Press the button with this payload, likewise."""
        return await self._expect(await self.customer.press(self.town.house.sentences.titles(payload)), expected)

    async def names_after(self, seq: int) -> list[str]:
        """The names of all answers with a higher number."""
        tracker = await self.town.house.insight.tracker(self.customer.conversation_id)
        said = said_in(tracker)
        texts = [str(each["text"]) for each in self.customer.answers if each["seq"] > seq]
        return list(name_answers(texts, said, self.town.house.sentences).names)

    async def tickets(self) -> list[dict[str, Any]]:
        """What the backend has for this customer and the order that they proved."""
        insight = self.town.house.insight
        return await insight.tickets_of(await insight.tracker(self.customer.conversation_id))

    async def reach_report(self, order: dict[str, Any]) -> None:
        """From hello to the question whether the ticket may be sent."""
        first = f"付了款没到账 {order['order_no']} 尾号 {order['phone_tail']}"
        diagnosis = f"utter_diagnosis_{order['diagnosis'].lower()}"
        assert await self.say(first, "utter_order_facts", diagnosis, "utter_next_report")
        assert await self.press("/report_problem", "utter_ask_report_form_report_confirmed")

    async def _expect(self, message: dict[str, Any], expected: tuple[str, ...]) -> list[str]:
        seq = int(message["seq"])
        await self.customer.wait(
            lambda: len([each for each in self.customer.answers if each["seq"] > seq]) >= len(expected),
            SECONDS,
            f"{len(expected)} answers have come",
        )
        names = await self.names_after(seq)
        assert names == list(expected)
        return names


def said_in(tracker: dict[str, Any]) -> list[Any]:
    """Everything that Rasa ever said in a conversation."""
    from bot.qa.naming import Said

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
