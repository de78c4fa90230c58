"""Tickets that were solved before quiet ones were closed get their timer."""

from alembic import op

revision = "0008_quiet_tickets"
down_revision = "0007_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO timers (kind, subject, due_at, attempt) "
        "SELECT 'close', ticket_no, updated_at, 0 FROM tickets WHERE status = 'resolved' AND resolved_at IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DELETE FROM timers WHERE kind = 'close'")
