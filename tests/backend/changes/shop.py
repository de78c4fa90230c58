"""A shop that tells of changes, signed."""

import json
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.backend.changes.store import shop_events
from bot.backend.database import DATABASE
from bot.backend.orders.records import OrderRecord
from bot.backend.orders.store import order_of
from bot.backend.payments.store import own_payments
from bot.webhooks import signed_headers
from tests.backend.conftest import NOW
from tests.backend.factories import ORDER_NO

SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"


def make_change(type: str = "order.updated", state: str = "COMPLETED", minute: int = 0, **more: Any) -> dict[str, Any]:
    """A change that happened so many minutes before or after NOW."""
    occurred_at = (NOW + timedelta(minutes=minute)).isoformat()
    return {"type": type, "order_no": ORDER_NO, "state": state, "occurred_at": occurred_at, **more}


async def tell(client: TestClient, change: Any, webhook_id: str = "w1", secret: str = SECRET) -> tuple[int, Any]:
    """Status and answer of a webhook."""
    body = change if isinstance(change, bytes) else json.dumps(change).encode()
    answer = await client.post("/v1/hooks/shop", data=body, headers=signed_headers(secret, webhook_id, body))
    return answer.status, await answer.json()


async def outcome(client: TestClient, webhook_id: str, type: str, state: str, minute: int = 0, **more: Any) -> str:
    """What becomes of a change."""
    status, answer = await tell(client, make_change(type, state, minute, **more), webhook_id)
    assert status == 200, answer
    return answer["outcome"]


async def order(client: TestClient, order_no: str = ORDER_NO) -> OrderRecord:
    async with client.app[DATABASE].begin() as connection:
        found = await order_of(connection, order_no)
    assert found
    return found


async def payments(client: TestClient, order_no: str = ORDER_NO) -> list[Any]:
    async with client.app[DATABASE].begin() as connection:
        return list((await own_payments(connection, order_no)).values())


async def written(client: TestClient) -> list[tuple[str, str]]:
    """The webhooks that were written down, with their outcome."""
    async with client.app[DATABASE].begin() as connection:
        rows = await connection.execute(select(shop_events).order_by(shop_events.c.id))
        return [(row.webhook_id, row.outcome) for row in rows]
