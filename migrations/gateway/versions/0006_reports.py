"""An index for reports: the conversations of some days."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_conversations_created_at", "conversations", ["created_at", "conversation_id"])


def downgrade() -> None:
    op.drop_index("ix_conversations_created_at", "conversations")
