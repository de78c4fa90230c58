"""A script on a helpdesk that is not there: it fails, and tells so."""

from pathlib import Path

from bot.qa.bench import bench_settings, open_house
from bot.qa.model import Act, Given, Outcome, Script, Turn
from bot.qa.runner import Performance

SCRIPT = Script("alice.yml", 3, "hello", Given(), (Turn(4, Act("text", "hello"), ()),), Outcome(5, owner="bot"))


async def test_a_helpdesk_that_is_not_there_is_a_failure_and_no_crash(tmp_path: Path):
    async with open_house(bench_settings(tmp_path)) as house:
        result = await Performance(house, SCRIPT, None).play()
    assert not result.passed
    assert result.failure[0].startswith("ClientConnectorError: ")
    assert (result.line, result.turns, result.trackers) == (3, [], [])
