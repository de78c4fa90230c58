"""People at the desk: accounts, sessions, tries, the audit log; canned replies, macros, summaries, scores."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0004"
down_revision = "0003_news"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _audit()
    _canned()
    _finished()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("notifications", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_nonce", sa.String(length=32), nullable=True),
        sa.Column("totp_pending", sa.String(length=32), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_accounts")),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["accounts.username"], name=op.f("fk_desk_sessions_username_accounts")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_desk_sessions")),
    )
    op.create_index("ix_desk_sessions_username", "desk_sessions", ["username"], unique=False)
    op.create_index("ix_desk_sessions_seen_at", "desk_sessions", ["seen_at"], unique=False)
    op.create_table(
        "login_tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_tries")),
    )
    op.create_index("ix_login_tries_updated_at", "login_tries", ["updated_at"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("order_no", sa.String(length=100), nullable=True),
        sa.Column("ticket_no", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_conversation_id", "audit_log", ["conversation_id", "id"], unique=False)
    op.create_index("ix_audit_log_username", "audit_log", ["username", "id"], unique=False)
    op.create_index("ix_audit_log_order_no", "audit_log", ["order_no", "id"], unique=False)


def _canned() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("canned_id", sa.String(length=32), nullable=False),
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=True),
        sa.Column("picture", sa.String(length=80), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("canned_id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("language", "shortcut", name="uq_canned_replies_language_shortcut"),
    )
    op.create_table(
        "macros",
        sa.Column("macro_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("macro_id", name=op.f("pk_macros")),
    )


def _finished() -> None:
    op.create_table(
        "summaries",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_summaries_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_summaries")),
    )
    op.create_index("ix_summaries_cause", "summaries", ["cause", "created_at"], unique=False)
    op.create_table(
        "quality_scores",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_quality_scores_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_quality_scores")),
    )


def downgrade() -> None:
    for name in ("quality_scores", "summaries", "macros", "canned_replies"):
        op.drop_table(name)
    for name in ("audit_log", "login_tries", "desk_sessions", "accounts"):
        op.drop_table(name)
