"""The desk: who owns a conversation and since when, lists, search, presence."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = (
        sa.Column("agent_name", sa.String(100)),
        sa.Column("team", sa.String(60)),
        sa.Column("state", sa.String(10), nullable=False, server_default="open"),
        sa.Column("booked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("priority", sa.String(10), nullable=False, server_default="normal"),
        sa.Column("waiting_since", UtcDateTime()),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("order_no", sa.String(100)),
        sa.Column("handover", sa.JSON()),
        sa.Column("last_message", sa.JSON()),
        sa.Column("wrote_at", UtcDateTime()),
        sa.Column("unread", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tags", sa.JSON()),
        sa.Column("score", sa.Integer()),
        sa.Column("place", sa.String(10), nullable=False, server_default="new"),
        sa.Column("urgency", sa.String(30), nullable=False, server_default=""),
    )
    for column in columns:
        op.add_column("conversations", column)
    _place_what_is_there()
    op.create_index("ix_conversations_place", "conversations", ["place", "urgency", "conversation_id"])
    op.create_index("ix_conversations_place_updated", "conversations", ["place", "updated_at", "conversation_id"])
    op.create_index("ix_conversations_agent", "conversations", ["agent", "place", "urgency", "conversation_id"])
    op.create_index("ix_conversations_updated", "conversations", ["updated_at", "conversation_id"])
    op.create_index("ix_conversations_urgency", "conversations", ["urgency", "conversation_id"])
    op.add_column("messages", sa.Column("author_name", sa.String(100)))
    op.add_column("messages", sa.Column("desk_client_id", sa.String(64)))
    op.add_column("messages", sa.Column("activity", sa.JSON()))
    only = sa.text("kind = 'activity'")
    op.create_index("ix_messages_activities", "messages", ["created_at"], sqlite_where=only, postgresql_where=only)
    op.add_column("pictures", sa.Column("author", sa.String(100)))
    _create_tables()
    _create_search()


def _place_what_is_there() -> None:
    """Conversations from before the desk: whoever owns them, in their list, as of their last change."""
    table = sa.table(
        "conversations", *(sa.column(name) for name in ("conversation_id", "owner", "place", "urgency")),
        sa.column("owner_since", UtcDateTime()), sa.column("updated_at", UtcDateTime()),
        sa.column("waiting_since", UtcDateTime()), sa.column("last_seq"),
    )  # fmt: skip
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).all():
        waits = row.owner == "queue"
        key = f"2{(row.owner_since if waits else row.updated_at):%Y%m%d%H%M%S%f}"
        place = row.owner if row.owner != "bot" or row.last_seq > 1 else "new"
        values = {"place": place, "urgency": key, "waiting_since": row.owner_since if waits else None}
        connection.execute(sa.update(table).where(table.c.conversation_id == row.conversation_id).values(values))


def _create_tables() -> None:
    def conversation(**options: bool) -> sa.Column:
        return sa.Column("conversation_id", sa.String(32), nullable=False, **options)

    def belongs(table: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_{table}_conversation_id_conversations")
        return sa.ForeignKeyConstraint(["conversation_id"], ["conversations.conversation_id"], name=name)

    op.create_table(
        "desk_marks",
        conversation(),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("read_position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("draft", sa.Text(), nullable=False, server_default=""),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        belongs("desk_marks"),
        sa.PrimaryKeyConstraint("conversation_id", "username", name=op.f("pk_desk_marks")),
    )
    op.create_table(
        "conversation_tags",
        sa.Column("tag", sa.String(50), nullable=False),
        conversation(),
        belongs("conversation_tags"),
        sa.PrimaryKeyConstraint("tag", "conversation_id", name=op.f("pk_conversation_tags")),
    )
    op.create_index("ix_conversation_tags_conversation_id", "conversation_tags", ["conversation_id"])
    op.create_table(
        "desk_presence",
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("team", sa.String(60)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("seen_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_desk_presence")),
    )
    op.create_index("ix_desk_presence_status", "desk_presence", ["status", "seen_at"])
    op.create_table(
        "conversation_numbers",
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        conversation(),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        belongs("conversation_numbers"),
        sa.PrimaryKeyConstraint("number", "field", "conversation_id", name=op.f("pk_conversation_numbers")),
    )
    op.create_index("ix_conversation_numbers_conversation_id", "conversation_numbers", ["conversation_id", "field"])


def _create_search() -> None:
    """Words of people, for the search of the desk; `bot/gateway/desk/words.py` says what a word is."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE message_words USING fts5("
            "words, message_id UNINDEXED, conversation_id UNINDEXED, tokenize = 'unicode61')"
        )
        return
    op.execute(
        "CREATE TABLE message_words (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words TSVECTOR NOT NULL, "
        "message_id VARCHAR(32) NOT NULL, conversation_id VARCHAR(32) NOT NULL)"
    )
    op.execute("CREATE INDEX ix_message_words_words ON message_words USING gin (words)")


def downgrade() -> None:
    for name in ("message_words", "conversation_numbers", "desk_presence", "conversation_tags", "desk_marks"):
        op.drop_table(name)
    with op.batch_alter_table("pictures") as batch:
        batch.drop_column("author")
    op.drop_index("ix_messages_activities", "messages")
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("activity")
        batch.drop_column("desk_client_id")
        batch.drop_column("author_name")
    for end in ("place", "place_updated", "agent", "updated", "urgency"):
        op.drop_index(f"ix_conversations_{end}", "conversations")
    names = (
        "agent_name", "team", "state", "booked", "priority", "waiting_since", "due_at", "version", "order_no",
        "handover", "last_message", "wrote_at", "unread", "tags", "score", "place", "urgency",
    )  # fmt: skip
    with op.batch_alter_table("conversations") as batch:
        for name in names:
            batch.drop_column(name)
