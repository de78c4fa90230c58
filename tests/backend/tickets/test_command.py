"""`python -m bot tickets` against a running backend."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.__main__ import main
from bot.backend.app import make_app
from bot.backend.tickets.command import make_parser, moment_from, money_from
from bot.backend.tickets.printing import clock, plain
from tests.backend.conftest import make_settings
from tests.backend.serving import serving
from tests.backend.tickets.desk import make_report

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
Say = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("+90m", NOW + timedelta(minutes=90)), ("+3h", NOW + timedelta(hours=3)), ("+2d", NOW + timedelta(days=2)),
        ("2026-11-25T18:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25T18:00Z", datetime(2026, 11, 25, 18, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_times_are_spans_or_moments(text: str, moment: datetime):
    assert moment_from(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "+3", "3h", "+3w", "tomorrow"])
def test_other_times_are_none(text: str):
    with pytest.raises(ValueError):
        moment_from(text, NOW)


def test_money_has_two_places():
    assert [money_from(each) for each in ("30", "30.5", "30.50")] == ["30.00", "30.50", "30.50"]
    with pytest.raises(ValueError):
        money_from("much")


def test_what_customers_write_does_not_steer_the_terminal():
    assert plain("a\x1b[2J\u202eb\nc\td") == "a\ufffd[2J\ufffdb\nc\td"


def test_times_are_shown_in_chinese_time():
    assert (clock("2026-11-24T04:30:00+00:00"), clock(None)) == ("11-24 12:30", "-")


def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        make_parser().parse_args(["--help"])
    listed = capsys.readouterr().out
    for name in ("list", "show", "reply", "note", "wait", "resolve", "close", "reopen", "assign", "requery", "repush",
                 "delivered", "correct", "refund", "approve", "merge", "report", "resume"):  # fmt: skip
        assert f"\n    {name}" in listed


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    folder = tmp_path_factory.mktemp("command")
    shutil.copy(sqlite_template, folder / "backend.db")
    settings = make_settings(folder, demo=True)
    with serving(make_app(settings, workers=False)) as url:
        yield url, settings


@pytest.fixture
def say(
    base: tuple[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Say:
    """Runs a command; gives what it printed. `fails` expects exit code 1 and gives the error."""
    url, settings = base
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAOZHANG_BACKEND_PORT", url.rpartition(":")[2])
    monkeypatch.setenv("DAOZHANG_SECRET_KEY", settings.secret_key.get_secret_value())
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, fails: bool = False) -> str:
        code = main(["tickets", *words])
        printed = capsys.readouterr()
        assert code == int(fails), printed.err
        return printed.err if fails else printed.out

    return run


@pytest.fixture
def ticket_no(base: tuple[str, Any], say: Say, request: pytest.FixtureRequest) -> Iterator[str]:
    """Alice's ticket for a demo order that failed upstream; closed again afterwards."""
    url, settings = base
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {settings.derived_key('backend')}"}, timeout=60
    ) as client:
        orders = client.get("/v1/demo/orders").json()["orders"]
        (order,) = (each for each in orders if each["diagnosis"] == "UPSTREAM_FAILED")
        factor = {"type": "phone_tail", "value": order["phone_tail"]}
        asked = {"reference": order["order_no"], "factor": factor, "customer_ref": "alice"}
        proof = client.post("/v1/verify", json=asked).json()["token"]
        headers = {"Idempotency-Key": request.node.name, "X-Owner-Proof": proof}
        body = make_report(order_no=order["order_no"], content="钱付了没到账 [red]")
        number = client.post("/v1/tickets", json=body, headers=headers).json()["ticket_no"]
    yield number
    main(["tickets", "close", number])


def test_where_an_order_goes_is_corrected_from_the_terminal(say: Say, ticket_no: str):
    assert "bad_format" in say("correct", ticket_no, "?", fails=True)
    said = say("correct", ticket_no, "13900139000", "--reason", "told by phone")
    assert "→ OK" in said and "→ 139****" in said and "13900139000" not in said
    assert "told by phone" in say("show", ticket_no)


def test_a_case_is_worked_on_from_the_terminal(say: Say, ticket_no: str):
    assert ticket_no in say("list", "--status", "open", "--type", "CALLBACK_MISSING", "--text", "没到账")
    assert "no such" not in say("list", "--assignee", "nobody at all")
    assert "now in_progress" in say("reply", ticket_no, "在查", "--promise", "+3h", "--as", "Dora")
    say("note", ticket_no, "supplier is slow", "--as", "Dora")
    assert "now waiting_customer" in say("wait", ticket_no, "customer", "--text", "哪个区服？")
    assert "now in_progress" in say("resume", ticket_no)
    assert "now waiting_upstream" in say("wait", ticket_no, "upstream", "--until", "+2d")
    say("assign", ticket_no, "Emil")
    shown = say("show", ticket_no)
    for word in ("钱付了没到账 [red]", "在查", "supplier is slow", "Dora (agent)", "Emil", "哪个区服？"):
        assert word in shown
    assert "now resolved" in say("resolve", ticket_no, "--text", "到账了")
    assert "now queued" in say("reopen", ticket_no)
    say("assign", ticket_no, "--nobody")


def test_what_is_refused_is_told_with_the_reason(say: Say, ticket_no: str):
    assert "reason=not_finished" in say("reopen", ticket_no, fails=True)
    assert "daozhang: " in say("show", "TK000000000000", fails=True)


def test_the_shop_is_told_what_to_do(say: Say, ticket_no: str):
    assert "order ABNORMAL → PROCESSING" in say("repush", ticket_no, "--as", "Dora", "--reason", "upstream is back")
    assert "reason=already_sent" in say("repush", ticket_no, fails=True)
    assert "payment PAID" in say("requery", ticket_no)
    assert "delivery IN_PROGRESS → DELIVERED" in say("delivered", ticket_no)


def test_a_large_refund_waits_for_a_second_person(say: Say, ticket_no: str):
    rejected = json.loads(say("refund", ticket_no, "rejected", "--reason", "上游处理中", "--json"))
    assert rejected["stage"] == "in_progress"
    number = json.loads(say("show", ticket_no, "--json"))["amount"]
    assert "reason=more_than_paid" in say(
        "refund", ticket_no, "approved", "--amount", str(float(number) + 1), "--expected", "+3d", fails=True
    )


def test_approvals_are_listed_and_given(say: Say, base: tuple[str, Any], ticket_no: str, monkeypatch):
    monkeypatch.setattr(base[1], "second_approval_above", Decimal("1.00"))
    asked = json.loads(say("refund", ticket_no, "approved", "--expected", "+3d", "--as", "Dora", "--json"))
    assert asked["approval_no"] in say("approve")
    assert "reason=same_person" in say("approve", asked["approval_no"], "--as", "dora", fails=True)
    assert "refund_approved  done" in say("approve", asked["approval_no"], "--as", "Emil")
    assert asked["approval_no"] not in say("approve")


def test_the_same_key_does_it_once(say: Say, ticket_no: str):
    for _ in range(2):
        say("note", ticket_no, "once only", "--key", "k1")
    notes = [each for each in json.loads(say("show", ticket_no, "--json"))["messages"] if each["text"] == "once only"]
    assert len(notes) == 1


def test_the_report_counts(say: Say, ticket_no: str):
    shown = say("report", "--days", "7")
    assert "broken promises" in shown and "CALLBACK_MISSING" in shown
    assert json.loads(say("report", "--json"))["opened"] >= 1


def test_a_backend_that_is_not_there_is_told(say: Say, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAOZHANG_BACKEND_PORT", "1")
    assert "cannot be reached" in say("list", fails=True)
