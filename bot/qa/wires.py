"""What the four processes say to each other, led through proxies: seen, and spoiled for one conversation at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from bot.ops.stack import Stack
from bot.qa.ports import free_ports
from bot.qa.proxy import HOST, Call, Misbehaviour, Proxy


class Wires:
    """The proxies, by the process behind them: `backend`, `rasa`, `actions`."""

    def __init__(self, proxies: Mapping[str, Proxy]) -> None:
        self._proxies = proxies

    async def misbehave(self, fields: Mapping[str, Any], marks: Collection[str]) -> None:
        """A fault as the script format has it, for the calls with these marks; `refused` is for everybody."""
        values = {name: each for name, each in fields.items() if name != "who"}
        proxy = self._proxies[fields.get("who", "backend")]
        if values["what"] == "refused":
            await proxy.refuse()
        else:
            proxy.misbehave(Misbehaviour(marks=frozenset(marks), **values))

    async def behave(self, marks: Collection[str]) -> None:
        """All is well again for these."""
        for proxy in self._proxies.values():
            proxy.behave(marks)
            await proxy.listen()

    def calls_of(self, marks: Collection[str]) -> list[Call]:
        """The calls of the backend that concern these, in order, with those that met a fault."""
        return [each for each in self._proxies["backend"].calls if each.concerns(marks)]


@contextlib.asynccontextmanager
async def wires_between(stack: Stack) -> AsyncIterator[Wires]:
    """Put proxies between the processes of a running stack, which starts two of them anew, and take them out again."""
    settings = stack.settings
    backend, rasa, actions = free_ports(3)
    proxies = {
        "backend": Proxy(settings.backend_url, backend),
        "rasa": Proxy(settings.rasa_url, rasa),
        # Rasa knows the action server by its usual port, so the proxy takes that.
        "actions": Proxy(f"http://{HOST}:{actions}", settings.actions_port),
    }
    urls = {"DAOZHANG_BACKEND_URL": proxies["backend"].url, "DAOZHANG_RASA_URL": proxies["rasa"].url}
    try:
        await asyncio.to_thread(stack.kill, "actions")
        for proxy in proxies.values():
            await proxy.listen()
        moved = urls | {"DAOZHANG_ACTIONS_PORT": str(actions)}
        await asyncio.to_thread(stack.restart, "actions", environment=moved)
        await asyncio.to_thread(stack.restart, "gateway", environment=urls)
        yield Wires(proxies)
    finally:
        for proxy in proxies.values():
            await proxy.close()
        await asyncio.to_thread(stack.restart, "actions", "gateway")
