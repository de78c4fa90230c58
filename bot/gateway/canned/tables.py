"""The tables of what agents write often, and of what is written down about a finished conversation."""

import sqlalchemy as sa

from bot.db import UtcDateTime
from bot.gateway.conversations.tables import metadata

canned_replies = sa.Table(
    "canned_replies",
    metadata,
    sa.Column("canned_id", sa.String(32), primary_key=True),
    sa.Column("shortcut", sa.String(40), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("team", sa.String(60)),
    # The name of one of the drawn examples that the gateway serves.
    sa.Column("picture", sa.String(80)),
    sa.Column("uses", sa.Integer, nullable=False),
    # Null: one of those that come with the helpdesk.
    sa.Column("owner", sa.String(40)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("language", "shortcut", name="uq_canned_replies_language_shortcut"),
)

macros = sa.Table(
    "macros",
    metadata,
    sa.Column("macro_id", sa.String(32), primary_key=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("steps", sa.JSON, nullable=False),
    sa.Column("owner", sa.String(40)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

summaries = sa.Table(
    "summaries",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("cause", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("username", sa.String(40), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_summaries_cause", "cause", "created_at"),
)

quality_scores = sa.Table(
    "quality_scores",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("points", sa.JSON, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("username", sa.String(40), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
