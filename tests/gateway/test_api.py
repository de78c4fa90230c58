"""The customer API over HTTP."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.gateway.accounts.model import address_key
from bot.gateway.identity import sign_identity
from bot.gateway.keys import STORE, SWITCHBOARD
from tests.fakes import FakeRasa
from tests.gateway.gateways import Gateway
from tests.gateway.house import says


async def test_a_conversation_begins_with_a_greeting_in_its_language(gateway: Gateway):
    status, opened = await gateway.call("POST", "/api/conversations", json={"language": "en-GB"})
    assert status == 201
    assert opened["conversation"] | {"conversation_id": "", "created_at": ""} == {
        "conversation_id": "",
        "language": "en",
        "owner": "bot",
        "last_seq": 1,
        "read_seq": 0,
        "created_at": "",
    }
    alice = await gateway.customer(language="en")
    (greeting,) = await alice.messages(after=0)
    assert greeting["text"] == says("utter_greet", "en")
    assert (greeting["sender"], greeting["kind"], greeting["seq"]) == ("bot", "outgoing", 1)
    assert [set(each) for each in greeting["buttons"]] == [{"id", "title"}] * 5


async def test_a_message_is_accepted_at_once_and_answered_later(gateway: Gateway, rasa: FakeRasa):
    rasa.go_on.clear()
    alice = await gateway.customer()
    status, body = await alice.send("1", text="充值没到账")
    assert (status, body["message"]["text"], body["message"]["status"]) == (202, "充值没到账", "received")
    assert body["message"]["client_id"] == "1"
    rasa.go_on.set()
    assert await alice.until(2) == ["充值没到账", "echo: 充值没到账"]
    assert [each["status"] for each in await alice.messages()] == ["received", "sent"]


async def test_sending_again_gives_the_same_message(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    _, first = await alice.send("1", text="a")
    status, again = await alice.send("1", text="something else")
    assert (status, again) == (200, first)
    assert await alice.until(2) == ["a", "echo: a"]
    assert rasa.asked_texts() == ["a"]


async def test_a_button_is_pressed_by_its_id(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    (greeting,) = await alice.messages(after=0)
    button = greeting["buttons"][2]
    status, body = await alice.send("1", type="button", button_id=button["id"], text="ignored")
    assert (status, body["message"]["text"]) == (202, button["title"])
    await alice.until(2)
    assert rasa.asked_texts() == ["/paid_not_received"]


async def test_a_payload_as_text_is_only_text(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    await alice.send("1", text="/request_human")
    await alice.until(2)
    assert rasa.asked_texts() == ["request_human"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"type": "text", "text": "x"},
        {"client_id": "1"},
        *(
            {"client_id": "1", **fields}
            for fields in (
                {"type": "text"},
                {"type": "text", "text": "  "},
                {"type": "text", "text": "\x00"},
                {"type": "text", "text": "x" * 2001},
                {"type": "text", "text": 5},
                {"type": "video", "text": "x"},
                {"type": "button", "text": "x"},
                {"type": "button", "button_id": "x"},
                {"type": "button", "button_id": "0" * 32},
                {"type": "picture", "picture_id": "0" * 32},
            )
        ),
        *({"client_id": each, "type": "text", "text": "x"} for each in ("", "x" * 65, "a\nb", 1, "ü")),
    ],
)
async def test_a_wrong_message_is_refused_and_not_kept(gateway: Gateway, body: object):
    alice = await gateway.customer()
    status, answer = await alice.call("POST", "/messages", json=body)
    assert (status, answer["error"]["code"]) == (422, "invalid")
    assert await alice.messages() == []


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 60000, b'{"a": NaN'])
async def test_what_is_no_json_is_refused(gateway: Gateway, data: bytes):
    alice = await gateway.customer()
    status, answer = await alice.call("POST", "/messages", data=data)
    assert (status, answer["error"]["code"]) == (400, "bad_request")


async def test_a_body_has_a_limit(gateway: Gateway):
    alice = await gateway.customer()
    status, answer = await alice.call("POST", "/messages", data=b" " * 70_000)
    assert (status, answer["error"]["code"]) == (413, "too_large")


async def test_text_that_no_database_takes_is_cleaned(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    data = b'{"client_id": "1", "type": "text", "text": " a\\u0000b\\ud800c\\u001b "}'
    await alice.call("POST", "/messages", data=data)
    assert (await alice.until(2))[0] == "abc"
    assert rasa.asked_texts() == ["abc"]


async def test_a_secret_is_neither_kept_nor_passed_on(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    await alice.send("1", text="密码：hunter2abc 订单KM202405120001")
    texts = await alice.until(3)
    assert texts[:2] == ["密码：*** 订单KM202405120001", says("utter_secret_redacted")]
    assert rasa.asked_texts() == ["密码：*** 订单KM202405120001"]
    async with gateway.app[STORE].engine.connect() as connection:
        for table in ("messages", "turns"):
            rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()
            assert "hunter2" not in str(rows)


async def test_only_the_holder_of_the_token_sees_a_conversation(gateway: Gateway):
    alice, bob = await gateway.customer(), await gateway.customer()
    for method, path in [
        ("GET", ""),
        ("PATCH", ""),
        ("GET", "/messages"),
        ("POST", "/messages"),
        ("POST", "/pictures"),
    ]:
        assert (await gateway.call(method, alice.path + path))[0] == 401
        for token in (bob.token, "", "x", "\u00fc"):
            status, body = await gateway.call(method, alice.path + path, token, json={})
            assert (status, body["error"]["code"]) in [(404, "not_found"), (401, "not_authorized")]
    unknown = "0" * 32
    foreign = await gateway.call("GET", alice.path, bob.token)
    missing = await gateway.call("GET", f"/api/conversations/{unknown}", bob.token)
    assert foreign[0] == missing[0] == 404
    assert foreign[1]["error"] == missing[1]["error"]


async def test_a_long_poll_waits_for_the_next_message(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    poll = asyncio.create_task(alice.messages(after=1, wait=30))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await alice.send("1", text="a")
    assert [each["text"] for each in await poll][:1] == ["a"]  # the answer may have come meanwhile


async def test_a_long_poll_ends_empty_handed(gateway: Gateway):
    alice = await gateway.customer()
    assert await alice.messages(after=1, wait=1) == []


async def test_pages_of_messages_join_without_a_gap(gateway: Gateway):
    alice = await gateway.customer()
    for number in range(3):
        await alice.send(str(number), text=str(number))
    await alice.until(6)
    pages = [await alice.messages(after=after, limit=2) for after in (0, 2, 4, 6)]
    assert [[each["seq"] for each in page] for page in pages] == [[1, 2], [3, 4], [5, 6], [7]]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1.5", "wait=1e3", "after=%00", "after=9999999999999"])
async def test_a_wrong_query_is_refused(gateway: Gateway, query: str):
    alice = await gateway.customer()
    status, body = await alice.call("GET", f"/messages?{query}")
    assert (status, body["error"]["code"]) == (422, "invalid")


async def test_reading_and_language_are_changed_by_patch(gateway: Gateway):
    alice = await gateway.customer()
    status, body = await alice.call("PATCH", json={"language": "en", "read_seq": 1})
    assert status == 200
    assert (body["conversation"]["language"], body["conversation"]["read_seq"]) == ("en", 1)
    assert (await alice.messages())[0]["text"] == says("utter_greet", "en")
    for wrong in ({"language": "fr"}, {"read_seq": -1}, {"read_seq": "x"}):
        assert (await alice.call("PATCH", json=wrong))[0] == 422


def signed(user_id: str = "alice", secret: str = "shop", age: int = 0) -> dict:
    issued_at = int(time.time()) - age
    return {"user_id": user_id, "issued_at": issued_at, "signature": sign_identity(secret, user_id, issued_at)}


async def test_a_signed_identity_is_passed_to_the_bot(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer(identity={**signed(), "name": "Alice"})
    await alice.send("1", text="a")
    await alice.until(2)
    metadata = rasa.asked[0]["metadata"]
    assert (metadata["identity"], metadata["customer_id"]) == ("alice", "user:alice")


async def test_a_signed_identity_does_not_hold_for_ever(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer(identity=signed())
    switchboard = gateway.app[SWITCHBOARD]
    switchboard.now = lambda: datetime.now(UTC) + timedelta(hours=13)
    await alice.send("1", text="a")
    await alice.until(2)
    metadata = rasa.asked[0]["metadata"]
    assert (metadata["identity"], metadata["customer_id"]) == (None, "user:alice")


async def test_without_an_identity_the_conversation_is_the_customer(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    await alice.send("1", text="a")
    await alice.until(2)
    metadata = rasa.asked[0]["metadata"]
    assert (metadata["identity"], metadata["customer_id"]) == (None, alice.conversation_id)


@pytest.mark.parametrize("identity", [signed(secret="guess"), signed(age=90_000), {**signed(), "user_id": "bob"}])
async def test_a_wrong_identity_opens_nothing(gateway: Gateway, identity: dict):
    status, body = await gateway.call("POST", "/api/conversations", json={"identity": identity})
    assert (status, body["error"]["code"]) == (401, "not_authorized")


async def test_the_page_is_kept_without_its_query(gateway: Gateway):
    await gateway.customer(page_url="https://user:pass@shop.example/cart?token=secret#x")
    async with gateway.app[STORE].engine.connect() as connection:
        urls = (await connection.exec_driver_sql("SELECT page_url FROM conversations")).scalars().all()
    assert urls == ["https://shop.example/cart"]


async def test_the_address_is_kept_as_a_digest_that_the_actions_get(gateway: Gateway, rasa: FakeRasa):
    for client_id in ("1", "2"):
        customer = await gateway.customer()
        await customer.send(client_id, text="hi")
        await customer.until(2)
    first, second = (body["metadata"]["address_key"] for body in rasa.asked)
    assert first == second
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert first not in (address_key("127.0.0.1"), address_key("::1"))  # which anybody could work out


@pytest.mark.parametrize("origin", ["https://shop.example", None])
async def test_a_known_page_may_use_the_api(gateway: Gateway, origin: str | None):
    headers = {"Origin": origin} if origin else {}
    async with gateway.client.post("/api/conversations", json={}, headers=headers) as response:
        assert response.status == 201
        assert response.headers.get("Access-Control-Allow-Origin") == origin
        assert response.headers["Vary"] == "Origin"


async def test_another_page_may_not(gateway: Gateway):
    headers = {"Origin": "https://evil.example"}
    async with gateway.client.post("/api/conversations", json={}, headers=headers) as response:
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers
        assert (await response.json())["error"]["code"] == "forbidden_origin"
    async with gateway.client.options("/api/conversations", headers=headers) as response:
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_a_browser_may_ask_first(gateway: Gateway):
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    async with gateway.client.options("/api/conversations/" + "0" * 32, headers=headers) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Methods"] == "GET, POST, PATCH"
        assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


async def test_an_error_can_be_read_by_the_page_too(gateway: Gateway):
    headers = {"Origin": "https://shop.example"}
    async with gateway.client.get("/api/conversations/" + "0" * 32, headers=headers) as response:
        assert response.status == 401
        assert response.headers["Access-Control-Allow-Origin"] == "https://shop.example"


async def test_an_answer_carries_the_id_of_its_request(gateway: Gateway):
    async with gateway.client.get("/api/nothing", headers={"X-Request-ID": "abc-1"}) as response:
        assert response.status == 404
        assert response.headers["X-Request-ID"] == "abc-1"
        assert (await response.json())["request_id"] == "abc-1"


async def test_a_wrong_method_says_which_are_right(gateway: Gateway):
    async with gateway.client.delete("/api/conversations") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


async def test_an_agents_note_is_never_listed(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    rasa.go_on.clear()
    await alice.send("1", text="a")
    await rasa.arrived.wait()
    await gateway.app[SWITCHBOARD].take_over(alice.conversation_id, "bob")
    rasa.go_on.set()
    await alice.send("2", text="b")
    assert [each["text"] for each in await alice.messages()] == ["a", "b"]
