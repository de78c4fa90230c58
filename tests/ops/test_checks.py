"""What `doctor` says of events."""

from pathlib import Path

from aiohttp import web

from bot.ops.checks import check_events
from tests.backend.conftest import make_settings
from tests.backend.serving import serving


def findings(folder: Path, answer: object) -> list[tuple[str, str]]:
    async def show(request: web.Request) -> web.Response:
        return web.json_response(answer)

    app = web.Application()
    app.router.add_get("/healthz", show)
    with serving(app) as url:
        settings = make_settings(folder, backend_port=int(url.rsplit(":", 1)[1]))
        return [(each.level, each.says) for each in check_events(settings)]


def test_it_warns_of_events_that_were_given_up(tmp_path: Path):
    health = {"status": "ok", "events": {"waiting": 1, "dead": 2}}
    assert findings(tmp_path, health) == [("warn", "2 were given up")]


def test_what_waits_is_well(tmp_path: Path):
    health = {"status": "ok", "events": {"waiting": 3, "dead": 0}}
    assert findings(tmp_path, health) == [("ok", "3 wait for the gateway")]


def test_another_program_on_the_port_is_not_judged(tmp_path: Path):
    assert findings(tmp_path, ["hello"]) == []
