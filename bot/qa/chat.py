"""`python -m bot qa chat`: talk to the bot in the terminal and see what it thinks of each message."""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from bot.backend.orders.model import Diagnosis
from bot.ops.stack import StackError
from bot.qa.bench import CannotRunError, bench_settings, find_model, open_house, start_stack
from bot.qa.blanks import placeholders
from bot.qa.customer import Customer, CustomerError
from bot.qa.orders import OrderDesk
from bot.qa.record import NotRecordedError, record
from bot.qa.stage import House
from bot.qa.thoughts import UNSHOWN, lines_of, shown, thought_in
from bot.recording.naming import Said, name_answers, turn_events
from bot.settings import Settings

ANSWER_SECONDS, QUIET_SECONDS, SILENCE_SECONDS, POLL_SECONDS = 90.0, 0.6, 3.0, 0.1
HELP = """\
a number presses a button; {order_no}, {phone_tail}, {amount}, {transaction_no}, {paid_at}, {product} are filled
:order  the order    :slots  what the dialog knows    :tracker  its events    :quit  the end"""


def main(argv: Sequence[str] | None = None) -> int:
    """0 after a conversation, 2 when there was none."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa chat", description="Talk to the bot and see what it thinks."
    )
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--order", metavar="DIAGNOSIS", help="have an order of this kind, such as CALLBACK_MISSING")
    parser.add_argument("--running", action="store_true", help="talk to the helpdesk that runs, not to one of its own")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the conversation as a script at the end")
    found = parser.parse_args(argv)
    if found.order and found.order not in Diagnosis.__members__:
        parser.error(f"no diagnosis has the name {found.order}; known are {', '.join(Diagnosis.__members__)}")
    try:
        return _run(found)
    except (CannotRunError, StackError, CustomerError, aiohttp.ClientError, NotRecordedError) as error:
        print(f"qa chat: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        return 130


def _run(found: argparse.Namespace) -> int:
    if found.running:
        return asyncio.run(_talk(Settings(), found))
    with tempfile.TemporaryDirectory(prefix="daozhang-chat-") as folder:
        settings = bench_settings(Path(folder))
        _say("starting the four processes …")
        stack = start_stack(settings, find_model())
        try:
            return asyncio.run(_talk(settings, found))
        finally:
            stack.stop()


async def _talk(settings: Settings, found: argparse.Namespace) -> int:
    async with open_house(settings) as house:
        order = await _order(house, settings, found.order) if found.order else None
        customer = await Customer(house.session, settings.public_url).arrive(language=found.language)
        try:
            talk = Talk(house, customer, order)
            await customer.wait(lambda: bool(customer.answers), ANSWER_SECONDS, "the welcome has come")
            _say(HELP)
            talk.show_new([])
            async for line in _typed():
                if line == ":quit":
                    break
                await talk.take(line)
        finally:
            await customer.leave()
    if found.save:
        found.save.write_text(record(settings, customer.conversation_id), encoding="utf-8")
        _say(f"saved as {found.save}")
    return 0


async def _order(house: House, settings: Settings, diagnosis: str) -> dict[str, Any]:
    return await OrderDesk(settings, await house.insight.demo_orders()).order_for(diagnosis)


async def _typed() -> AsyncIterator[str]:
    """What is typed or piped, until it ends."""
    while True:
        if sys.stdin.isatty():
            print("> ", end="", flush=True)  # noqa: T201
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        if not sys.stdin.isatty():
            _say(f"> {line.rstrip()}")
        if line.strip():
            yield line.strip()


class Talk:
    """One conversation; what was shown of it already."""

    def __init__(self, house: House, customer: Customer, order: dict[str, Any] | None) -> None:
        self._house = house
        self._customer = customer
        self._order = order
        self._values = placeholders(order)
        self._buttons: list[dict[str, Any]] = []
        self._shown = 0

    async def take(self, line: str) -> None:
        """One line of whoever sits there; what is refused is said."""
        commands = {":slots": self._show_slots, ":tracker": self._show_tracker, ":order": self._show_order}
        if line in commands:
            await commands[line]()
        elif line.startswith(":"):
            _say(HELP)
        else:
            try:
                await self._send(line)
            except CustomerError as error:
                _say(f"  ! {error}")

    async def _send(self, line: str) -> None:
        started = time.monotonic()
        if line.isdecimal() and 1 <= int(line) <= len(self._buttons):
            button = self._buttons[int(line) - 1]
            message = await self._customer.send(type="button", button_id=button["id"], text=button["title"])
        else:
            for name, value in self._values.items():
                line = line.replace("{" + name + "}", value)
            message = await self._customer.say(line)
        events, ended = await self._listen(message)
        for each in lines_of(thought_in(events, str(message["message_id"])), 1000 * (ended - started)):
            _say(f"  · {each}")
        turn = turn_events(events, str(message["message_id"]))
        self.show_new(turn.said if turn else ())

    async def _listen(self, message: dict[str, Any]) -> tuple[list[dict[str, Any]], float]:
        """The events once the turn is over, and when the last answer came."""
        began = changed = time.monotonic()
        count = 0
        while True:
            events = await self._events()
            turn = turn_events(events, str(message["message_id"]))
            received = sum(each["seq"] > message["seq"] for each in self._customer.answers)
            now = time.monotonic()
            if received != count:
                count, changed = received, now
            done = received >= len(turn.said) if turn and turn.finished else received > 0
            if now - began > ANSWER_SECONDS or (
                done and now - changed > QUIET_SECONDS and (turn is None or turn.finished)
            ):
                return events, changed
            if turn is None and now - began > SILENCE_SECONDS and self._customer.conversation["owner"] != "bot":
                return events, changed
            await asyncio.sleep(POLL_SECONDS)

    def show_new(self, said: Sequence[Said]) -> None:
        """The answers that were not shown yet, with their names; the newest buttons get numbers."""
        new = [each for each in self._customer.answers if each["seq"] > self._shown]
        named = name_answers([str(each["text"]) for each in new], said, self._house.sentences)
        for name, answer in zip(named.names, new, strict=True):
            _say(f"{name}: {answer['text']}")
            self._shown = answer["seq"]
            if answer.get("buttons"):
                self._buttons = answer["buttons"]
        if new and self._buttons:
            _say("  " + "  ".join(f"[{number}] {each['title']}" for number, each in enumerate(self._buttons, 1)))

    async def _events(self) -> list[dict[str, Any]]:
        return list((await self._tracker()).get("events") or [])

    async def _tracker(self) -> dict[str, Any]:
        return await self._house.insight.tracker(self._customer.conversation_id)

    async def _show_slots(self) -> None:
        for name, value in sorted(((await self._tracker()).get("slots") or {}).items()):
            if value is not None and name not in UNSHOWN[2:]:
                _say(f"  {name} = {shown(value)}")

    async def _show_tracker(self) -> None:
        for event in await self._events():
            _say("  " + shown({name: value for name, value in event.items() if name not in ("timestamp", "metadata")}))

    async def _show_order(self) -> None:
        if self._order is None:
            _say("  there is none; --order CALLBACK_MISSING makes one")
        for name, value in self._values.items():
            _say(f"  {name}: {value}")


def _say(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)  # noqa: T201
