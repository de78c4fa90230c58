"""The signed webhooks that the gateway takes."""

import asyncio
import json
from typing import Any

import pytest

from bot.webhooks import signed_headers
from tests.fakes import FakeBackendServer
from tests.gateway.gateways import Gateway
from tests.gateway.news.making import events_key, make_event, post_event


async def test_an_event_reaches_its_customer(gateway: Gateway):
    alice = await gateway.customer()
    event = make_event("ticket.reply", customer_ref=alice.conversation_id)
    assert await post_event(gateway, event) == (200, {"saved": True})
    (text,) = await alice.until(1)
    assert "已经催了上游" in text


async def test_a_repeated_event_gets_the_same_status_and_is_told_once(gateway: Gateway):
    alice = await gateway.customer()
    event = make_event("ticket.reply", customer_ref=alice.conversation_id)
    answers = await asyncio.gather(*(post_event(gateway, event) for _ in range(8)))
    assert [status for status, _ in answers] == [200] * 8
    assert sum(body["saved"] for _, body in answers) == 1
    await post_event(gateway, make_event("ticket.reply", 2, customer_ref=alice.conversation_id))
    assert len(await alice.until(2)) == 2


async def test_an_unknown_type_is_accepted(gateway: Gateway):
    assert (await post_event(gateway, make_event("order.teleported")))[0] == 200


async def test_a_wrong_signature_is_refused(gateway: Gateway):
    status, body = await post_event(gateway, make_event(), key="another")
    assert (status, body["error"]["code"]) == (401, "not_authorized")
    status, _ = await gateway.call("POST", "/hooks/backend", json=make_event())
    assert status == 401


async def test_a_changed_body_is_refused(gateway: Gateway):
    body = json.dumps(make_event()).encode()
    headers = signed_headers(events_key(gateway.settings), "id", body)
    status, _ = await gateway.call("POST", "/hooks/backend", data=body.replace(b"c1", b"c2"), headers=headers)
    assert status == 401


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (make_event(event_id=""), 422),
        ({**make_event(), "occurred_at": "2026-11-24T10:00:00"}, 422),
        ({**make_event(), "sequence": -1}, 422),
        ({**make_event(), "data": []}, 422),
    ],
)
async def test_what_is_no_event_is_refused(gateway: Gateway, event: Any, status: int):
    assert (await post_event(gateway, event))[0] == status


async def test_signs_that_no_database_takes_are_left_out(gateway: Gateway):
    alice = await gateway.customer()
    event = make_event("ticket.reply", customer_ref=alice.conversation_id, data={"text": "好\x00了\ud800"})
    assert (await post_event(gateway, event))[0] == 200
    (text,) = await alice.until(1)
    assert text.endswith("好了")


async def test_a_large_body_is_refused(gateway: Gateway):
    assert (await post_event(gateway, b"x" * 70_000))[0] == 413


async def test_the_webhook_of_a_shop_is_passed_on_as_it_came(gateway: Gateway, backend: FakeBackendServer):
    body = '{"type": "order.updated", "note": "é"}'.encode()
    headers = {"webhook-id": "m1", "webhook-timestamp": "1", "webhook-signature": "v1,x", "Authorization": "Bearer y"}
    status, answer = await gateway.call("POST", "/hooks/shop", data=body, headers=headers)
    assert (status, answer) == (200, {"outcome": "applied"})
    assert backend.shop_hooks == [(body, {name: headers[name] for name in list(headers)[:3]})]


async def test_the_backends_refusal_of_a_shops_webhook_is_passed_back(gateway: Gateway, backend: FakeBackendServer):
    backend.refusal = 401, "not_authorized"
    assert (await gateway.call("POST", "/hooks/shop", data=b"{}"))[0] == 401
    backend.refusal = 404, "not_found"
    assert (await gateway.call("POST", "/hooks/shop", data=b"{}"))[0] == 404


async def test_a_shop_has_to_try_again_while_the_backend_is_away(gateway: Gateway, backend: FakeBackendServer):
    backend.down = True
    assert (await gateway.call("POST", "/hooks/shop", data=b"{}"))[0] == 503
