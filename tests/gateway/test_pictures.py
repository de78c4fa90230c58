from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from bot.gateway.conversations.pictures import mime_of
from bot.gateway.keys import SWITCHBOARD
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Customer, Gateway
from tests.gateway.house import says

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100


async def test_a_picture_goes_to_the_backend_and_the_bot_gets_its_id(
    gateway: Gateway, backend: FakeBackendServer, rasa: FakeRasa
):
    alice = await gateway.customer()
    status, body = await alice.upload(PNG)
    assert status == 201
    assert backend.evidence == {"e1": (PNG, alice.conversation_id)}
    status, sent = await alice.send("1", type="picture", picture_id=body["picture_id"])
    assert (status, sent["message"]["picture_id"]) == (202, body["picture_id"])
    await alice.until(2)
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1"}']


async def test_a_caption_is_kept_and_read_after_its_picture(gateway: Gateway, rasa: FakeRasa):
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    caption = "KM202405120001 没到账 密码是abc123456"
    status, sent = await alice.send("1", type="picture", picture_id=body["picture_id"], text=caption)
    assert (status, sent["message"]["text"]) == (202, "KM202405120001 没到账 密码是***")
    await alice.until(4)
    assert rasa.asked_texts() == ['/send_picture{"evidence_id":"e1"}', "KM202405120001 没到账 密码是***"]


class Clock:
    """The gateway's time, which stands still until a test moves it."""

    now = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


@pytest.fixture
def clock(gateway: Gateway) -> Clock:
    clock = Clock()
    gateway.app[SWITCHBOARD].now = lambda: clock.now
    return clock


async def get(gateway: Gateway, url: str) -> tuple[int, bytes]:
    """What a browser gets that has only the link."""
    async with gateway.client.get(URL(url, encoded=True)) as response:
        return response.status, await response.read()


async def link_of(customer: Customer, picture_id: str) -> str:
    status, body = await customer.call("GET", f"/pictures/{picture_id}")
    assert status == 200, body
    return str(body["url"])


async def test_a_picture_is_seen_through_a_link_of_its_conversation(gateway: Gateway, clock: Clock):
    alice, bob = await gateway.customer(), await gateway.customer()
    _, body = await alice.upload(PNG)
    picture_id = body["picture_id"]
    status, link = await alice.call("GET", f"/pictures/{picture_id}")
    assert (status, link["expires_at"]) == (200, (clock.now + timedelta(minutes=10)).isoformat())
    async with gateway.client.get(URL(link["url"], encoded=True)) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", PNG)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "private, max-age=600"
    assert (await bob.call("GET", f"/pictures/{picture_id}"))[0] == 404
    assert (await gateway.call("GET", f"{alice.path}/pictures/{picture_id}"))[0] == 401
    assert (await bob.send("1", type="picture", picture_id=picture_id))[0] == 422


async def test_the_token_alone_shows_no_picture(gateway: Gateway):
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    assert (await alice.call("GET", f"/pictures/{body['picture_id']}/file"))[0] == 404


async def test_a_link_expires_and_a_new_one_works(gateway: Gateway, clock: Clock):
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    url = await link_of(alice, body["picture_id"])
    clock.now += timedelta(seconds=599)
    assert (await get(gateway, url))[0] == 200
    clock.now += timedelta(seconds=1)
    assert (await get(gateway, url))[0] == 404
    assert await get(gateway, await link_of(alice, body["picture_id"])) == (200, PNG)


async def test_how_long_links_work_is_a_setting(gateway: Gateway, settings: Settings, clock: Clock):
    settings.picture_link_seconds = 5
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    url = await link_of(alice, body["picture_id"])
    clock.now += timedelta(seconds=5)
    assert (await get(gateway, url))[0] == 404


async def test_an_altered_link_shows_nothing(gateway: Gateway):
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    _, second = await alice.upload(PNG + b"2")
    url = await link_of(alice, body["picture_id"])
    expires = url.partition("expires=")[2].partition("&")[0]
    signature = url.partition("signature=")[2]
    flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
    for altered in (
        url.replace(expires, str(int(expires) + 3600)),
        url.replace(expires, "0" + expires),
        url.replace(expires, "x"),
        url.replace(signature, flipped),
        url.replace(signature, signature.upper()),
        url.replace(signature, ""),
        url.replace(signature, "%C3%A9"),
        url.replace(body["picture_id"], second["picture_id"]),
        url.partition("?")[0],
    ):
        assert altered != url
        assert (await get(gateway, altered))[0] == 404, altered
    assert (await get(gateway, url))[0] == 200


async def test_a_link_of_another_conversation_shows_nothing(gateway: Gateway):
    alice, bob = await gateway.customer(), await gateway.customer()
    _, body = await alice.upload(PNG)
    url = await link_of(alice, body["picture_id"])
    assert (await get(gateway, url.replace(alice.conversation_id, bob.conversation_id)))[0] == 404


async def test_a_deleted_picture_is_not_found(gateway: Gateway, backend: FakeBackendServer):
    alice = await gateway.customer()
    _, body = await alice.upload(PNG)
    url = await link_of(alice, body["picture_id"])
    backend.evidence.clear()
    assert (await get(gateway, url))[0] == 404


@pytest.mark.parametrize(
    "data", [b"", b"\x89PN", b"<svg onload=alert(1)>", b"%PDF-1.7" + b"x" * 99, b"GIF89a" + b"x" * 99]
)
async def test_what_is_no_picture_is_refused_in_the_customers_language(
    gateway: Gateway, backend: FakeBackendServer, data: bytes
):
    alice = await gateway.customer(language="en")
    status, body = await alice.upload(data)
    assert (status, body["error"]["code"]) == (415, "unsupported_picture")
    assert body["error"]["message"] == says("utter_picture_failed", "en")
    assert backend.evidence == {}


async def test_a_large_picture_is_refused_while_it_comes(
    gateway: Gateway, backend: FakeBackendServer, settings: Settings
):
    settings.upload_max_bytes = 200_000
    alice = await gateway.customer()
    status, body = await alice.upload(PNG + b"x" * 200_000)
    assert (status, body["error"]["code"]) == (413, "too_large")
    assert (await alice.upload(PNG + b"x" * 150_000))[0] == 201


async def test_a_picture_that_the_backend_cannot_read_is_refused_too(gateway: Gateway, backend: FakeBackendServer):
    backend.refusal = (415, "unsupported_picture")
    alice = await gateway.customer()
    status, body = await alice.upload(PNG)
    assert (status, body["error"]["message"]) == (415, says("utter_picture_failed"))


async def test_a_backend_that_is_down_is_told_so_and_the_picture_can_come_again(
    gateway: Gateway, backend: FakeBackendServer
):
    backend.down = True
    alice = await gateway.customer()
    status, body = await alice.upload(PNG)
    assert (status, body["error"]["code"]) == (503, "backend_unavailable")
    backend.down = False
    assert (await alice.upload(PNG))[0] == 201


async def test_a_form_without_a_file_is_refused(gateway: Gateway):
    alice = await gateway.customer()
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    other = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    for data, headers, status in [
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b"nothing", {"Content-Type": "multipart/form-data"}, 400),
        (b"nothing", boundary, 400),
        (other, boundary, 422),
    ]:
        assert (await alice.call("POST", "/pictures", data=data, headers=headers))[0] == status


@pytest.mark.parametrize(
    ("start", "mime"),
    [
        (b"\xff\xd8\xff\xe0xxxxxxxx", "image/jpeg"),
        (PNG[:12], "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(start: bytes, mime: str | None):
    assert mime_of(start) == mime
