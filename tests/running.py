"""The four real processes, started once for all tests that need them."""

from collections.abc import Iterator

import pytest

from bot.ops.stack import Stack
from bot.ops.steps import raise_on_signals
from bot.qa.bot_api import BotApi


@pytest.fixture(scope="session")
def bot_api() -> Iterator[BotApi]:
    """The Bot API server whose customers the helpdesk talks to."""
    from bot.qa.bench import serving_bot_api

    with serving_bot_api() as server:
        yield server


@pytest.fixture(scope="session")
def helpdesk(tmp_path_factory: pytest.TempPathFactory, bot_api: BotApi) -> Iterator[Stack]:
    """A helpdesk with its own ports and databases; tests that kill a process start it again."""
    # Imported here, as every test run loads this file.
    from bot.qa.bench import CannotRunError, bench_settings, find_model, start_stack

    try:
        model = find_model()
    except CannotRunError as reason:
        pytest.skip(str(reason))
    raise_on_signals()  # Whoever ends the tests ends the helpdesk, too.
    stack = start_stack(bench_settings(tmp_path_factory.mktemp("helpdesk"), bot_api.url), model)
    try:
        yield stack
    finally:
        stack.stop()
