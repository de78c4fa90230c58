"""Orders, accounts, owners, proofs and tries."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0001_orders"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("product_line", sa.String(20), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime()),
        sa.Column("target", sa.String(120), nullable=False),
        sa.Column("delivery_type", sa.String(10), nullable=False),
        sa.Column("order_state", sa.String(20), nullable=False),
        sa.Column("delivery_state", sa.String(20), nullable=False),
        sa.Column("input_state", sa.String(20), nullable=False),
        sa.Column("notified", sa.Boolean()),
        sa.Column("window_minutes", sa.Integer()),
        sa.Column("pickup_url", sa.String(500)),
        sa.Column("card_secret", sa.Text()),
        sa.Column("account_ref", sa.String(64)),
        sa.Column("refund_amount", sa.Numeric(12, 2)),
        sa.Column("refund_to", sa.String(20)),
        sa.Column("refunded_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_orders")),
    )
    op.create_table(
        "accounts",
        sa.Column("ref", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("real_name", sa.Boolean(), nullable=False),
        sa.Column("limit_per_order", sa.Numeric(12, 2)),
        sa.Column("limit_per_day", sa.Numeric(12, 2)),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_accounts")),
    )
    op.create_table(
        "order_owners",
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("phone_tail", sa.String(64)),
        sa.Column("contact", sa.String(64)),
        sa.Column("query_password", sa.String(64)),
        sa.Column("identity", sa.String(64)),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_order_owners")),
    )
    op.create_table(
        "proofs",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_proofs")),
    )
    op.create_index("ix_proofs_expires_at", "proofs", ["expires_at"])
    op.create_table(
        "verify_tries",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_verify_tries")),
    )


def downgrade() -> None:
    for name in ("verify_tries", "proofs", "order_owners", "accounts", "orders"):
        op.drop_table(name)
