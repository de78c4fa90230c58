"""Each change is written down with who, when and from what to what; customers are told once, timers follow."""

from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.backend.database import DATABASE
from bot.backend.events.store import events
from bot.backend.tickets.history import fields_of, history_of, replayed
from bot.backend.tickets.store import ticket_of
from bot.backend.timers.store import timers
from tests.backend.conftest import Clock
from tests.backend.tickets.desk import change, look, prove, report, save_order, say
from tests.backend.tickets.making import NOW

DAY = timedelta(hours=24)
BOB = {"kind": "agent", "name": "Bob"}


async def rows_of(client: TestClient, ticket_no: str) -> list[dict[str, Any]]:
    async with client.app[DATABASE].begin() as connection:
        return await history_of(connection, ticket_no)


async def check_complete(client: TestClient, ticket_no: str) -> None:
    async with client.app[DATABASE].begin() as connection:
        ticket = await ticket_of(connection, ticket_no)
        assert replayed(await history_of(connection, ticket_no)) == fields_of(ticket)


async def published(client: TestClient) -> list[dict[str, Any]]:
    async with client.app[DATABASE].begin() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(events).order_by(events.c.id))]


async def due(client: TestClient, ticket_no: str) -> dict[str, Any]:
    async with client.app[DATABASE].begin() as connection:
        found = await connection.execute(select(timers).where(timers.c.subject == ticket_no))
        return {row.kind: row.due_at for row in found}


async def test_the_history_alone_tells_how_the_ticket_stands(backend_client: TestClient, clock: Clock):
    await save_order(backend_client)
    _, ticket = await report(backend_client)
    number = ticket["ticket_no"]
    for step in (
        lambda: report(backend_client, "m9", priority="urgent"),
        lambda: say(backend_client, number, "m10", author="agent", customer_ref=None, author_name="Bob"),
        lambda: change(backend_client, number, stalling=True, status="resolved", actor=BOB),
        lambda: say(backend_client, number, "m11"),
    ):
        clock.now += timedelta(minutes=7)
        await step()
    await report(backend_client, "m12", await prove(backend_client))
    await check_complete(backend_client, number)
    rows = await rows_of(backend_client, number)
    assert [(row["action"], row["actor_kind"], row["actor_name"]) for row in rows] == [
        ("open", "customer", "alice"), ("report", "customer", "alice"), ("reply", "agent", "Bob"),
        ("change", "agent", "Bob"), ("resolve", "agent", "Bob"), ("customer_message", "customer", "alice"),
        ("report", "customer", "alice"),
    ]  # fmt: skip
    assert rows[4]["changes"]["status"] == ["pending", "resolved"]
    assert rows[4]["at"] == NOW + timedelta(minutes=21)


async def test_a_second_report_is_a_repeat_and_does_not_start_the_wait_anew(backend_client: TestClient, clock: Clock):
    _, ticket = await report(backend_client)
    clock.now += timedelta(hours=5)
    _, again = await report(backend_client, "m9")
    assert again["error"]["reply_by"] == ticket["reply_by"]
    async with backend_client.app[DATABASE].begin() as connection:
        found = await ticket_of(connection, ticket["ticket_no"])
    assert (found.repeats, found.waiting_since, found.next_promise_at) == (1, NOW, NOW + DAY)


async def test_an_answer_is_told_once_to_everybody_who_proved_the_order(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client), conversation_id="c1")
    proof = await prove(backend_client, "bob")
    await report(backend_client, "m9", proof, customer_ref="bob", conversation_id="c2")
    for _ in range(2):
        await say(backend_client, ticket["ticket_no"], "m10", author="agent", text="在查", customer_ref=None)
    found = await published(backend_client)
    assert [(each["type"], each["customer_ref"], each["conversation_id"], each["data"]) for each in found] == [
        ("ticket.reply", "alice", "c1", {"text": "在查"}),
        ("ticket.reply", "bob", "c2", {"text": "在查"}),
    ]


async def test_a_solution_is_told_and_putting_it_away_is_not(backend_client: TestClient):
    _, ticket = await report(backend_client)
    await change(backend_client, ticket["ticket_no"], status="resolved", actor=BOB)
    await change(backend_client, ticket["ticket_no"], status="closed", actor=BOB)
    (event,) = await published(backend_client)
    assert (event["type"], event["data"]) == (
        "ticket.status_changed", {"from": "queued", "to": "resolved", "who": "Bob"},
    )  # fmt: skip


async def test_what_customers_do_themselves_is_no_news(backend_client: TestClient):
    _, ticket = await report(backend_client)
    await report(backend_client, "m9")
    await say(backend_client, ticket["ticket_no"])
    assert await published(backend_client) == []


async def test_the_promise_and_the_third_step_come_due(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    assert await due(backend_client, ticket["ticket_no"]) == {
        "promise": NOW + DAY, "step3": NOW + DAY, "requery": NOW + timedelta(minutes=1),
    }  # fmt: skip


async def test_without_a_proven_order_there_is_none_to_look_at(backend_client: TestClient):
    _, ticket = await report(backend_client)
    assert "requery" not in await due(backend_client, ticket["ticket_no"])


async def test_an_answer_ends_the_third_step_and_makes_a_new_promise(backend_client: TestClient, clock: Clock):
    _, ticket = await report(backend_client)
    clock.now += timedelta(hours=1)
    await say(backend_client, ticket["ticket_no"], author="agent", customer_ref=None)
    assert await due(backend_client, ticket["ticket_no"]) == {"promise": NOW + timedelta(hours=1) + DAY}


async def test_a_finished_ticket_waits_for_its_end_only(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    await change(backend_client, ticket["ticket_no"], status="resolved")
    assert await due(backend_client, ticket["ticket_no"]) == {"close": NOW}
    await change(backend_client, ticket["ticket_no"], status="closed")
    assert await due(backend_client, ticket["ticket_no"]) == {}


async def test_the_customer_sees_what_happened_but_not_what_others_wrote(backend_client: TestClient):
    _, ticket = await report(backend_client, proof=await prove(backend_client))
    proof = await prove(backend_client, "bob")
    await report(backend_client, "m9", proof, customer_ref="bob", content="me too")
    await say(backend_client, ticket["ticket_no"], author="agent", text="在查", customer_ref=None, author_name="Bob")
    _, seen = await look(backend_client, ticket["ticket_no"], "alice")
    assert [(each["action"], each["by"], each["text"]) for each in seen["history"]] == [
        ("open", "customer", "钱付了没到账"), ("report", "customer", None), ("reply", "agent", "在查"),
    ]  # fmt: skip
    assert seen["holder"] == {"kind": "agent", "name": "Bob"}
    assert "bob" not in str(seen).replace("Bob", "")
