"""Reports over HTTP: who may see them, which days they are about, what is told without the backend, CSV."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator

from bot.backend.client import DELAYS
from bot.gateway.accounts.http import COOKIE
from bot.gateway.keys import ENGINE
from bot.gateway.openapi import document
from bot.gateway.reports.sheets import OF_THE_BACKEND, TABLES
from tests.fakes import FakeBackendServer, FakeRasa
from tests.gateway.desks import Browser, Clock, agent
from tests.gateway.gateways import Gateway
from tests.gateway.reports.test_store import add

# 18:00 on 30 November in China.
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


@pytest.fixture
async def supervisor(gateway: Gateway) -> Browser:
    found = await agent(gateway, "sara", "supervisor")
    Clock(gateway).now = NOW
    return found


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that is away is not asked again and again."""
    assert DELAYS
    monkeypatch.setattr("bot.backend.client.DELAYS", ())


def case(conversation_id: str | None, **more: Any) -> dict[str, Any]:
    usual = {
        "conversation_id": conversation_id, "opened_at": NOW.isoformat(), "product": "game_card",
        "type": "UPSTREAM_STUCK", "cause": "C1", "promise": "kept", "score": 5,
    }  # fmt: skip
    return {**usual, **more}


async def report(browser: Browser, query: str = "?from=2026-11-29&to=2026-11-30") -> dict[str, Any]:
    status, body = await browser.call("GET", f"/reports{query}")
    assert status == 200, body
    schema = {**document()["components"]["schemas"]["Report"], "components": document()["components"]}
    Draft202012Validator(schema).validate(body)
    return body


async def sheet(browser: Browser, query: str) -> tuple[int, aiohttp.typedefs.LooseHeaders, str]:
    url = browser.gateway.client.make_url(f"/desk/api/reports.csv?{query}")
    async with aiohttp.ClientSession() as session:
        answer = await session.get(url, headers={"Cookie": f"{COOKIE}={browser.cookie}"})
        return answer.status, answer.headers, (await answer.read()).decode()


async def fill(gateway: Gateway, backend: FakeBackendServer) -> None:
    """Two days: a Telegram conversation that was answered after two minutes, and one that the bot led alone."""
    engine = gateway.app[ENGINE]
    await add(
        engine, "a", "greets", "asks", "handed_off:angry", "claimed", "answers", "resolved",
        began=NOW - timedelta(hours=2), channel="telegram",
    )  # fmt: skip
    await add(engine, "b", "greets", "asks", began=NOW - timedelta(days=1), score=2)
    backend.report_cases = [case("a"), case(None, product=None, cause="C4", promise="broken", score=None)]


async def test_a_report_of_two_days(gateway: Gateway, backend: FakeBackendServer, supervisor: Browser):
    await fill(gateway, backend)
    found = await report(supervisor)
    assert found["volume"] == [
        {"day": "2026-11-29", "conversations": 1, "handoffs": 0, "resolved": 0},
        {"day": "2026-11-30", "conversations": 1, "handoffs": 1, "resolved": 1},
    ]
    assert (found["first_response"]["p50"], found["resolution"]["p50"]) == (120, 180)
    assert found["containment"] == {"bot_only": 1, "handed_off": 1, "share": 0.5}
    assert found["reasons"] == [{"reason": "angry", "count": 1}]
    assert {each["cause"]: each["count"] for each in found["causes"] if each["count"]} == {"C1": 1, "C4": 1}
    assert (found["sla"]["share"], found["csat"]["mean"], found["csat"]["count"]) == (0.5, 3.5, 2)
    lines = {each["channel"]: (each["conversations"], each["cases"]) for each in found["by_channel"]}
    assert lines == {"telegram": (1, 1), "web": (1, 0)}
    assert [each["product"] for each in found["by_product"]] == ["game_card"]
    assert backend.report_ranges == [("2026-11-28T16:00:00+00:00", "2026-11-30T16:00:00+00:00")]


async def test_cuts(gateway: Gateway, backend: FakeBackendServer, supervisor: Browser):
    await fill(gateway, backend)
    web = await report(supervisor, "?channel=web")
    assert (web["containment"]["bot_only"], web["reasons"], web["sla"]["kept"]) == (1, [], 0)
    cards = await report(supervisor, "?product=game_card")
    assert (cards["containment"]["handed_off"], cards["csat"]["mean"]) == (1, 5.0)
    none = await report(supervisor, "?product=membership&channel=")
    assert (none["containment"]["share"], none["by_product"]) == (None, [])


async def test_without_days_it_is_the_last_month(gateway: Gateway, supervisor: Browser):
    found = await report(supervisor, "")
    assert (found["from"], found["to"], len(found["volume"])) == ("2026-11-01", "2026-11-30", 30)


async def test_today_ends_at_midnight_in_china(gateway: Gateway, supervisor: Browser):
    Clock(gateway).now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert (await report(supervisor, ""))["to"] == "2026-12-01"


