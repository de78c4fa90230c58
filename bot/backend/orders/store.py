"""The orders and accounts that the backend itself keeps (the source `embedded`)."""

from sqlalchemy import Boolean, Column, Integer, Numeric, String, Table, Text

from bot.backend.database import metadata
from bot.db import UtcDateTime

orders = Table(
    "orders",
    metadata,
    Column("order_no", String(64), primary_key=True),
    Column("product", String(200), nullable=False),
    Column("product_line", String(20), nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
    Column("target", String(120), nullable=False),
    Column("delivery_type", String(10), nullable=False),
    Column("order_state", String(20), nullable=False),
    Column("delivery_state", String(20), nullable=False),
    Column("input_state", String(20), nullable=False),
    Column("notified", Boolean),
    Column("window_minutes", Integer),
    Column("pickup_url", String(500)),
    # The card codes of a 卡密 product. No query of ours reads this column, so no answer can contain it.
    Column("card_secret", Text),
    Column("account_ref", String(64)),
    Column("refund_amount", Numeric(12, 2)),
    Column("refund_to", String(20)),
    Column("refunded_at", UtcDateTime),
)

accounts = Table(
    "accounts",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("real_name", Boolean, nullable=False),
    Column("limit_per_order", Numeric(12, 2)),
    Column("limit_per_day", Numeric(12, 2)),
)
