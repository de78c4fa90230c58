"""What an operation about an order needs besides its name."""

import sqlalchemy as sa
from alembic import op

revision = "0009_operation_details"
down_revision = "0008_quiet_tickets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket_operations") as operations:
        operations.add_column(sa.Column("details", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    with op.batch_alter_table("ticket_operations") as operations:
        operations.drop_column("details")
