"""What was read from pictures, who used which picture first, and when a picture was deleted."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0005_evidence_readings"
down_revision = "0004_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("purged_at", UtcDateTime()))
    op.create_index("ix_evidence_created_at", "evidence", ["created_at"])
    op.create_table(
        "evidence_readings",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reading", sa.JSON(none_as_null=True)),
        sa.Column("picture_hash", sa.String(256)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence_readings")),
    )
    op.create_index("ix_evidence_readings_read_at", "evidence_readings", ["read_at"])
    op.create_table(
        "evidence_uses",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("order_no", sa.String(100)),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_evidence_uses")),
    )


def downgrade() -> None:
    op.drop_table("evidence_uses")
    op.drop_table("evidence_readings")
    op.drop_index("ix_evidence_created_at", "evidence")
    op.drop_column("evidence", "purged_at")
