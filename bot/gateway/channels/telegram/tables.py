"""Tables of the Telegram channel."""

import sqlalchemy as sa

from bot.db import UtcDateTime
from bot.gateway.conversations.tables import metadata

# Which private chat is which conversation. `blocked_at`: since when the customer cannot be reached.
chats = sa.Table(
    "telegram_chats",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # No foreign key: the place is taken before the conversation is opened, so that two updates open one.
    sa.Column("conversation_id", sa.String(32), nullable=False, unique=True),
    sa.Column("blocked_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# What was received; the body, without secrets, until it was worked on.
updates = sa.Table(
    "telegram_updates",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("album", sa.String(64)),
    sa.Column("body", sa.JSON),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Index("ix_telegram_updates_waiting", "done", "chat_id", "update_id"),
    sa.Index("ix_telegram_updates_received_at", "received_at"),
)

# The parts of the messages that were sent, or were about to be; and what was received.
deliveries = sa.Table(
    "telegram_deliveries",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.message_id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    # `sending` is written before the call, `sent` after it. What is found as `sending` may have arrived or not.
    # A customer's own message is `received`.
    sa.Column("state", sa.String(10), nullable=False),
    # Telegram's number of it in the chat.
    sa.Column("message_no", sa.BigInteger),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
