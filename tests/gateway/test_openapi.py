"""The OpenAPI document against the routes and the answers."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.gateway.openapi import document
from tests.gateway.gateways import Gateway
from tests.gateway.test_pictures import PNG

# Not for customers: pages, scripts, and what machines read.
OTHERS = {
    "/", "/widget.js", "/assets/{name}", "/desk", "/desk/", "/desk/assets/{name}", "/examples/{name}", "/metrics",
    "/openapi.json", "/hooks/backend", "/hooks/shop",
}  # fmt: skip


def validator(schema: dict) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document()["components"]})


def check(path: str, method: str, status: int, body: object) -> None:
    """Whether the document foresees this answer."""
    answers = document()["paths"][path][method.lower()]["responses"]
    assert str(status) in answers, f"{method} {path} answered {status}"
    validator(answers[str(status)]["content"]["application/json"]["schema"]).validate(body)


async def test_every_route_is_in_the_document_and_the_reverse(gateway: Gateway):
    routes = {
        (route.resource.canonical, route.method.lower())
        for route in gateway.app.router.routes()
        if route.resource and route.method != "HEAD" and route.resource.canonical not in OTHERS
    }
    documented = {
        (path, method)
        for path, operations in document()["paths"].items()
        for method in operations
        if method != "parameters"
    }
    assert routes == documented


async def test_the_document_is_served(gateway: Gateway):
    status, body = await gateway.call("GET", "/openapi.json")
    assert (status, body["openapi"]) == (200, "3.1.0")
    assert body == document()


def test_every_reference_leads_somewhere():
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document())))
    assert names <= set(document()["components"]["schemas"])


async def test_the_answers_are_as_documented(gateway: Gateway):
    base = "/api/conversations"
    one, messages, pictures = (f"{base}/{{conversation_id}}{end}" for end in ("", "/messages", "/pictures"))
    status, opened = await gateway.call("POST", base, json={})
    check(base, "POST", status, opened)
    alice = await gateway.customer()
    for method, path, end, options in [
        ("GET", one, "", {}),
        ("PATCH", one, "", {"json": {"language": "en"}}),
        ("PATCH", one, "", {"json": {"language": "xx"}}),
        ("PATCH", one, "", {"data": b"{"}),
        ("GET", messages, "/messages", {}),
        ("GET", messages, "/messages?after=x", {}),
        ("POST", messages, "/messages", {"json": {"client_id": "1", "type": "text", "text": "a"}}),
        ("POST", messages, "/messages", {"json": {"client_id": "1", "type": "text", "text": "a"}}),
        ("POST", messages, "/messages", {"data": b"x" * 70_000}),
        ("POST", pictures, "/pictures", {"json": {}}),
    ]:
        status, body = await alice.call(method, end, **options)
        check(path, method, status, body)
        status, body = await gateway.call(method, alice.path + end, **options)
        check(path, method, status, body)
        headers = {"Origin": "https://evil.example"}
        status, body = await gateway.call(method, alice.path + end, alice.token, headers=headers, **options)
        check(path, method, status, body)
    for data in (PNG, b"x"):
        check(pictures, "POST", *(await alice.upload(data)))
    _, uploaded = await alice.upload(PNG)
    for picture_id in (uploaded["picture_id"], "0" * 32):
        check(f"{pictures}/{{picture_id}}", "GET", *(await alice.call("GET", f"/pictures/{picture_id}")))
        check(f"{pictures}/{{picture_id}}/file", "GET", *(await alice.call("GET", f"/pictures/{picture_id}/file")))
    for path in ("/healthz", "/readyz", "/demo/orders"):
        check(path, "GET", *(await gateway.call("GET", path)))
    async with gateway.client.get(alice.path + "/socket") as response:
        check(f"{one}/socket", "GET", response.status, await response.json())


BODIES = {
    "NewConversation": ("POST", "/api/conversations"),
    "ConversationChange": ("PATCH", "/api/conversations/{conversation_id}"),
    "NewMessage": ("POST", "/api/conversations/{conversation_id}/messages"),
}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@pytest.mark.parametrize("name", BODIES)
async def test_any_body_gets_a_documented_answer(gateway: Gateway, name: str):
    """Bodies by the schema, and any JSON at all: never an error of the server."""
    method, path = BODIES[name]
    operation = schemathesis.openapi.from_dict(document())[path][method]
    alice = await gateway.customer()
    bodies: list[object] = []

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(operation.as_strategy().map(lambda case: case.body), JSON))
    def collect(body: object) -> None:
        bodies.append(body)

    collect()
    for body in bodies:
        url = path.replace("{conversation_id}", alice.conversation_id)
        options = {"json": body} if body is not None else {"data": b"null", "headers": {}}
        status, answer = await gateway.call(method, url, alice.token, **options)
        check(path, method, status, answer)
        assert status < 500
