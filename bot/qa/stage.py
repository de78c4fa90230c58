"""Where a script is played: a running helpdesk, the customer, and everything that can happen to them."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.qa.blanks import filled, placeholders, spoken
from bot.qa.customer import Customer, CustomerError
from bot.qa.desk import NEW_STRETCH, DeskAgent
from bot.qa.drawing import drawn
from bot.qa.insight import Insight
from bot.qa.model import Act, Drawing, Script
from bot.qa.outside import Outside
from bot.qa.promises import secrets_in
from bot.qa.telegram import TelegramCustomer
from bot.qa.telegram_book import Book
from bot.qa.wires import Wires
from bot.recording.naming import Sentences
from bot.settings import ROOT


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds: for an answer at all, and for what may come after it."""

    answer: float = 90.0
    delivery: float = 10.0
    # An answer too much would follow at once: all answers of a turn are saved together.
    quiet: float = 0.4
    # Where nothing is to be said, longer, since the answer would still be on its way.
    silence: float = 2.0
    # What comes unasked was published by the backend and posted to the gateway before.
    unasked: float = 3.0


@dataclass(frozen=True)
class House:
    """A running helpdesk, as far as playing needs it; `wires` only where scripts look at or spoil calls."""

    session: aiohttp.ClientSession
    public_url: str
    insight: Insight
    sentences: Sentences
    outside: Outside
    desk: DeskAgent
    book: Book
    pace: Pace = Pace()
    wires: Wires | None = None


def customer_on(house: House, channel: str) -> Customer | TelegramCustomer:
    """Somebody who writes on this channel, and has not arrived yet."""
    if channel == "telegram":
        return TelegramCustomer(house.session, house.book)
    return Customer(house.session, house.public_url)


class Stage:
    """The customer of one script and what surrounds them; it does, and judges nothing.

    `values` fill the blanks of texts, `secrets` may stand nowhere: those of the order, and what the customer typed.
    """

    def __init__(self, house: House, script: Script, order: Mapping[str, Any] | None) -> None:
        self._house = house
        self._script = script
        self._order = order or {}
        self.values = placeholders(order)
        self._channel = script.given.channel
        self.customer = customer_on(house, self._channel)
        self.secrets: list[str] = list(self._order.get("secrets") or ())
        self.typed_secrets: list[str] = []
        self.faults: list[str] = []
        self._incidents: list[str] = []
        self._staffed = False
        # Which dialog of the bot it is; each time that an agent lets it go on a new one begins.
        self._stretch = 1
        # Conversations on devices before, with their last stretch.
        self._left: list[tuple[str, int]] = []

    async def arrive(self) -> None:
        """Open the conversation, as the page of the shop would."""
        body: dict[str, Any] = {"language": self._script.language}
        if self._script.given.identity:
            body["identity"] = self._house.outside.signed_identity(self._order["user_id"])
        await self.customer.arrive(**body)

    async def leave(self) -> None:
        """Everything for the others as it was."""
        await self.customer.leave()
        self.faults += self.customer.faults
        with contextlib.suppress(aiohttp.ClientError, OSError):
            for each in self._incidents:
                await self._house.outside.close_incident(each)
            if self._staffed:
                await self._house.desk.act(self.customer.conversation_id, {"do": "go"})
        if self._house.wires:
            await self._house.wires.behave(self.marks)

    @property
    def marks(self) -> set[str]:
        """What tells calls of this script from those of others."""
        found = {each for each, _ in self._dialogs()}
        found |= {self._order["order_no"], f"user:{self._order['user_id']}"} if self._order else set()
        return found

    async def tracker(self) -> dict[str, Any]:
        """Of the present dialog."""
        return await self._house.insight.tracker(self.customer.conversation_id, self._stretch)

    async def events(self) -> list[dict[str, Any]]:
        """Of the present dialog, as far as its turns are over."""
        return await self._house.insight.events(self.customer.conversation_id, self._stretch)

    async def trackers(self) -> list[dict[str, Any]]:
        """Of all dialogs, on all devices."""
        insight = self._house.insight
        return [
            await insight.tracker(each, stretch) for each, last in self._dialogs() for stretch in range(1, last + 1)
        ]

    def _dialogs(self) -> list[tuple[str, int]]:
        here = [(self.customer.conversation_id, self._stretch)] if self.customer.conversation else []
        return [*self._left, *here]

    async def act(self, act: Act) -> list[dict[str, Any]]:
        """What the customer does; the saved messages, in order."""
        customer = self.customer
        if act.kind == "telegram":
            if not isinstance(customer, TelegramCustomer):
                raise CustomerError("only on Telegram can one do this")
            fields = {name: filled(each, self.values) for name, each in act.fields.items()}
            return [await customer.do(act.value, [await self._picture(each) for each in act.pictures], **fields)]
        if act.kind == "picture":
            return [await customer.show(*[await self._picture(each) for each in act.pictures])]
        if act.kind == "button":
            titles = self._house.sentences.titles(act.value) if act.value.startswith("/") else {act.value}
            return [await customer.press(titles)]
        text = spoken(act, self.values)
        self.typed_secrets += secrets_in(text)
        if act.kind not in ("twice", "at_once"):
            return [await customer.say(text)]
        if not isinstance(customer, Customer):
            raise CustomerError(f"{act.kind!r} is played on the widget only")
        if act.kind == "twice":
            return [await customer.say_twice(text)]
        return await customer.say_at_once(*[spoken(Act("text", each), self.values) for each in act.texts])

    async def _picture(self, wanted: str | Drawing) -> bytes:
        if isinstance(wanted, Drawing):
            return await asyncio.to_thread(drawn, wanted, self.values)
        return await asyncio.to_thread((ROOT / Path(self._script.file).parent / wanted).read_bytes)

    async def happen(self, act: Act) -> None:
        """What happens around the customer."""
        outside = self._house.outside
        if act.kind == "event":
            await outside.change_order(str(self._order.get("order_no", "")), act.fields)
        elif act.kind == "agent":
            tickets = await self._house.insight.tickets_of(await self.tracker())
            if not tickets:
                raise CustomerError("there is no ticket to work on")
            await outside.work_on(tickets[0]["ticket_no"], act.fields)
        elif act.kind == "desk":
            await self._house.desk.act(self.customer.conversation_id, act.fields)
            self._stretch += act.value in NEW_STRETCH
            self._staffed = self._staffed or act.value == "come"
        elif act.kind == "incident" and act.value == "open":
            self._incidents.append(await outside.open_incident(self.values["product"]))
        elif act.kind == "incident":
            await outside.close_incident(self._incidents[-1])
        elif act.kind == "clock":
            outside.move_clock(act.value)
        elif act.kind == "widget" and act.value == "close":
            await self.customer.leave()
        elif act.kind == "widget":
            self.customer.come_back()
        elif act.kind == "device":
            await self._take_another_device(act.value)
        elif act.kind == "fault":
            await self._spoil(act)

    async def _take_another_device(self, wanted: str) -> None:
        await self.customer.leave()
        self.faults += self.customer.faults
        self._left.append((self.customer.conversation_id, self._stretch))
        self._channel = self._channel if wanted == "new" else wanted
        self._stretch, self.customer = 1, customer_on(self._house, self._channel)
        await self.arrive()

    async def _spoil(self, act: Act) -> None:
        if self._house.wires is None:
            raise CustomerError("faults need a helpdesk whose calls go through the tests")
        if act.value == "none":
            await self._house.wires.behave(self.marks)
        else:
            await self._house.wires.misbehave(act.fields, self.marks)
