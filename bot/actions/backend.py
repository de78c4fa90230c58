"""What the actions need of the backend's client; `bot.backend.client.BackendClient` has these methods."""

from collections.abc import Mapping
from typing import Any, Protocol


class Backend(Protocol):
    """Bodies and answers are those of the `/v1` contract; errors are raised as the classes of `bot.errors`."""

    async def verify(
        self, reference: str, factor: dict[str, str], customer_ref: str, address_key: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/verify`; factor is `{"type", "value"}`."""

    async def diagnose(self, order_no: str, proof: str, claims: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/orders/{order_no}/diagnosis`; claims is the body."""

    async def verify_payment(
        self, order_no: str | None, claim: dict[str, Any], customer_ref: str, proof: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/payments/verify`."""

    async def check_evidence(
        self, evidence_id: str, customer_ref: str, order_no: str | None = None, proof: str | None = None
    ) -> Mapping[str, Any]:
        """`POST /v1/evidence/{evidence_id}/check`; EvidenceReaderBusyError when it is not read in time."""

    async def open_ticket(self, body: dict[str, Any], idempotency_key: str, proof: str | None = None) -> dict[str, Any]:
        """`POST /v1/tickets`; TicketExistsError when the open ticket took the report."""

    async def tickets(
        self, *, order_no: str | None = None, customer_ref: str | None = None, proof: str | None = None
    ) -> list[dict[str, Any]]:
        """`GET /v1/tickets`, the list itself, newest first."""

    async def ticket(
        self, ticket_no: str, *, customer_ref: str | None = None, proof: str | None = None
    ) -> dict[str, Any]:
        """`GET /v1/tickets/{ticket_no}` with its step-3 state."""

    async def rate_ticket(
        self,
        ticket_no: str,
        score: int,
        comment: str | None = None,
        *,
        customer_ref: str | None = None,
        proof: str | None = None,
    ) -> dict[str, Any]:
        """`POST /v1/tickets/{ticket_no}/rating`; the first score stays."""

    async def add_ticket_message(
        self, ticket_no: str, body: dict[str, Any], idempotency_key: str, proof: str | None = None
    ) -> dict[str, Any]:
        """`POST /v1/tickets/{ticket_no}/messages`."""
