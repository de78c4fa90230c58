"""What customers are told of unasked, and when a delivery is tried again. Pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """What happened; docs/api.md says what `data` holds."""

    ORDER_PAYMENT_CONFIRMED = "order.payment_confirmed"
    ORDER_DELIVERED = "order.delivered"
    ORDER_FAILED = "order.failed"
    ORDER_REFUNDING = "order.refunding"
    ORDER_REFUNDED = "order.refunded"
    TICKET_REPLY = "ticket.reply"
    TICKET_STATUS_CHANGED = "ticket.status_changed"
    TICKET_WAITING_CUSTOMER = "ticket.waiting_customer"
    TICKET_PROMISE_BROKEN = "ticket.promise_broken"
    TICKET_STEP3_DUE = "ticket.step3_due"
    REFUND_DECIDED = "refund.decided"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLOSED = "incident.closed"


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something that one customer is to be told.

    `key` (at most 200 characters) is the same whenever the same thing is published for the same customer; it is
    published once. `data` is JSON, with money as strings and times in ISO 8601.
    """

    type: EventType
    key: str
    customer_ref: str
    conversation_id: str | None = None
    order_no: str | None = None
    ticket_no: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime


# After so many seconds the next attempt, after these hourly.
RETRY_SECONDS = (1, 5, 30, 120, 600)
RETRY_THEN = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
# So often an event keeps the customer's later ones waiting, so that they arrive in order; then they overtake it.
HOLDS_BACK_ATTEMPTS = len(RETRY_SECONDS)


def next_attempt_at(attempt: int, published_at: datetime, now: datetime) -> datetime | None:
    """When to try again after the attempt with this number (the first is 1) failed; None is never."""
    wait = timedelta(seconds=RETRY_SECONDS[attempt - 1]) if attempt <= len(RETRY_SECONDS) else RETRY_THEN
    return None if now + wait > published_at + GIVE_UP_AFTER else now + wait


def body_of_event(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the gateway gets it."""
    same = ("event_id", "type", "customer_ref", "conversation_id", "order_no", "ticket_no", "data")
    return {
        **{name: row[name] for name in same},
        "sequence": row["id"],
        "occurred_at": row["occurred_at"].isoformat(),
    }
