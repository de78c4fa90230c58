"""The four real processes for tests: own ports, own databases, nothing shared with what runs besides."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from pydantic import SecretStr

from bot.formats import SHANGHAI
from bot.ops.stack import Stack
from bot.ops.train import model_path
from bot.qa.bot_api import TOKEN, BotApi
from bot.qa.customer import CustomerError
from bot.qa.desk import DeskAgent
from bot.qa.insight import Insight
from bot.qa.model import Script
from bot.qa.orders import OrderDesk
from bot.qa.outside import Outside
from bot.qa.ports import free_ports
from bot.qa.result import Result
from bot.qa.runner import Performance, play_all
from bot.qa.stage import House
from bot.qa.telegram_book import Book
from bot.qa.wires import wires_between
from bot.recording.naming import Sentences
from bot.settings import ROOT, Settings

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
CHECK_SECONDS = 0.5
# The desk is closed for so long, half a day from the start, so that only a script that goes there meets it.
CLOSED = timedelta(minutes=3)


class CannotRunError(Exception):
    """Something that the tests need is not there; the message says what to do."""


def find_model() -> Path:
    """The model of the present dialog. Raises CannotRunError when there is none, or no Rasa to load it."""
    if not RASA.exists():
        raise CannotRunError("there is no .venv-rasa; `make run` makes it")
    model = model_path()
    if not model.exists():
        raise CannotRunError("models/ has no model of the present dialog; `make train` trains it")
    return model


def bench_settings(var_dir: Path, telegram_api_url: str = "") -> Settings:
    """Settings for a helpdesk of its own below `var_dir`, without limits that many customers at once would meet.

    telegram_api_url: the Bot API server whose customers it talks to; without it there is no Telegram.
    """
    backend, gateway, rasa, actions = free_ports(4)
    return Settings(
        _env_file=None,
        demo=True,
        var_dir=var_dir,
        gateway_host="127.0.0.1",
        public_url="",
        gateway_url="",
        gateway_port=gateway,
        backend_port=backend,
        rasa_port=rasa,
        actions_port=actions,
        backend_database_url="",
        gateway_database_url="",
        rasa_database_url="",
        backend_url="",
        rasa_url="",
        identity_secret=SecretStr("the shop of the conversation tests"),
        desk_hours=hours_around(datetime.now(SHANGHAI)),
        telegram_token=SecretStr(TOKEN if telegram_api_url else ""),
        telegram_api_url=telegram_api_url or "http://127.0.0.1:9",
        handoff_amount=Decimal("1000.00"),
        messages_per_minute=100_000,
        conversations_per_minute=100_000,
        resume_tries_of_address=100_000,
        verify_tries_of_address=100_000,
        # The scripts report many similar cases at once; the one about incidents opens its own.
        incident_cases=100_000,
    )


def hours_around(now: datetime) -> str:
    """Opening hours that end half a day from now, and begin again soon after that."""
    closing = now + timedelta(hours=12)
    return f"{closing + CLOSED:%H:%M}-{closing:%H:%M}"


@contextlib.contextmanager
def serving_bot_api() -> Iterator[BotApi]:
    """A Bot API server in a thread of its own, for callers whose event loops come and go."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bot api", daemon=True)
    thread.start()
    server = BotApi()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(30)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """A way to a helpdesk that is running on these settings."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    # Loopback must not go through a proxy of the environment, which aiohttp ignores unless told otherwise.
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        insight, sentences = Insight(session, settings), Sentences(domain["responses"])
        outside, desk = Outside(session, settings), DeskAgent(session, settings)
        async with Book(settings) as book:
            yield House(session, settings.public_url, insight, sentences, outside, desk, book)


async def run_scripts(
    settings: Settings,
    scripts: Sequence[Script],
    at_once: int,
    done: Callable[[Result], None],
    stack: Stack | None = None,
    *,
    stop_at_first: bool = False,
) -> list[Result]:
    """Play the scripts on a running helpdesk; `done` is called with each as soon as it is over.

    stack: its processes; StackError as soon as one of them ends. Scripts that spoil or count calls need it: two of the
    processes are then started anew for a while.
    stop_at_first: whether the first failure ends the run; what was not over then has no result.
    """
    async with open_house(settings) as house:
        player = Player(house, OrderDesk(settings, await house.insight.demo_orders()), done)
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(_play_everything(player, scripts, at_once, stack))]
        if stack:
            ends.append(asyncio.ensure_future(_check_on(stack)))
        if stop_at_first:
            ends.append(asyncio.ensure_future(player.failed.wait()))
        try:
            over, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in over:
                each.result()
        finally:
            for each in ends:
                each.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
    return sorted(player.results, key=lambda each: (each.script.file, each.script.line))


async def _play_everything(player: "Player", scripts: Sequence[Script], at_once: int, stack: Stack | None) -> None:
    wired = [each for each in scripts if each.wired]
    plain = [each for each in scripts if not each.wired]
    await play_all([each for each in plain if not each.alone], player.play, at_once)
    if wired:
        if stack is None:
            raise CannotRunError("scripts with faults or calls need a helpdesk that was started for them")
        house = player.house
        async with wires_between(stack) as wires:
            player.house = replace(house, wires=wires)
            await play_all([each for each in wired if not each.alone], player.play, at_once)
            await play_all([each for each in wired if each.alone], player.play, 1)
        player.house = house
    # They move the time of all conversations, so they come last and one by one.
    await play_all([each for each in plain if each.alone], player.play, 1)
    if stack:
        stack.check()


async def _check_on(stack: Stack) -> None:
    while True:
        stack.check()
        await asyncio.sleep(CHECK_SECONDS)


@dataclass
class Player:
    """Plays one script after the other, each with an order of its own, and keeps the results."""

    house: House
    desk: OrderDesk
    done: Callable[[Result], None]
    results: list[Result] = field(default_factory=list)
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    async def play(self, script: Script) -> Result:
        try:
            if script.given.clock:
                self.house.outside.set_clock(script.given.clock)
            order = await self.desk.order_for(script.order, script.amount) if script.order else None
            result = await Performance(self.house, script, order).play()
        except KeyError:
            result = Result(script, [f"there is no demo order {script.order}"], script.line)
        except (ValueError, CustomerError) as error:
            result = Result(script, [str(error)], script.line)
        self.results.append(result)
        self.done(result)
        if not result.passed:
            self.failed.set()
        return result


@contextlib.contextmanager
def own_helpdesks(model: Path, count: int) -> Iterator[list[Stack]]:
    """Helpdesks with this model, ready, that are stopped and forgotten in the end, whatever happens."""
    with contextlib.ExitStack() as held:
        stacks: list[Stack] = []
        for _ in range(count):
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix="daozhang-qa-"))
            bot_api = held.enter_context(serving_bot_api())
            stacks.append(Stack(bench_settings(Path(folder), bot_api.url), model))
            held.callback(stacks[-1].stop)
            stacks[-1].start()
        for stack in stacks:
            stack.wait_ready()
        yield stacks


def start_stack(settings: Settings, model: Path) -> Stack:
    """The four processes, ready; raises StackError and leaves nothing behind when one does not get ready."""
    stack = Stack(settings, model)
    try:
        stack.start()
        stack.wait_ready()
    except BaseException:
        stack.stop()
        raise
    return stack
