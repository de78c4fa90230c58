"""Errors, the service token and bodies, over HTTP."""

import pytest
from aiohttp.test_utils import TestClient

VERIFY = {"reference": "KM1", "factor": {"type": "phone_tail", "value": "0001"}, "customer_ref": "alice"}


async def test_an_answer_names_the_request(backend_client: TestClient):
    answer = await backend_client.get("/nothing", headers={"X-Request-ID": "abc-1"})
    assert answer.status == 404
    assert answer.headers["X-Request-ID"] == "abc-1"
    assert (await answer.json())["error"]["code"] == "not_found"
    assert (await answer.json())["request_id"] == "abc-1"


async def test_a_strange_request_id_is_replaced(backend_client: TestClient):
    answer = await backend_client.get("/nothing", headers={"X-Request-ID": "a b<c>"})
    assert answer.headers["X-Request-ID"] != "a b<c>"


@pytest.mark.parametrize("value", ["", "Bearer wrong", "Basic x"])
async def test_without_the_service_token_nothing_is_answered(backend_client: TestClient, value: str):
    answer = await backend_client.post("/v1/verify", json=VERIFY, headers={"Authorization": value})
    assert answer.status == 401
    assert (await answer.json())["error"]["code"] == "not_authorized"


async def test_a_wrong_method_says_which_are_right(backend_client: TestClient):
    answer = await backend_client.get("/v1/verify")
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert (await answer.json())["error"]["code"] == "bad_request"


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"\xff", b'{"reference": NaN}', b"[" * 200_000])
async def test_a_body_that_is_not_json_is_a_bad_request(backend_client: TestClient, body: bytes):
    answer = await backend_client.post("/v1/verify", data=body)
    assert answer.status == 400
    assert (await answer.json())["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "a\x00"}, "reference"),
        ({"customer_ref": "\ud800"}, "customer_ref"),
        ({"factor": {"type": "shoe", "value": "46"}}, "factor.type"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_wrong_field_is_named_but_not_repeated(backend_client: TestClient, change: dict, field: str):
    answer = await backend_client.post("/v1/verify", json={**VERIFY, **change})
    error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["fields"]) == (422, "invalid", [field])


async def test_an_unexpected_error_shows_nothing_of_its_inside(
    backend_client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    async def fail(*_: object) -> None:
        raise RuntimeError("card secret 1234")

    monkeypatch.setattr("bot.backend.ownership.api.do_verify", fail)
    answer = await backend_client.post("/v1/verify", json=VERIFY)
    assert answer.status == 500
    assert "1234" not in await answer.text()
    assert (await answer.json())["error"]["code"] == "internal_error"
    assert "card secret 1234" in capsys.readouterr().out
