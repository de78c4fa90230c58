"""The four real processes for tests: own ports, own databases, nothing shared with what runs besides."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

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
    settings: Settings, scripts: Sequence[Script], at_once: int, done: Callable[[Result], None]
) -> list[Result]:
    """Play the scripts on a running helpdesk; `done` is called with each as soon as it is over."""
    async with open_house(settings) as house:
        desk = OrderDesk(settings, await house.insight.demo_orders())

        async def play(script: Script) -> Result:
            order = await desk.order_for(script.order, script.amount) if script.order else None
            result = await Performance(house, script, order).play()
            done(result)
            return result

        results = await play_all([each for each in scripts if not each.alone], play, at_once)
        # They move the time of all conversations, so they come last and one by one.
        return results + await play_all([each for each in scripts if each.alone], play, 1)


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
