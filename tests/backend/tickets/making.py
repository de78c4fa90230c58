"""Tickets and reports for tests: Alice owns the order, Charlie may not see it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.backend.tickets.model import Demand, Priority, Status, Ticket, TicketType

ORDER_NO = "KM202611240001"
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


def make_ticket(**changes: Any) -> Ticket:
    values = {
        "ticket_no": "TK261124A1B2C3",
        "order_no": ORDER_NO,
        "claimed_no": ORDER_NO,
        "customer_ref": "alice",
        "type": TicketType.CALLBACK_MISSING,
        "status": Status.OPEN,
        "priority": Priority.NORMAL,
        "demand": Demand.VERIFY_FUNDS,
        "created_at": NOW,
        "reply_by": NOW + timedelta(hours=24),
        "amount": Decimal("600.00"),
    }
    return Ticket(**{**values, **changes})
