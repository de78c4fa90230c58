"""Every script below this folder, on the four real processes through the widget's socket."""

from datetime import UTC, datetime

import pytest

from bot.backend.orders.demo import demo_orders
from bot.qa.format import LANGUAGES
from bot.qa.model import Script
from bot.qa.report import failure_of
from bot.qa.scripts import find_scripts, load_vocabulary
from tests.conversations.conftest import Results

SCRIPTS = find_scripts([], load_vocabulary())
# Scripts that move the clock are played after all others.
SECONDS = 1200.0


def place_of(script: Script) -> str:
    return f"{script.file.removeprefix('tests/conversations/')}:{script.line}{script.variation}"


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("script", SCRIPTS, ids=place_of)
def test_the_conversation_goes_as_written(script: Script, results: Results):
    result = results[script.place].result(SECONDS)
    assert result.passed, failure_of(result)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_demo_order_has_a_script_that_reaches_its_diagnosis(language: str):
    listed = {each.order_no: each.diagnosis for each in demo_orders(datetime.now(UTC)) if each.first}
    played = {each.order: each.then.diagnosis for each in SCRIPTS if each.order in listed and each.language == language}
    assert played == listed
