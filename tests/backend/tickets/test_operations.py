"""What is done at the shop is done once, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.backend.app import make_app
from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.orders.model import Delivery, Order
from bot.backend.orders.operations import order_operations
from bot.backend.orders.repairs import Repaired, RepairOrder
from bot.backend.orders.sources import SOURCES, ReadOnlySource, SourceUnavailableError
from bot.backend.payments.model import PaymentRecord
from bot.backend.payments.store import save_payments
from bot.backend.tickets import operations
from bot.backend.timers.runner import fire_timers
from bot.backend.timers.store import timers
from bot.settings import Settings
from tests.backend.conftest import Clock
from tests.backend.factories import add_order, make_order
from tests.backend.tickets.desk import act, case, look, prove, report
from tests.backend.tickets.making import NOW, ORDER_NO
from tests.backend.tickets.test_history import check_complete, published


async def open_case(client: TestClient, source: str = "embedded", **changes: Any) -> str:
    """A ticket for an order of 30 yuan."""
    values = {"order": Order.FAILED, "delivery": Delivery.FAILED, **changes}
    await add_order(client, ORDER_NO, record=make_order(ORDER_NO, **values), source=source)
    _, ticket = await report(client, proof=await prove(client))
    return ticket["ticket_no"]


async def done_at_the_shop(client: TestClient) -> int:
    async with client.app[DATABASE].begin() as connection:
        return (await connection.execute(select(func.count()).select_from(order_operations))).scalar_one()


async def test_a_payment_that_is_found_is_booked_and_looked_at(backend_client: TestClient):
    ticket_no = await open_case(backend_client, order=Order.PENDING_PAYMENT, delivery=Delivery.NONE, paid_at=None)
    async with backend_client.app[DATABASE].begin() as connection:
        paid = PaymentRecord(order_no=ORDER_NO, amount=Decimal("30.00"), paid_at=NOW)
        await save_payments(connection, ORDER_NO, [paid])
    status, done = await act(backend_client, ticket_no, "requery")
    assert (status, done["order"]) == (200, {
        "before": {"order": "PENDING_PAYMENT", "delivery": "NONE"}, "after": {"order": "PAID", "delivery": "QUEUED"},
        "payment": "PAID", "changed": True,
    })  # fmt: skip
    async with backend_client.app[DATABASE].begin() as connection:
        found = select(timers.c.due_at).where(timers.c.kind == "order", timers.c.subject == ORDER_NO)
        assert (await connection.execute(found)).scalar_one() == NOW
    found = await case(backend_client, ticket_no)
    assert (found["stage"], found["history"][-1]["reason"]) == (
        "queued", "order PENDING_PAYMENT → PAID, delivery NONE → QUEUED",
    )  # fmt: skip


async def test_an_order_that_did_not_change_is_no_news(backend_client: TestClient):
    ticket_no = await open_case(backend_client)
    await fire_all(backend_client)
    assert (await act(backend_client, ticket_no, "requery"))[1]["order"]["changed"] is False
    await fire_all(backend_client)
    assert await published(backend_client) == []


@pytest.mark.parametrize(
    ("action", "before", "told"),
    [
        ("delivered", {}, ["order.delivered"]),
        ("repush", {}, ["ticket.status_changed"]),
        (
            "requery",
            {"order": Order.PENDING_PAYMENT, "delivery": Delivery.NONE, "paid_at": None},
            ["order.payment_confirmed"],
        ),
    ],
)
async def test_the_reporter_is_told_once_what_was_done(
    backend_client: TestClient, action: str, before: dict[str, Any], told: list[str]
):
    ticket_no = await open_case(backend_client, **before)
    await fire_all(backend_client)
    async with backend_client.app[DATABASE].begin() as connection:
        paid = PaymentRecord(order_no=ORDER_NO, amount=Decimal("30.00"), paid_at=NOW)
        await save_payments(connection, ORDER_NO, [paid])
    assert (await act(backend_client, ticket_no, action))[0] == 200
    await fire_all(backend_client)
    assert [(each["type"], each["customer_ref"]) for each in await published(backend_client)] == [
        (each, "alice") for each in told
    ]  # fmt: skip
    await check_complete(backend_client, ticket_no)


async def test_delivered_is_solved(backend_client: TestClient):
    ticket_no = await open_case(backend_client)
    status, done = await act(backend_client, ticket_no, "delivered", reason="seen at the supplier")
    assert (status, done["order"]["after"]) == (200, {"order": "COMPLETED", "delivery": "DELIVERED"})
    _, seen = await look(backend_client, ticket_no, "alice")
    assert (seen["stage"], seen["history"][-1]["action"]) == ("resolved", "delivered")
    assert "supplier" not in str(seen)
    await check_complete(backend_client, ticket_no)


async def test_the_refusal_of_the_shop_is_told_and_kept(backend_client: TestClient):
    ticket_no = await open_case(backend_client, delivery=Delivery.IN_PROGRESS, order=Order.PROCESSING)
    first = await act(backend_client, ticket_no, "repush", "k1")
    assert (first[0], first[1]["error"]["code"], first[1]["error"]["reason"]) == (409, "action_refused", "already_sent")
    again = await act(backend_client, ticket_no, "repush", "k1")
    assert again[1]["error"] == first[1]["error"]
    found = await case(backend_client, ticket_no)
    assert [(each["state"], each["status"]) for each in found["operations"]] == [("done", 409)]
    assert (found["stage"], len(found["history"])) == ("queued", 1)


async def test_a_shop_system_that_cannot_do_it_says_so(backend_client: TestClient):
    class Reader(ReadOnlySource):
        name = "reader"

    backend_client.app[SOURCES]["reader"] = Reader()
    ticket_no = await open_case(backend_client, source="reader")
    status, body = await act(backend_client, ticket_no, "repush")
    assert (status, body["error"]["code"], body["error"]["repair"]) == (409, "not_supported", "repush")


async def test_without_a_proven_order_there_is_nothing_to_send(backend_client: TestClient):
    _, ticket = await report(backend_client)
    status, body = await act(backend_client, ticket["ticket_no"], "repush")
    assert (status, body["error"]["reason"]) == (409, "no_order")


class Moody:
    """A shop that does what it is told and then may not answer; `after` is called before it answers."""

    name = "moody"

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        self.after: Callable[[], Awaitable[None]] | None = None
        self.keys: list[str] = []

    async def find(self, order_no: str) -> Any:
        return await self.shop.find(order_no)

    async def risk_of(self, account_ref: str) -> Any:
        return await self.shop.risk_of(account_ref)

    async def repair(self, order: RepairOrder) -> Repaired:
        self.keys.append(order.key)
        done: Repaired = await self.shop.repair(order)
        if self.after:
            await self.after()
        return done


def use_moody(client: TestClient) -> Moody:
    moody = Moody(client.app[SOURCES]["embedded"])
    client.app[SOURCES]["moody"] = moody
    return moody


async def unavailable() -> None:
    raise SourceUnavailableError("moody")


async def dies() -> None:
    raise asyncio.CancelledError


async def test_a_shop_that_does_not_answer_may_have_done_it_and_is_asked_with_the_same_key(backend_client: TestClient):
    moody = use_moody(backend_client)
    ticket_no = await open_case(backend_client, source="moody")
    moody.after = unavailable
    status, body = await act(backend_client, ticket_no, "repush", "k1")
    assert (status, body["error"]["code"]) == (503, "backend_unavailable")
    assert (await case(backend_client, ticket_no))["operations"][0]["state"] == "started"
    moody.after = None
    status, done = await act(backend_client, ticket_no, "repush", "k1")
    assert (status, done["order"]["changed"]) == (200, True)
    assert len(set(moody.keys)) == 1
    assert await done_at_the_shop(backend_client) == 1
    assert len((await case(backend_client, ticket_no))["history"]) == 2


@asynccontextmanager
async def restarted(settings: Settings, clock: Clock) -> AsyncIterator[TestClient]:
    """Another process over the same database."""
    app = make_app(settings, workers=False)
    app[CLOCK] = clock
    headers = {"Authorization": f"Bearer {settings.derived_key('backend')}"}
    async with TestClient(TestServer(app), headers=headers) as client:
        use_moody(client)
        yield client


async def fire_all(client: TestClient) -> None:
    """Do what is due."""
    while await fire_timers(client.app):
        pass


async def begin_and_die(client: TestClient, ticket_no: str) -> None:
    """The process dies after the shop did it and before it is written down."""
    use_moody(client).after = dies
    with pytest.raises(Exception):  # noqa: B017  (the connection just ends)
        await act(client, ticket_no, "repush", "k1")


async def test_the_same_request_goes_on_after_a_death(backend_client: TestClient, settings: Settings, clock: Clock):
    ticket_no = await open_case(backend_client, source="moody")
    await begin_and_die(backend_client, ticket_no)
    assert (await case(backend_client, ticket_no))["stage"] == "queued"
    async with restarted(settings, clock) as client:
        status, done = await act(client, ticket_no, "repush", "k1")
        assert (status, done["order"]["after"]["delivery"]) == (200, "IN_PROGRESS")
        assert (await case(client, ticket_no))["stage"] == "waiting_upstream"
        assert await done_at_the_shop(client) == 1


async def test_without_a_repetition_it_is_finished_too(backend_client: TestClient, settings: Settings, clock: Clock):
    ticket_no = await open_case(backend_client, source="moody")
    await begin_and_die(backend_client, ticket_no)
    async with restarted(settings, clock) as client:
        await fire_all(client)
        assert (await case(client, ticket_no))["operations"][0]["state"] == "started"
        clock.now += operations.ABANDONED_AFTER
        await asyncio.gather(*(fire_all(client) for _ in range(3)))
        found = await case(client, ticket_no)
        assert (found["stage"], found["operations"][0]["state"]) == ("waiting_upstream", "done")
        assert [each["action"] for each in found["history"]].count("repush") == 1
        assert len(await published(client)) == 1
        assert await done_at_the_shop(client) == 1
        assert (await act(client, ticket_no, "repush", "k1"))[0] == 200


async def test_a_case_that_moved_on_meanwhile_still_says_what_was_done(backend_client: TestClient, clock: Clock):
    ticket_no = await open_case(backend_client, source="moody")
    await begin_and_die(backend_client, ticket_no)
    await act(backend_client, ticket_no, "close")
    use_moody(backend_client)
    clock.now += operations.ABANDONED_AFTER
    await fire_all(backend_client)
    found = await case(backend_client, ticket_no)
    assert (found["stage"], found["history"][-1]["action"]) == ("closed", "repush")
    await check_complete(backend_client, ticket_no)


async def test_ten_at_once_with_one_key_are_one(backend_client: TestClient):
    moody = use_moody(backend_client)
    ticket_no = await open_case(backend_client, source="moody")
    results = await asyncio.gather(*(act(backend_client, ticket_no, "repush", "k1") for _ in range(10)))
    assert all(each == results[0] for each in results)
    assert results[0][0] == 200
    assert len(set(moody.keys)) == 1
    assert len((await case(backend_client, ticket_no))["history"]) == 2
