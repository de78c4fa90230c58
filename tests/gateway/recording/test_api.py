"""`/desk/api/conversations/{id}/test`: who may save a conversation as a test, and what is written down of that."""

from typing import Any

import aiohttp
import sqlalchemy as sa
import yaml

from bot.gateway.accounts.http import COOKIE
from bot.gateway.accounts.tables import audit_log
from bot.gateway.keys import ENGINE
from bot.gateway.openapi import document
from tests.fakes import FakeRasa
from tests.gateway.desk.talking import at, in_queue
from tests.gateway.desks import Browser, agent
from tests.gateway.gateways import Customer, Gateway

PATH = "/desk/api/conversations/{conversation_id}/test"


async def saved(browser: Browser, alice: Customer) -> tuple[int, aiohttp.typedefs.LooseHeaders, str]:
    url = browser.gateway.client.make_url(f"/desk/api{at(alice, '/test')}")
    async with aiohttp.ClientSession() as session:
        answer = await session.get(url, headers={"Cookie": f"{COOKIE}={browser.cookie}"})
        assert str(answer.status) in document()["paths"][PATH]["get"]["responses"]
        return answer.status, answer.headers, await answer.text()


async def looks(gateway: Gateway, alice: Customer) -> list[Any]:
    async with gateway.app[ENGINE].begin() as connection:
        query = sa.select(audit_log.c.username).where(audit_log.c.conversation_id == alice.conversation_id)
        return list(await connection.scalars(query.where(audit_log.c.action == "conversation.recorded")))


async def test_a_supervisor_gets_a_file_and_the_look_is_written_down(gateway: Gateway, rasa: FakeRasa):
    alice = await in_queue(gateway, rasa, "转人工，打 13712345678")
    status, headers, text = await saved(await agent(gateway, "sara", "supervisor"), alice)
    assert status == 200
    name = f"conversation-{alice.conversation_id[:8]}.yml"
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    script = yaml.safe_load(text)
    assert script["turns"][0]["customer"] == "转人工，打 13800000001"
    assert script["turns"][0]["bot"][-1] == "utter_handoff_away"
    assert script["then"]["owner"] == "queue"
    assert await looks(gateway, alice) == ["sara"]


async def test_an_agent_and_a_stranger_get_none(gateway: Gateway, rasa: FakeRasa):
    alice = await in_queue(gateway, rasa)
    assert (await saved(await agent(gateway, "bob"), alice))[0] == 403
    assert (await saved(Browser(gateway), alice))[0] == 401
    assert await looks(gateway, alice) == []


async def test_a_conversation_in_which_nothing_was_said_is_none(gateway: Gateway):
    alice = await gateway.customer()
    sara = await agent(gateway, "sara", "supervisor")
    assert (await saved(sara, alice))[0] == 422
    alice.conversation_id = "0" * 32
    assert (await saved(sara, alice))[0] == 404
