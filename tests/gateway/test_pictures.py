import pytest

from bot.gateway.conversations.pictures import mime_of
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway
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


async def test_only_its_conversation_sees_a_picture(gateway: Gateway):
    alice, bob = await gateway.customer(), await gateway.customer()
    _, body = await alice.upload(PNG)
    path = f"/pictures/{body['picture_id']}"
    headers = {"Authorization": f"Bearer {alice.token}"}
    async with gateway.client.get(alice.path + path, headers=headers) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", PNG)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (await bob.call("GET", path))[0] == 404
    assert (await bob.send("1", type="picture", picture_id=body["picture_id"]))[0] == 422


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
