"""What shops told us of changes, what was last known of an order, and who asked about it."""

from sqlalchemy import Column, Index, Integer, String, Table

from bot.backend.database import metadata
from bot.db import UtcDateTime

shop_events = Table(
    "shop_events",
    metadata,
    Column("id", Integer, primary_key=True),
    # The sender's id of the webhook; repetitions carry the same.
    Column("webhook_id", String(128), nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("order_no", String(64), nullable=False),
    Column("state", String(40), nullable=False),
    # `applied`, `stale` (older than what was applied last) or why it could not be.
    Column("outcome", String(20), nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_shop_events_order_no", "order_no"),
)

order_snapshots = Table(
    "order_snapshots",
    metadata,
    Column("order_no", String(64), primary_key=True),
    Column("payment", String(20), nullable=False),
    Column("order_state", String(20), nullable=False),
    Column("delivery_state", String(20), nullable=False),
    # Grows with every change, so that a state that comes back is news again.
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

order_watchers = Table(
    "order_watchers",
    metadata,
    Column("order_no", String(64), primary_key=True),
    # Who proved to own the order, and when they last asked about it.
    Column("customer_ref", String(128), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_order_watchers_seen_at", "seen_at"),
)
