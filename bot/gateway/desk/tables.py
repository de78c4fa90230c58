"""The tables of the desk besides those of the conversations."""

import sqlalchemy as sa

from bot.db import UtcDateTime
from bot.gateway.conversations.tables import metadata

# One agent's place in one conversation: how far they read, and what they were writing.
desk_marks = sa.Table(
    "desk_marks",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("username", sa.String(100), primary_key=True),
    sa.Column("read_position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("draft", sa.Text, nullable=False, server_default=""),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# For filters and counts; a conversation carries its tags itself too.
conversation_tags = sa.Table(
    "conversation_tags",
    metadata,
    sa.Column("tag", sa.String(50), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Index("ix_conversation_tags_conversation_id", "conversation_id"),
)

desk_presence = sa.Table(
    "desk_presence",
    metadata,
    sa.Column("username", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("team", sa.String(60)),
    sa.Column("status", sa.String(10), nullable=False),
    # Null: what the account says.
    sa.Column("capacity", sa.Integer),
    # When a socket of theirs was last open.
    sa.Column("seen_at", UtcDateTime),
    sa.Index("ix_desk_presence_status", "status", "seen_at"),
)

# What a conversation can be found by: order, payment and ticket numbers, the ends of phones.
conversation_numbers = sa.Table(
    "conversation_numbers",
    metadata,
    sa.Column("number", sa.String(64), primary_key=True),
    sa.Column("field", sa.String(20), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_conversation_numbers_conversation_id", "conversation_id", "field"),
)
