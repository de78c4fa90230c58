"""How customers know the agent who has their case."""

import sqlalchemy as sa
from alembic import op

revision = "0010_assignee_shown"
down_revision = "0009_operation_details"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("assignee_shown", sa.String(80)))


def downgrade() -> None:
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_column("assignee_shown")
