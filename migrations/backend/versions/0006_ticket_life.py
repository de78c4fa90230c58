"""Tickets wait for somebody, keep promises, remember everything that happened to them, and are rated."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0006_ticket_life"
down_revision = "0005_evidence_readings"
branch_labels = None
depends_on = None


def ticket_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("base_priority", sa.String(20), nullable=False, server_default="normal"),
        sa.Column("waiting_for", sa.String(20)),
        sa.Column("assignee", sa.String(80)),
        sa.Column("waiting_since", UtcDateTime()),
        sa.Column("next_promise_at", UtcDateTime()),
        sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("broken_promises", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("merged_into", sa.String(20)),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("refund_decision", sa.String(20)),
        sa.Column("refund_amount", sa.Numeric(12, 2)),
        sa.Column("refund_expected_at", UtcDateTime()),
        sa.Column("refund_reason", sa.Text()),
    )


def message_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("author_name", sa.String(80)),
    )


def upgrade() -> None:
    with op.batch_alter_table("tickets") as batch:
        for column in ticket_columns():
            batch.add_column(column)
    with op.batch_alter_table("ticket_messages") as batch:
        for column in message_columns():
            batch.add_column(column)
    op.execute("UPDATE tickets SET base_priority = priority")
    live = "status IN ('open', 'pending')"
    op.execute(f"UPDATE tickets SET waiting_since = created_at WHERE {live} AND last_agent_reply_at IS NULL")  # noqa: S608
    op.execute(f"UPDATE tickets SET next_promise_at = reply_by WHERE {live}")  # noqa: S608
    op.execute(f"UPDATE tickets SET resolved_at = updated_at WHERE NOT ({live})")  # noqa: S608
    op.create_index("ix_tickets_updated_at", "tickets", ["updated_at", "id"])
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"])
    op.create_index("ix_tickets_claimed_no", "tickets", ["claimed_no"])
    _create_history()
    _create_approvals()
    _create_operations()
    _create_ratings()


def _create_history() -> None:
    op.create_table(
        "ticket_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor_name", sa.String(128), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_history")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_history_ticket_id_tickets")),
    )
    op.create_index("ix_ticket_history_ticket_id", "ticket_history", ["ticket_id"])


def _create_approvals() -> None:
    op.create_table(
        "ticket_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_no", sa.String(20), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_kind", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(128), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(128)),
        sa.Column("decided_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_approvals")),
        sa.UniqueConstraint("approval_no", name=op.f("uq_ticket_approvals_approval_no")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_approvals_ticket_id_tickets")),
    )
    waits = sa.text("state = 'pending'")
    op.create_index(
        "uq_ticket_approvals_pending", "ticket_approvals", ["ticket_id", "action"], unique=True, sqlite_where=waits,
        postgresql_where=waits,
    )  # fmt: skip


def _create_operations() -> None:
    op.create_table(
        "ticket_operations",
        sa.Column("operation_no", sa.String(64), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor_name", sa.String(128), nullable=False),
        sa.Column("asked_by", sa.String(128)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", sa.JSON(none_as_null=True)),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("operation_no", name=op.f("pk_ticket_operations")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_operations_ticket_id_tickets")),
    )
    op.create_index("ix_ticket_operations_state", "ticket_operations", ["state"])
    op.create_table(
        "order_operations",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("operation", sa.String(30), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("payment", sa.String(20)),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_order_operations")),
    )
    op.create_index("ix_order_operations_order_no", "order_operations", ["order_no"])


def _create_ratings() -> None:
    op.create_table(
        "ticket_ratings",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_ratings")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_ratings_ticket_id_tickets")),
    )


def downgrade() -> None:
    for name in ("ticket_ratings", "order_operations", "ticket_operations", "ticket_approvals", "ticket_history"):
        op.drop_table(name)
    for name in ("claimed_no", "merged_into", "updated_at"):
        op.drop_index(f"ix_tickets_{name}", "tickets")
    with op.batch_alter_table("ticket_messages") as batch:
        for column in message_columns():
            batch.drop_column(column.name)
    with op.batch_alter_table("tickets") as batch:
        for column in ticket_columns():
            batch.drop_column(column.name)
