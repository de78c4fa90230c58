"""The built web part, health, metrics, logs."""

import logging
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.gateway import static
from bot.logs import configure_logs
from bot.settings import Settings
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.gateways import Gateway


@pytest.fixture
def dist(settings: Settings) -> Path:
    folder = settings.var_dir / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>demo")
    (folder / "widget.js").write_text("widget()")
    (folder / "assets" / "shop-abc123.js").write_text("shop()")
    (folder / "desk" / "assets").mkdir(parents=True)
    (folder / "desk" / "index.html").write_text("<!doctype html>desk")
    (folder / "desk" / "assets" / "index-abc123.js").write_text("desk()")
    (settings.var_dir / "secret.txt").write_text("secret")
    return folder


async def test_without_a_build_it_says_what_to_do(gateway: Gateway, settings: Settings):
    settings.demo = True
    for path in ("/", "/widget.js"):
        async with gateway.client.get(path) as response:
            assert response.status == 503
            assert "make run" in await response.text()


async def test_the_widget_is_served_to_any_page_and_asked_for_again(dist: Path, gateway: Gateway):
    async with gateway.client.get("/widget.js") as response:
        assert (response.status, await response.text()) == (200, "widget()")
        assert response.content_type == "text/javascript"
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        headers = {"If-None-Match": response.headers["ETag"]}
    async with gateway.client.get("/widget.js", headers=headers) as response:
        assert response.status == 304


async def test_the_demo_page_is_strict_and_its_files_are_kept(dist: Path, gateway: Gateway, settings: Settings):
    settings.demo = True
    async with gateway.client.get("/") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with gateway.client.get("/assets/shop-abc123.js") as response:
        assert "immutable" in response.headers["Cache-Control"]


async def test_the_desk_is_strict_and_never_in_a_frame(dist: Path, gateway: Gateway, settings: Settings):
    settings.demo = False
    async with gateway.client.get("/desk") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert await response.text() == "<!doctype html>desk"
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Cache-Control"] == "no-cache"
    async with gateway.client.get("/desk/assets/index-abc123.js") as response:
        assert (response.status, await response.text()) == (200, "desk()")
        assert "immutable" in response.headers["Cache-Control"]
    async with gateway.client.get("/desk/") as response:
        assert await response.text() == "<!doctype html>desk"
    async with gateway.client.get("/desk/assets/..%2Findex.html") as response:
        assert response.status == 404


async def test_examples_are_served_to_any_page_and_nothing_else_is(gateway: Gateway):
    names = sorted(path.name for path in static.EXAMPLES.iterdir())
    assert names
    for name in names:
        async with gateway.client.get(f"/examples/{name}") as response:
            assert (response.status, response.content_type) == (200, "image/png")
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert (await response.read()).startswith(b"\x89PNG")
    for path in ("/examples/none.png", "/examples/..%2Fstatic.py", "/examples/"):
        async with gateway.client.get(path) as response:
            assert response.status == 404


async def test_outside_the_demo_there_is_no_demo(dist: Path, gateway: Gateway):
    for path in ("/", "/demo/orders"):
        assert (await gateway.call("GET", path))[0] == 404


@pytest.mark.parametrize("name", ["..%2f..%2fsecret.txt", "..", "nothing.js", "%2e%2e"])
async def test_nothing_else_can_be_read(dist: Path, gateway: Gateway, name: str):
    async with gateway.client.get(f"/assets/{name}") as response:
        assert response.status == 404


async def test_the_demo_orders_come_from_the_backend(gateway: Gateway, settings: Settings, backend: FakeBackendServer):
    settings.demo = True
    status, body = await gateway.call("GET", "/demo/orders")
    assert (status, body["orders"][0]["order_no"]) == (200, "KM202405120001")
    backend.down = True
    status, body = await gateway.call("GET", "/demo/orders")
    assert (status, body["error"]["code"]) == (503, "backend_unavailable")


async def test_readiness_names_what_is_up(gateway: Gateway, backend: FakeBackendServer, rasa: FakeRasa):
    assert await gateway.call("GET", "/readyz") == (
        200,
        {"status": "ready", "dependencies": {"database": True, "backend": True, "rasa": True}},
    )
    backend.down = True
    rasa.token = "another"
    assert await gateway.call("GET", "/readyz") == (
        200,
        {"status": "degraded", "dependencies": {"database": True, "backend": False, "rasa": False}},
    )
    assert await gateway.call("GET", "/healthz") == (200, {"status": "ok"})


async def test_metrics_count_requests_by_route_and_messages(gateway: Gateway):
    alice = await gateway.customer()
    await alice.send("1", text="a")
    await alice.until(2)
    async with gateway.client.get("/metrics") as response:
        text = await response.text()
    route = "/api/conversations/{conversation_id}/messages"
    assert f'gateway_requests_total{{method="POST",route="{route}",status="202"}} 1.0' in text
    assert 'gateway_messages_total{kind="incoming"} 1.0' in text
    assert alice.conversation_id not in text


async def test_only_operators_see_counters_and_dependencies(gateway: Gateway, settings: Settings):
    through_proxy = {"X-Forwarded-For": "1.1.1.1"}
    assert await gateway.call("GET", "/readyz", headers=through_proxy) == (200, {"status": "ready"})
    for token in ("", "guess"):
        assert (await gateway.call("GET", "/metrics", token, headers=through_proxy))[0] == 404
    settings.metrics_token = SecretStr("for prometheus")
    assert (await gateway.call("GET", "/metrics", "guess", headers=through_proxy))[0] == 404
    status, body = await gateway.call("GET", "/readyz", "for prometheus", headers=through_proxy)
    assert (status, body["dependencies"]["rasa"]) == (200, True)


async def test_the_log_has_no_words_of_a_customer_and_no_token(gateway: Gateway, capsys: pytest.CaptureFixture[str]):
    configure_logs("DEBUG")
    try:
        alice = await gateway.customer(page_url="https://shop.example/?secret=1")
        await alice.send("1", text="my very own words")
        await alice.call("GET", "/messages?after=1&token=abcdef")
        logging.getLogger("elsewhere").warning("a line of a library")
        out = capsys.readouterr().out
    finally:
        structlog.reset_defaults()
        logging.basicConfig(force=True, handlers=[logging.NullHandler()])
    assert '"route": "/api/conversations/{conversation_id}/messages"' in out
    assert "a line of a library" in out
    for secret in ("very own words", alice.token, "abcdef", "secret=1"):
        assert secret not in out
