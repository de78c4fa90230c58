"""A whole town: customers who report, a shop that tells, a backend that does what is due, and what customers hear."""

from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.backend.database import DATABASE
from bot.backend.events.dispatcher import dispatch
from bot.backend.events.store import events
from bot.backend.http import CLOCK
from bot.backend.tickets.history import history_of
from bot.backend.timers.runner import fire_timers
from tests.backend.events.receiver import Receiver
from tests.backend.factories import ORDER_NO
from tests.backend.tickets.desk import prove, report


async def settle(client: TestClient) -> None:
    """Do everything that is due now, and what follows from it."""
    while await fire_timers(client.app) or await dispatch(client.app):
        pass


async def reported(client: TestClient, customer_ref: str = "alice", order_no: str = ORDER_NO, **changes: Any) -> str:
    """The number of the ticket that this customer's report opened or joined, after the first look at the order."""
    proof = await prove(client, customer_ref, order_no)
    values = {"order_no": order_no, "customer_ref": customer_ref, "conversation_id": f"c-{customer_ref}", **changes}
    status, answer = await report(client, f"{customer_ref}:{order_no}", proof, **values)
    await settle(client)
    return answer["ticket_no"] if status == 201 else answer["error"]["ticket_no"]


def heard(receiver: Receiver, customer_ref: str = "alice") -> list[str]:
    """The types of what this customer was told, in their order."""
    return [each["type"] for each in receiver.told.values() if each["customer_ref"] == customer_ref]


async def published(client: TestClient) -> list[tuple[str, str]]:
    """Type and customer of every event, in their order."""
    async with client.app[DATABASE].begin() as connection:
        rows = await connection.execute(select(events).order_by(events.c.id))
        return [(row.type, row.customer_ref) for row in rows]


async def history(client: TestClient, ticket_no: str) -> list[tuple[str, str]]:
    """Action and actor of everything that happened to a ticket."""
    async with client.app[DATABASE].begin() as connection:
        return [(row["action"], row["actor_name"]) for row in await history_of(connection, ticket_no)]


def forward(client: TestClient, **delta: float) -> None:
    """Move the application's clock."""
    client.app[CLOCK].now += timedelta(**delta)
