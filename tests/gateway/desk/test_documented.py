"""The desk's answers against the OpenAPI document, also for bodies that nobody should send."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.gateway.desk.bodies import BODIES
from bot.gateway.openapi import document
from tests.fakes import FakeRasa
from tests.gateway.desk.talking import at, in_queue
from tests.gateway.desks import Browser, agent
from tests.gateway.gateways import Gateway
from tests.gateway.test_openapi import JSON, check

BASE = "/desk/api/conversations"
ONE = f"{BASE}/{{conversation_id}}"
PATHS = {
    "DeskNewMessage": ("POST", "/messages"), "Retry": ("POST", "/retry"), "Claim": ("POST", "/claim"),
    "Transfer": ("POST", "/transfer"), "HandBack": ("POST", "/hand_back"), "Resolve": ("POST", "/resolve"),
    "Tags": ("POST", "/tags"), "PriorityChange": ("POST", "/priority"), "DraftChange": ("PUT", "/draft"),
    "ReadChange": ("POST", "/read"), "PresenceChange": ("PUT", ""),
}  # fmt: skip


@pytest.fixture
async def bob(gateway: Gateway) -> Browser:
    return await agent(gateway, "bob")


def documented(path: str, method: str, status: int, body: object) -> None:
    if status == 204:
        assert "204" in document()["paths"][path][method.lower()]["responses"]
    else:
        check(path, method, status, body)


async def test_the_answers_are_as_documented(gateway: Gateway, rasa: FakeRasa, bob: Browser):
    alice = await in_queue(gateway, rasa, "KM202405120001 转人工")
    carol, stranger = await agent(gateway, "carol"), Browser(gateway)
    calls: list[tuple[str, str, str, dict]] = [
        ("GET", "", "", {}),
        ("POST", "/claim", "/claim", {}),
        ("GET", "/messages", "/messages?after=0&limit=3", {}),
        ("GET", "/messages", "/messages?before=x", {}),
        ("POST", "/messages", "/messages", {"json": {"client_id": "1", "kind": "reply", "text": "hi"}}),
        ("POST", "/messages", "/messages", {"json": {"client_id": "1", "kind": "reply", "text": "hi"}}),
        ("POST", "/messages", "/messages", {"json": {"client_id": "2", "kind": "reply"}}),
        ("POST", "/messages", "/messages", {"data": b"{"}),
        ("POST", "/tags", "/tags", {"json": {"tags": ["a"]}}),
        ("POST", "/priority", "/priority", {"json": {"priority": "urgent"}}),
        ("PUT", "/draft", "/draft", {"json": {"text": "x"}}),
        ("POST", "/read", "/read", {"json": {"position": 1}}),
        ("POST", "/retry", "/retry", {"json": {"message_id": "0" * 32}}),
        ("POST", "/pictures", "/pictures", {"json": {}}),
        ("GET", "/pictures/{picture_id}", f"/pictures/{'0' * 32}", {}),
        ("POST", "/transfer", "/transfer", {"json": {"to": "nobody"}}),
        ("POST", "/hand_back", "/hand_back", {"json": {}}),
        ("POST", "/resolve", "/resolve", {}),
        ("POST", "/reopen", "/reopen", {}),
    ]
    for method, path, end, options in calls:
        for browser in (stranger, bob, carol):
            documented(ONE + path, method, *(await browser.call(method, at(alice, end), **options)))
        missing = f"/conversations/{'0' * 32}{end}"
        documented(ONE + path, method, *(await bob.call(method, missing, **options)))
    for query in ("", "?view=all&sort=newest", "?view=nope", "?limit=x", "?cursor=x"):
        documented(BASE, "GET", *(await bob.call("GET", f"/conversations{query}")))
    for query in ("?q=KM202405120001", "?q=" + "转人工", "?q="):
        documented("/desk/api/search", "GET", *(await bob.call("GET", f"/search{query}")))
    documented("/desk/api/presence", "GET", *(await bob.call("GET", "/presence")))
    documented("/desk/api/presence", "PUT", *(await bob.call("PUT", "/presence", json={"status": "away"})))
    async with gateway.client.get("/desk/api/socket") as response:
        documented("/desk/api/socket", "GET", response.status, await response.json())


def test_every_body_is_tried():
    assert {each.__name__ for each in BODIES} == set(PATHS)


@pytest.mark.parametrize("name", PATHS)
async def test_any_body_gets_a_documented_answer(gateway: Gateway, rasa: FakeRasa, bob: Browser, name: str):
    method, end = PATHS[name]
    path = ONE + end if end else "/desk/api/presence"
    operation = schemathesis.openapi.from_dict(document())[path][method]
    alice = await in_queue(gateway, rasa)
    await bob.call("POST", at(alice, "/claim"))
    bodies: list[object] = []

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(operation.as_strategy().map(lambda case: case.body), JSON))
    def collect(body: object) -> None:
        bodies.append(body)

    collect()
    for body in bodies:
        if type(body).__name__ == "NotSet":  # the body may be left out
            options: dict = {}
        else:
            options = {"json": body} if body is not None else {"data": b"null"}
        status, answer = await bob.call(method, at(alice, end) if end else "/presence", **options)
        documented(path, method, status, answer)
        assert status < 500
