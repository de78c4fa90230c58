"""Many similar cases become one incident; its customers hear of its beginning and its end, each once."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from bot.__main__ import main
from bot.backend.database import DATABASE
from bot.backend.incidents.model import Scope
from bot.backend.incidents.store import live_incident_of_ticket, open_incident
from bot.backend.orders.model import Delivery, Order
from bot.backend.timers.runner import fire_timers
from bot.settings import Settings
from tests.backend.changes.town import forward, heard, published, reported, settle
from tests.backend.conftest import NOW
from tests.backend.events.receiver import Receiver
from tests.backend.factories import add_order, make_order
from tests.backend.orders.asking import diagnose
from tests.backend.tickets.desk import prove

HOUR = timedelta(hours=1)


async def add_stuck(client: TestClient, number: int, **changes) -> str:
    """An order that its supplier does not answer for."""
    late = {"created_at": NOW - 2 * HOUR, "paid_at": NOW - 2 * HOUR, "supplier": "sup-1"}
    return await add_order(client, f"KM{number}", record=make_order(f"KM{number}", **{**late, **changes}))


async def report_stuck(client: TestClient, *numbers: int, **changes) -> None:
    """Customer number n reports order number n."""
    for number in numbers:
        order_no = await add_stuck(client, number, **changes)
        await reported(client, f"customer-{number}", order_no, type="UPSTREAM_STUCK")


async def incidents(client: TestClient, query: str = "") -> list[dict]:
    return (await (await client.get(f"/v1/incidents{query}")).json())["incidents"]


async def test_the_fifth_report_makes_it_one(client: TestClient, receiver: Receiver):
    await report_stuck(client, 1, 2, 3, 4)
    assert await incidents(client) == []
    await report_stuck(client, 5)
    (found,) = await incidents(client)
    assert (found["scope"], found["name"]) == ("product", "游戏点卡 30 元直充")
    assert (found["orders"], found["customers"], found["closed_at"]) == (5, 5, None)
    for number in range(1, 6):
        assert heard(receiver, f"customer-{number}") == ["incident.opened"]
    told = next(iter(receiver.told.values()))
    assert told["data"] == {name: found[name] for name in ("incident_no", "scope", "name")}
    assert told["ticket_no"] is not None


async def test_a_new_customer_is_told_at_once_and_a_late_report_joins(client: TestClient, receiver: Receiver):
    await report_stuck(client, 1, 2, 3, 4, 5)
    (found,) = await incidents(client)
    order_no = await add_stuck(client, 6, paid_at=NOW - timedelta(minutes=5))
    answer = await diagnose(client, order_no, await prove(client, "dora", order_no))
    assert answer["diagnosis"] == "IN_WINDOW"
    assert answer["incident"] == {
        "incident_no": found["incident_no"], "scope": "product", "name": found["name"], "since": found["opened_at"]
    }  # fmt: skip
    await report_stuck(client, 7)
    (found,) = await incidents(client, "?live=true")
    assert (found["orders"], found["customers"]) == (7, 7)
    # She read it in the dialog; the other one reported what they had asked about before.
    assert heard(receiver, "dora") == []
    assert heard(receiver, "customer-7") == ["incident.opened"]
    await reported(client, "dora", order_no)
    forward(client, hours=1)
    await settle(client)
    assert "incident.opened" not in heard(receiver, "dora")


async def test_an_order_that_has_nothing_to_do_with_it_has_none(client: TestClient):
    await report_stuck(client, 1, 2, 3, 4, 5)
    for number, changes in ((6, {"product": "话费", "supplier": "sup-2"}), (7, {"order": Order.PENDING_PAYMENT,
                            "delivery": Delivery.NONE, "paid_at": None})):  # fmt: skip
        order_no = await add_stuck(client, number, **changes)
        assert (await diagnose(client, order_no, await prove(client, "dora", order_no)))["incident"] is None


async def test_at_the_end_everybody_hears_once(client: TestClient, receiver: Receiver):
    await report_stuck(client, 1, 2, 3, 4, 5)
    # One customer has a second order in it, another only asked.
    order_no = await add_stuck(client, 6)
    await reported(client, "customer-1", order_no, type="UPSTREAM_STUCK")
    order_no = await add_stuck(client, 7)
    await diagnose(client, order_no, await prove(client, "dora", order_no))
    (found,) = await incidents(client)
    answers = await asyncio.gather(*(client.post(f"/v1/incidents/{found['incident_no']}/close") for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    await settle(client)
    for number in range(1, 6):
        assert heard(receiver, f"customer-{number}") == ["incident.opened", "incident.closed"]
    assert heard(receiver, "dora") == ["incident.closed"]
    assert await incidents(client, "?live=true") == []
    assert (await incidents(client))[0]["closed_at"] is not None
    assert (await client.post("/v1/incidents/IN0/close")).status == 404


async def test_what_goes_on_afterwards_is_another_incident(client: TestClient, receiver: Receiver):
    await report_stuck(client, 1, 2, 3, 4, 5)
    (first,) = await incidents(client)
    await client.post(f"/v1/incidents/{first['incident_no']}/close")
    await report_stuck(client, 6, 7, 8, 9)
    assert await incidents(client, "?live=true") == []
    await report_stuck(client, 10)
    (second,) = await incidents(client, "?live=true")
    assert (second["incident_no"] != first["incident_no"], second["orders"]) == (True, 5)


async def test_what_was_told_to_be_over_does_not_begin_again_with_the_same_reports(
    client: TestClient, receiver: Receiver
):
    await report_stuck(client, 1, 2, 3, 4, 5)
    (first,) = await incidents(client)
    await client.post(f"/v1/incidents/{first['incident_no']}/close")
    for _ in range(12):  # the orders are looked at again before the supplier has worked all of them off
        forward(client, minutes=1)
        await settle(client)
    assert [each["incident_no"] for each in await incidents(client)] == [first["incident_no"]]
    for number in range(1, 6):
        assert heard(receiver, f"customer-{number}") == ["incident.opened", "incident.closed"]


async def test_slow_drips_are_no_incident(client: TestClient):
    for number in range(1, 8):
        await report_stuck(client, number, paid_at=NOW - 24 * HOUR)
        forward(client, minutes=8)
        await settle(client)
    assert await incidents(client) == []


async def test_many_reports_of_one_order_are_one_case(client: TestClient):
    order_no = await add_stuck(client, 1)
    for number in range(8):
        await reported(client, f"customer-{number}", order_no, type="UPSTREAM_STUCK")
    assert await incidents(client) == []


async def test_different_products_of_one_supplier_are_the_supplier_s(client: TestClient):
    for number in range(1, 6):
        await report_stuck(client, number, product=f"商品 {number}")
    (found,) = await incidents(client)
    assert (found["scope"], found["name"]) == ("supplier", "sup-1")


async def test_reports_at_the_same_time_make_one_incident(client: TestClient, receiver: Receiver):
    order_nos = [await add_stuck(client, number) for number in range(12)]
    for number, order_no in enumerate(order_nos):
        proof = await prove(client, f"customer-{number}", order_no)
        headers = {"X-Owner-Proof": proof, "Idempotency-Key": str(number)}
        body = {"order_no": order_no, "type": "UPSTREAM_STUCK", "customer_ref": f"customer-{number}"}
        assert (await client.post("/v1/tickets", json=body, headers=headers)).status == 201
    await asyncio.gather(*(fire_timers(client.app) for _ in range(6)))
    await settle(client)
    (found,) = await incidents(client)
    assert found["orders"] == 12
    assert sorted(await published(client)) == sorted(("incident.opened", f"customer-{n}") for n in range(12))


async def test_two_at_once_open_the_same(client: TestClient):
    async def open_it() -> int:
        async with client.app[DATABASE].begin() as connection:
            row, _ = await open_incident(connection, Scope.CHANNEL, "wechat", NOW)
            return row.id

    assert len(set(await asyncio.gather(*(open_it() for _ in range(8))))) == 1


async def test_an_operator_may_know_it_first(client: TestClient, receiver: Receiver):
    await report_stuck(client, 1)
    answer = await client.post("/v1/incidents", json={"scope": "supplier", "name": "sup-1"})
    assert answer.status == 200
    again = await client.post("/v1/incidents", json={"scope": "supplier", "name": "sup-1"})
    assert (await again.json())["incident_no"] == (await answer.json())["incident_no"]
    await settle(client)
    assert heard(receiver, "customer-1") == ["incident.opened"]
    order_no = await add_stuck(client, 2)
    proof = await prove(client, "dora", order_no)
    assert (await diagnose(client, order_no, proof))["incident"]["scope"] == "supplier"


async def test_the_ticket_knows_its_incident(client: TestClient):
    await report_stuck(client, 1, 2, 3, 4)
    ticket_no = await reported(client, "customer-5", await add_stuck(client, 5), type="UPSTREAM_STUCK")
    async with client.app[DATABASE].begin() as connection:
        assert await live_incident_of_ticket(connection, ticket_no)
        assert await live_incident_of_ticket(connection, "TK0") is None


@pytest.fixture
def command_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOZHANG_BACKEND_DATABASE_URL", settings.backend_database_url)


def test_the_command_line_opens_lists_and_closes(command_line: None, capsys: pytest.CaptureFixture[str]):
    assert main(["incidents", "open", "channel", "wechat"]) == 0
    incident_no = capsys.readouterr().out.strip()
    assert main(["incidents", "list"]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"{incident_no}  channel: wechat  ")
    assert line.endswith("– now  0 orders, 0 customers\n")
    assert main(["incidents", "close", incident_no]) == 0
    assert "0 customers are told" in capsys.readouterr().out
    assert main(["incidents", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["incidents", "list", "--all"]) == 0
    assert incident_no in capsys.readouterr().out


def test_the_command_line_cannot_close_what_is_not_there(command_line: None, capsys: pytest.CaptureFixture[str]):
    assert main(["incidents", "close", "IN0"]) == 1
    assert "there is no incident IN0" in capsys.readouterr().err
