"""The tables of the people at the desk: accounts, sessions, tries to sign in, and the log of what they looked at."""

import sqlalchemy as sa

from bot.db import UtcDateTime
from bot.gateway.conversations.tables import metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("username", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("team", sa.String(60)),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("sound", sa.Boolean, nullable=False),
    sa.Column("notifications", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    # The secret of the authenticator app comes of a nonce (see totp.py); `pending` waits for its first code.
    sa.Column("totp_nonce", sa.String(32)),
    sa.Column("totp_pending", sa.String(32)),
    # The time step of the last code: each is taken once.
    sa.Column("totp_step", sa.Integer),
    sa.Column("disabled", sa.Boolean, nullable=False),
    # Made by the demo, and of no use outside it.
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

desk_sessions = sa.Table(
    "desk_sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("username", sa.ForeignKey("accounts.username"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Index("ix_desk_sessions_username", "username"),
    sa.Index("ix_desk_sessions_seen_at", "seen_at"),
)

login_tries = sa.Table(
    "login_tries",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("times", sa.JSON, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_login_tries_updated_at", "updated_at"),
)

# Rows are only ever added. `username` is no foreign key: the command line and failed sign-ins are written down too.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("username", sa.String(60), nullable=False),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("conversation_id", sa.String(32)),
    sa.Column("order_no", sa.String(100)),
    sa.Column("ticket_no", sa.String(40)),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Index("ix_audit_log_conversation_id", "conversation_id", "id"),
    sa.Index("ix_audit_log_username", "username", "id"),
    sa.Index("ix_audit_log_order_no", "order_no", "id"),
)
