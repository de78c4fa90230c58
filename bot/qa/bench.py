"""The four real processes for tests: own ports, own databases, nothing shared with what runs besides."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bot.ops.stack import Stack
from bot.ops.train import model_path
from bot.qa.desk import DeskAgent
from bot.qa.insight import Insight
from bot.qa.model import Script
from bot.qa.naming import Sentences
from bot.qa.orders import OrderDesk
from bot.qa.outside import Outside
from bot.qa.result import Result
from bot.qa.runner import House, Performance, play_all
from bot.settings import ROOT, Settings

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
CHECK_SECONDS = 0.5
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


def bench_settings(var_dir: Path) -> Settings:
    """Settings for a helpdesk of its own below `var_dir`, without limits that many customers at once would meet."""
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
        messages_per_minute=100_000,
        conversations_per_minute=100_000,
        # The scripts report many similar cases at once; the one about incidents opens its own.
        incident_cases=100_000,
    )


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """A way to a helpdesk that is running on these settings."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    # Loopback must not go through a proxy of the environment, which aiohttp ignores unless told otherwise.
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        insight, sentences = Insight(session, settings), Sentences(domain["responses"])
        outside, desk = Outside(session, settings), DeskAgent(session, settings)
        yield House(session, settings.public_url, insight, sentences, outside, desk)


async def run_scripts(
    settings: Settings,
    scripts: Sequence[Script],
    at_once: int,
    done: Callable[[Result], None],
    *,
    check: Callable[[], None] = lambda: None,
    stop_at_first: bool = False,
) -> list[Result]:
    """Play the scripts on a running helpdesk; `done` is called with each as soon as it is over.

    check: is called all the time and raises when it makes no sense to go on.
    stop_at_first: whether the first failure ends the run; what was not over then has no result.
    """
    results: list[Result] = []
    failed = asyncio.Event()
    async with open_house(settings) as house:
        desk = OrderDesk(settings, await house.insight.demo_orders())

        async def play(script: Script) -> Result:
            order = await desk.order_for(script.order, script.amount) if script.order else None
            result = await Performance(house, script, order).play()
            results.append(result)
            done(result)
            if not result.passed:
                failed.set()
            return result

        async def play_everything() -> None:
            await play_all([each for each in scripts if not each.alone], play, at_once)
            # They move the time of all conversations, so they come last and one by one.
            await play_all([each for each in scripts if each.alone], play, 1)

        ends: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(play_everything()),
            asyncio.ensure_future(_check_on(check)),
        ]
        if stop_at_first:
            ends.append(asyncio.ensure_future(failed.wait()))
        try:
            over, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in over:
                each.result()
        finally:
            for each in ends:
                each.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
    return sorted(results, key=lambda each: (each.script.file, each.script.line))


async def _check_on(check: Callable[[], None]) -> None:
    while True:
        check()
        await asyncio.sleep(CHECK_SECONDS)


@contextlib.contextmanager
def own_helpdesk(model: Path) -> Iterator[Stack]:
    """A helpdesk with this model that is stopped and forgotten in the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="daozhang-qa-") as folder:
        stack = start_stack(bench_settings(Path(folder)), model)
        try:
            yield stack
        finally:
            stack.stop()


def end_in_order() -> None:
    """From now on SIGTERM, SIGHUP and Ctrl-C end this process by SystemExit, so that it stops what it has started."""
    for number in ENDINGS:
        signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    for each in ENDINGS:  # The end itself is not to be interrupted.
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


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
