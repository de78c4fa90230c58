"""Payments and claims."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0002_payments"
down_revision = "0001_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_no", sa.String(64)),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("transaction_no", sa.String(100)),
        sa.Column("merchant_no", sa.String(100)),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("bill_amount", sa.Numeric(12, 2)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("paid_at", UtcDateTime()),
        sa.Column("refunded_amount", sa.Numeric(12, 2)),
        sa.Column("refunded_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_order_no", "payments", ["order_no"])
    op.create_index("ix_payments_merchant_no", "payments", ["merchant_no"])
    op.create_index("uq_payments_transaction_no_channel", "payments", ["transaction_no", "channel"], unique=True)
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("order_no", sa.String(64)),
        sa.Column("channel", sa.String(20)),
        sa.Column("transaction_no", sa.String(100)),
        sa.Column("merchant_no", sa.String(100)),
        sa.Column("amount", sa.Numeric(12, 2)),
        sa.Column("paid_at", UtcDateTime()),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("digest", name=op.f("uq_claims_digest")),
    )
    op.create_index("ix_claims_order_no", "claims", ["order_no"])
    op.create_index("ix_claims_transaction_no", "claims", ["transaction_no"])
    op.create_index("ix_claims_customer_ref", "claims", ["customer_ref"])


def downgrade() -> None:
    for name in ("claims", "payments"):
        op.drop_table(name)
