"""Tickets, their messages and the answers for repeated requests."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0003_tickets"
down_revision = "0002_payments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("order_no", sa.String(64)),
        sa.Column("claimed_no", sa.String(100)),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("conversation_id", sa.String(128)),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("type", sa.String(30), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("demand", sa.String(30)),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("initiated_at", sa.String(300), nullable=False),
        sa.Column("product", sa.String(300), nullable=False),
        sa.Column("payment_state", sa.String(300), nullable=False),
        sa.Column("order_state", sa.String(300), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2)),
        sa.Column("funds_at_platform", sa.Boolean(), nullable=False),
        sa.Column("stalling", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("reply_by", UtcDateTime(), nullable=False),
        sa.Column("last_agent_reply_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("ticket_no", name=op.f("uq_tickets_ticket_no")),
    )
    live = sa.text("status IN ('open', 'pending')")
    op.create_index(
        "uq_tickets_subject_live", "tickets", ["subject"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_index("ix_tickets_order_no", "tickets", ["order_no"])
    op.create_index("ix_tickets_customer_ref", "tickets", ["customer_ref"])
    op.create_table(
        "ticket_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.Column("customer_ref", sa.String(128)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id_tickets")),
    )
    op.create_index("ix_ticket_messages_ticket_id", "ticket_messages", ["ticket_id"])
    op.create_table(
        "idempotent_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotent_answers")),
    )


def downgrade() -> None:
    for name in ("idempotent_answers", "ticket_messages", "tickets"):
        op.drop_table(name)
