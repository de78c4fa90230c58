"""A customer at the backend's door: reports, messages and looks, as JSON."""

import json
import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiohttp.test_utils import TestClient

from bot.backend.database import DATABASE
from bot.backend.http import CLOCK
from bot.backend.orders.store import orders
from bot.backend.ownership.store import Owner, Proof, save_owner, save_proof
from bot.backend.tickets import store, tables
from tests.backend.tickets.making import ORDER_NO

Answer = tuple[int, Any]


async def save_order(client: TestClient, order_no: str = ORDER_NO, amount: str = "600.00") -> None:
    values = {
        "order_no": order_no, "product": "600 yuan card", "product_line": "game_card", "amount": Decimal(amount),
        "currency": "CNY", "created_at": client.app[CLOCK](), "target": "10001", "delivery_type": "DIRECT",
        "order_state": "PAID", "delivery_state": "QUEUED", "input_state": "OK",
    }  # fmt: skip
    async with client.app[DATABASE].begin() as connection:
        await connection.execute(orders.insert().values(values))


async def add_owner(client: TestClient, source: str = "embedded", order_no: str = ORDER_NO) -> None:
    """Where the order is from, so that something can be done about it."""
    async with client.app[DATABASE].begin() as connection:
        await save_owner(connection, Owner(order_no, source, {}))


async def prove(client: TestClient, customer_ref: str = "alice", order_no: str = ORDER_NO) -> str:
    """A proof token, as `/v1/verify` gives it."""
    token = secrets.token_hex()
    async with client.app[DATABASE].begin() as connection:
        proof = Proof(order_no, customer_ref)
        await save_proof(connection, token, proof, client.app[CLOCK](), timedelta(minutes=30))
    return token


def make_report(**changes: Any) -> dict[str, Any]:
    return {
        "order_no": ORDER_NO, "type": "CALLBACK_MISSING", "priority": "normal", "title": "CALLBACK_MISSING",
        "content": "钱付了没到账", "initiated_at": "2026-11-24 12:00", "product": "600 元点卡",
        "payment_state": "已扣款", "order_state": "未支付",
        "demand": "VERIFY_FUNDS", "evidence": [], "conversation_id": "c1",
        "customer_ref": "alice", "language": "zh", **changes,
    }  # fmt: skip


async def send(
    client: TestClient, method: str, path: str, body: Any = None, key: str | None = None, proof: str | None = None
) -> Answer:
    headers = {"Idempotency-Key": key, "X-Owner-Proof": proof}
    given = {name: value for name, value in headers.items() if value is not None}
    data = None if body is None else json.dumps(body)
    answer = await client.request(method, path, data=data, headers=given)
    return answer.status, await answer.json()


async def report(client: TestClient, key: str = "m1:ticket", proof: str | None = None, **changes: Any) -> Answer:
    return await send(client, "POST", "/v1/tickets", make_report(**changes), key, proof)


async def say(client: TestClient, ticket_no: str, key: str = "m2", proof: str | None = None, **body: Any) -> Answer:
    values = {"author": "customer", "text": "hello", "customer_ref": "alice", **body}
    return await send(client, "POST", f"/v1/tickets/{ticket_no}/messages", values, key, proof)


async def look(client: TestClient, ticket_no: str, customer_ref: str = "", proof: str | None = None) -> Answer:
    query = f"?customer_ref={customer_ref}" if customer_ref else ""
    return await send(client, "GET", f"/v1/tickets/{ticket_no}{query}", proof=proof)


async def change(client: TestClient, ticket_no: str, **body: Any) -> Answer:
    return await send(client, "PATCH", f"/v1/tickets/{ticket_no}", body)


async def act(
    client: TestClient, ticket_no: str, action: str, key: str | None = None, who: str = "Bob", **body: Any
) -> Answer:
    """An agent's action; every call has a key of its own unless one is given."""
    values = {"actor": {"kind": "agent", "name": who}, **body}
    path = f"/v1/desk/tickets/{ticket_no}/{action}"
    return await send(client, "POST", path, values, key or secrets.token_hex(8))


async def decide(
    client: TestClient, approval_no: str, who: str, decision: str = "approved", key: str | None = None, **body: Any
) -> Answer:
    values = {"actor": {"kind": "agent", "name": who}, "decision": decision, **body}
    return await send(client, "POST", f"/v1/desk/approvals/{approval_no}", values, key or secrets.token_hex(8))


async def case(client: TestClient, ticket_no: str) -> dict[str, Any]:
    """The case as an agent sees it."""
    status, found = await send(client, "GET", f"/v1/desk/tickets/{ticket_no}")
    assert status == 200, found
    return found


async def messages(client: TestClient, ticket_no: str) -> list[dict[str, Any]]:
    async with client.app[DATABASE].begin() as connection:
        return await store.messages_of(connection, ticket_no)


async def ticket_numbers(client: TestClient) -> list[str]:
    async with client.app[DATABASE].begin() as connection:
        return list((await connection.execute(tables.tickets.select())).scalars())
