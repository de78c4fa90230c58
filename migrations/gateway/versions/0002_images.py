"""Pictures that go with what the bot says."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("image", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "image")
