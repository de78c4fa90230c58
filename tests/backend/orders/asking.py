"""What a customer's process does: prove an order and ask for its diagnosis."""

from typing import Any

from aiohttp.test_utils import TestClient


async def prove(client: TestClient, reference: str, tail: str, customer_ref: str = "alice") -> str:
    """The token of a proof."""
    body = {"reference": reference, "factor": {"type": "phone_tail", "value": tail}, "customer_ref": customer_ref}
    answer = await client.post("/v1/verify", json=body)
    assert answer.status == 200, await answer.text()
    return (await answer.json())["token"]


async def diagnose(client: TestClient, order_no: str, proof: str, **claims: Any) -> dict[str, Any]:
    """The diagnosis of a proven order."""
    headers = {"X-Owner-Proof": proof}
    answer = await client.post(f"/v1/orders/{order_no}/diagnosis", json=claims, headers=headers)
    assert answer.status == 200, await answer.text()
    return await answer.json()
