"""Plays all chosen scripts at once, several at a time; each test then waits for its own result."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest

from bot.ops.stack import Stack
from bot.qa.bench import run_scripts
from bot.qa.model import Script
from bot.qa.result import Result

AT_ONCE = 8
Results = Mapping[str, Future[Result]]


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest, helpdesk: Stack) -> Iterator[Results]:
    """The results by `file::name`, as they come in."""
    chosen = [each.callspec.params.get("script") for each in request.session.items if hasattr(each, "callspec")]
    scripts = [each for each in chosen if isinstance(each, Script)]
    futures: dict[str, Future[Result]] = {each.place: Future() for each in scripts}

    def done(result: Result) -> None:
        futures[result.script.place].set_result(result)

    def play() -> None:
        try:
            asyncio.run(run_scripts(helpdesk.settings, scripts, AT_ONCE, done, helpdesk))
        except BaseException as error:
            for future in futures.values():
                if not future.done():
                    future.set_exception(error)

    thread = threading.Thread(target=play, name="conversation tests", daemon=True)
    thread.start()
    yield futures
    thread.join(60)