async def test_without_the_backend_the_rest_is_told(gateway: Gateway, backend: FakeBackendServer, supervisor: Browser):
    await fill(gateway, backend)
    backend.down = True
    found = await report(supervisor)
    assert (found["backend"], found["sla"], found["by_product"]) == (False, None, None)
    assert found["first_response"]["count"] == 1
    status, body = await supervisor.call("GET", "/reports?product=game_card")
    assert (status, body["error"]["code"]) == (503, "backend_unavailable")
    assert (await sheet(supervisor, "table=sla"))[0] == 503
    assert (await sheet(supervisor, "table=volume"))[0] == 200


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("from=2026-11-30&to=2026-11-29", ["from", "to"]), ("from=2025-11-29&to=2026-11-30", ["from", "to"]),
        ("from=2026-02-30", ["from"]), ("to=tomorrow", ["to"]), ("to=20261130", ["to"]), ("from=0001-01-01", ["from"]),
        ("channel=fax", ["channel"]), ("product=%3D1", ["product"]), ("day=1", ["day"]),
    ],
)  # fmt: skip
async def test_what_is_no_range_or_cut_is_refused(supervisor: Browser, query: str, fields: list[str]):
    status, body = await supervisor.call("GET", f"/reports?{query}")
    assert (status, body["error"]["fields"]) == (422, fields)


async def test_a_leap_year_is_a_year(supervisor: Browser):
    assert len((await report(supervisor, "?from=2024-01-01&to=2024-12-31"))["volume"]) == 366


async def test_only_supervisors_see_reports(gateway: Gateway, supervisor: Browser):
    bob = await agent(gateway, "bob")
    assert (await bob.call("GET", "/reports"))[0] == 403
    assert (await sheet(bob, "table=volume"))[0] == 403
    assert (await sheet(Browser(gateway), "table=volume"))[0] == 401
    admin = await agent(gateway, "ada", "admin")
    assert (await admin.call("GET", "/reports"))[0] == 200


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_every_table_is_a_file(gateway: Gateway, backend: FakeBackendServer, supervisor: Browser, table: str):
    await fill(gateway, backend)
    status, headers, text = await sheet(supervisor, f"table={table}&from=2026-11-29&to=2026-11-30")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert headers["Content-Disposition"] == f'attachment; filename="{table}-2026-11-29-2026-11-30.csv"'
    assert headers["Cache-Control"] == "no-store"
    assert text.startswith("\ufeff") and len(text.splitlines()) >= 2


async def test_a_reason_cannot_become_a_formula(gateway: Gateway, supervisor: Browser):
    await add(gateway.app[ENGINE], "x", "asks", """handed_off:=HYPERLINK("http://x","y")""", began=NOW)
    _, _, text = await sheet(supervisor, "table=reasons")
    assert text.splitlines()[1] == """"'=HYPERLINK(""http://x"",""y"")",1"""


@pytest.mark.parametrize("query", ["", "table=", "table=audit_log", "table=volume&x=1"])
async def test_another_table_is_refused(supervisor: Browser, query: str):
    assert (await sheet(supervisor, query))[0] == 422


def test_what_needs_the_backend_is_a_table():
    assert set(TABLES) >= OF_THE_BACKEND


async def test_what_is_done_at_the_desk_is_what_the_report_counts(
    gateway: Gateway, rasa: FakeRasa, backend: FakeBackendServer, supervisor: Browser
):
    clock = Clock(gateway)
    clock.now = NOW
    bob = await agent(gateway, "bob")
    alice, carol = await gateway.customer(), await gateway.customer()
    await carol.send("1", text="怎么充值")
    await carol.until(2)
    rasa.answer = lambda _: [{"text": "转"}, {"custom": {"handoff": {"reason": "angry"}}}]
    await alice.send("1", text="转人工")
    await alice.until(3)
    at = f"/conversations/{alice.conversation_id}"
    clock.move(minutes=1)
    assert (await bob.call("POST", f"{at}/claim"))[0] == 200
    clock.move(minutes=2)
    await bob.call("POST", f"{at}/messages", json={"client_id": "n1", "kind": "note", "text": "在看"})
    clock.move(minutes=1)
    await bob.call("POST", f"{at}/messages", json={"client_id": "r1", "kind": "reply", "text": "您好"})
    clock.move(minutes=6)
    assert (await bob.call("POST", f"{at}/resolve", json={}))[0] == 200
    found = await report(supervisor)
    assert found["volume"][1] == {"day": "2026-11-30", "conversations": 2, "handoffs": 1, "resolved": 1}
    assert found["reasons"] == [{"reason": "angry", "count": 1}]
    assert (found["first_response"]["p50"], found["first_response"]["unanswered"]) == (240, 0)
    assert found["resolution"]["p50"] == 600
    assert found["containment"] == {"bot_only": 1, "handed_off": 1, "share": 0.5}
