"""The staff's topics on Telegram: who is who, which topic is which conversation, what was copied there."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("origin", sa.String(length=10), nullable=True))
    op.add_column("messages", sa.Column("quotes", sa.String(length=32), nullable=True))
    op.create_table(
        "telegram_staff",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["accounts.username"], name=op.f("fk_telegram_staff_username_accounts")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_telegram_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_telegram_staff_username")),
    )
    op.create_table(
        "telegram_link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"], ["accounts.username"], name=op.f("fk_telegram_link_codes_username_accounts")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_telegram_link_codes")),
    )
    op.create_table(
        "telegram_topics",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_telegram_topics_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_telegram_topics")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_telegram_topics_chat_id")),
    )
    op.create_table(
        "telegram_copies",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_no", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.message_id"], name=op.f("fk_telegram_copies_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_telegram_copies")),
    )
    op.create_index("ix_telegram_copies_message_no", "telegram_copies", ["chat_id", "message_no"])


def downgrade() -> None:
    for name in ("telegram_copies", "telegram_topics", "telegram_link_codes", "telegram_staff"):
        op.drop_table(name)
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("quotes")
        batch.drop_column("origin")
