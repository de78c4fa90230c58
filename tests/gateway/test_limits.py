"""Limits per conversation and per address."""

from collections.abc import AsyncIterator

import pytest

from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import says


@pytest.fixture
async def strict(settings: Settings, rasa: FakeRasa, backend: FakeBackendServer) -> AsyncIterator[Gateway]:
    rasa.token = settings.derived_key("rasa")
    settings.rasa_port, settings.rasa_url = rasa.port, f"http://127.0.0.1:{rasa.port}"
    settings.messages_per_minute, settings.conversations_per_minute, settings.trusted_proxies = 2, 3, 1
    async with Gateway(settings) as gateway:
        yield gateway


async def test_too_many_messages_are_refused_in_the_customers_language(strict: Gateway):
    alice = await strict.customer(language="en")
    assert [(await alice.send(str(n), text="hi"))[0] for n in range(2)] == [202, 202]
    status, body = await alice.send("3", text="hi")
    assert (status, body["error"]["code"]) == (429, "rate_limited")
    assert body["error"]["message"] == says("utter_rate_limited", "en")
    assert 1 <= body["error"]["retry_after"] <= 60
    assert (await alice.send("1", text="hi"))[0] == 200  # sending again costs nothing
    bob = await strict.customer()
    assert (await bob.send("1", text="hi"))[0] == 202


async def test_switching_the_language_again_and_again_is_refused_too(strict: Gateway):
    alice = await strict.customer(language="en")
    for language in ("zh", "en"):
        assert (await alice.call("PATCH", json={"language": language}))[0] == 200
    status, body = await alice.call("PATCH", json={"language": "zh"})
    assert (status, body["error"]["message"]) == (429, says("utter_rate_limited", "en"))


async def test_a_refused_message_says_when_to_try_again_in_a_header(strict: Gateway):
    alice = await strict.customer()
    for number in range(2):
        await alice.send(str(number), text="hi")
    headers = {"Authorization": f"Bearer {alice.token}"}
    body = {"client_id": "9", "type": "text", "text": "hi"}
    async with strict.client.post(alice.path + "/messages", json=body, headers=headers) as response:
        assert response.status == 429
        assert int(response.headers["Retry-After"]) >= 1


async def test_too_many_conversations_of_one_address_are_refused(strict: Gateway):
    async def open_from(forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        return (await strict.call("POST", "/api/conversations", json={}, headers=headers))[0]

    assert [await open_from("1.1.1.1") for _ in range(4)] == [201, 201, 201, 429]
    assert await open_from("2.2.2.2") == 201
    # What the client itself put there does not count; only the last entry is the proxy's.
    assert await open_from("3.3.3.3, 1.1.1.1") == 429
    assert await open_from("1.1.1.1, 4.4.4.4") == 201


async def test_without_trusted_proxies_the_header_means_nothing(gateway: Gateway, settings: Settings):
    settings.conversations_per_minute = 1
    async with Gateway(settings) as strict:
        headers = [{"X-Forwarded-For": f"1.1.1.{n}"} for n in range(2)]
        statuses = [(await strict.call("POST", "/api/conversations", json={}, headers=each))[0] for each in headers]
    assert statuses == [201, 429]


async def test_a_frame_too_many_says_which_message_it_was(strict: Gateway):
    alice = await strict.customer()
    ws = await alice.connect()
    for _ in range(20):
        await ws.send("ping")
    await ws.send("message_send", message={"client_id": "1", "type": "text", "text": "hi"})
    refused = (await ws.until("error"))[-1]
    assert (refused["code"], refused["client_id"]) == ("rate_limited", "1")
    assert refused["retry_after"] >= 1
