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
    # `edited` was sent and says something else now; `received` is a message of the customer.
    sa.Column("state", sa.String(10), nullable=False),
    # Telegram's number of it in the chat.
    sa.Column("message_no", sa.BigInteger),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# Who of the staff writes from which account of Telegram.
staff = sa.Table(
    "telegram_staff",
    metadata,
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("username", sa.ForeignKey("accounts.username"), nullable=False, unique=True),
    sa.Column("linked_at", UtcDateTime, nullable=False),
)

link_codes = sa.Table(
    "telegram_link_codes",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("username", sa.ForeignKey("accounts.username"), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

# Which topic of the staff's group is which conversation, and up to which position it was copied there.
topics = sa.Table(
    "telegram_topics",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    # Null: not made yet, or gone.
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("name", sa.String(128), nullable=False),
    # When the handover was whose card stands there.
    sa.Column("card", sa.String(40)),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("chat_id", "thread_id"),
)

# Which message of the topic is which of the conversation; several may stand in one.
copies = sa.Table(
    "telegram_copies",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.message_id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    # `sending` and `sent` as in the deliveries; `own` was written in the topic itself.
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("message_no", sa.BigInteger),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_telegram_copies_message_no", "chat_id", "message_no"),
)
