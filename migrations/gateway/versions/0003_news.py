"""News from the backend, and codes to resume a conversation with."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0003_news"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("customer_ref", sa.String(length=200), nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=True),
        sa.Column("order_no", sa.String(length=100), nullable=True),
        sa.Column("ticket_no", sa.String(length=40), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("told_in", sa.String(length=32), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_news")),
    )
    op.create_index("ix_news_state", "news", ["state", "sequence"], unique=False)
    op.create_index("ix_news_topic", "news", ["customer_ref", "topic", "sequence"], unique=False)
    op.create_table(
        "resume_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_resume_codes")),
    )
    op.create_index("ix_resume_codes_customer_id", "resume_codes", ["customer_id", "expires_at"], unique=False)
    op.create_table(
        "resumed",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=False),
        sa.Column("resumed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_resumed_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "customer_id", name=op.f("pk_resumed")),
    )
    op.create_index("ix_resumed_customer_id", "resumed", ["customer_id"], unique=False)


def downgrade() -> None:
    for name in ("resumed", "resume_codes", "news"):
        op.drop_table(name)
