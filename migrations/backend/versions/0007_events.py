"""Events to customers, timers, changes that shops report, incidents."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0007_events"
down_revision = "0006_ticket_life"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _work()
    _changes()
    _incidents()
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("supplier", sa.String(60)))


def _work() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("conversation_id", sa.String(128)),
        sa.Column("order_no", sa.String(64)),
        sa.Column("ticket_no", sa.String(20)),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("dead_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_events_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_timers_kind")),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("done_at IS NULL")
    for table, column in (("events", "due_at"), ("events", "customer_ref"), ("timers", "due_at")):
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=waiting, postgresql_where=waiting)
    dead = sa.text("dead_at IS NOT NULL")
    op.create_index("ix_events_dead_at", "events", ["dead_at"], sqlite_where=dead, postgresql_where=dead)


def _changes() -> None:
    op.create_table(
        "shop_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.String(128), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_events")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_shop_events_webhook_id")),
    )
    op.create_index("ix_shop_events_order_no", "shop_events", ["order_no"])
    op.create_table(
        "order_phases",
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_order_phases")),
    )
    op.create_table(
        "order_watchers",
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", "customer_ref", name=op.f("pk_order_watchers")),
    )
    op.create_index("ix_order_watchers_seen_at", "order_watchers", ["seen_at"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_no", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("incident_no", name=op.f("uq_incidents_incident_no")),
    )
    live = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_incidents_live", "incidents", ["scope", "name"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "incident_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("customer_ref", sa.String(128), nullable=False),
        sa.Column("conversation_id", sa.String(128)),
        sa.Column("order_no", sa.String(64)),
        sa.Column("ticket_no", sa.String(20)),
        sa.Column("diagnosis", sa.String(30), nullable=False),
        sa.Column("product", sa.String(200)),
        sa.Column("supplier", sa.String(60)),
        sa.Column("channel", sa.String(20)),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("incident_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_cases")),
        sa.UniqueConstraint("subject", "customer_ref", name=op.f("uq_incident_cases_subject")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_cases_incident_id_incidents")
        ),
    )
    op.create_index("ix_incident_cases_reported_at", "incident_cases", ["reported_at"])
    op.create_index("ix_incident_cases_incident_id", "incident_cases", ["incident_id"])


def downgrade() -> None:
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("supplier")
    for name in ("incident_cases", "incidents", "order_watchers", "order_phases", "shop_events", "timers", "events"):
        op.drop_table(name)
