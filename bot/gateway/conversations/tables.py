"""The tables of the gateway's database; the history of their changes is in `migrations/gateway`."""

import sqlalchemy as sa

from bot.db import UtcDateTime, make_metadata

metadata = make_metadata()

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("conversation_id", sa.String(32), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("customer_id", sa.String(200), nullable=False),
    sa.Column("identity", sa.String(200)),
    sa.Column("customer_name", sa.String(100)),
    sa.Column("page_url", sa.String(500)),
    # A keyed digest of the address that opened it: wrong guesses at orders are counted on it.
    sa.Column("address_key", sa.String(64)),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("language_locked", sa.Boolean, nullable=False),
    sa.Column("owner", sa.String(10), nullable=False),
    sa.Column("agent", sa.String(100)),
    sa.Column("handoff_reason", sa.String(50)),
    sa.Column("owner_since", UtcDateTime, nullable=False),
    # When the customer was last told that the queue has their message; null at the start of each wait.
    sa.Column("queue_told_at", UtcDateTime),
    sa.Column("sender_n", sa.Integer, nullable=False),
    # `last_seq` counts what the customer sees, `last_position` everything.
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("last_position", sa.Integer, nullable=False),
    sa.Column("read_seq", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # What the desk knows besides; `standing.py` keeps it with each change.
    sa.Column("agent_name", sa.String(100)),
    sa.Column("team", sa.String(60)),
    sa.Column("state", sa.String(10), nullable=False, server_default="open"),
    # Promised for opening time while the bot goes on.
    sa.Column("booked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("priority", sa.String(10), nullable=False, server_default="normal"),
    # Since when the customer waits for a human, and until when one should answer.
    sa.Column("waiting_since", UtcDateTime),
    sa.Column("due_at", UtcDateTime),
    # How often it changed.
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("order_no", sa.String(100)),
    sa.Column("handover", sa.JSON),
    sa.Column("last_message", sa.JSON),
    sa.Column("wrote_at", UtcDateTime),
    # Messages of the customer since the last words of a human.
    sa.Column("unread", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tags", sa.JSON),
    sa.Column("score", sa.Integer),
    # In which list of the desk it is, and a key that sorts by priority and time.
    sa.Column("place", sa.String(10), nullable=False, server_default="new"),
    sa.Column("urgency", sa.String(30), nullable=False, server_default=""),
    sa.Index("ix_conversations_customer_id", "customer_id"),
    sa.Index("ix_conversations_created_at", "created_at", "conversation_id"),
    sa.Index("ix_conversations_owner", "owner", "owner_since"),
    sa.Index("ix_conversations_place", "place", "urgency", "conversation_id"),
    sa.Index("ix_conversations_place_updated", "place", "updated_at", "conversation_id"),
    sa.Index("ix_conversations_agent", "agent", "place", "urgency", "conversation_id"),
    sa.Index("ix_conversations_updated", "updated_at", "conversation_id"),
    sa.Index("ix_conversations_urgency", "urgency", "conversation_id"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("message_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("seq", sa.Integer),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("sender", sa.String(10), nullable=False),
    sa.Column("author", sa.String(100)),
    sa.Column("author_name", sa.String(100)),
    # What the agent's page knows the message by; `reply_key` keeps it from being sent twice.
    sa.Column("desk_client_id", sa.String(64)),
    # Of an activity: what happened, by whom, to whom and why.
    sa.Column("activity", sa.JSON),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("picture_id", sa.ForeignKey("pictures.picture_id")),
    # The path of a picture that goes with the bot's words.
    sa.Column("image", sa.String(200)),
    sa.Column("client_id", sa.String(64)),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("external_id", sa.String(200)),
    # The turn that this answers, and a key that keeps the same thing from being said twice.
    sa.Column("reply_to", sa.String(32)),
    sa.Column("reply_key", sa.String(80), unique=True),
    # How it came, when not as usual, and the message that it answers or corrects; see `Origin`.
    sa.Column("origin", sa.String(10)),
    sa.Column("quotes", sa.String(32)),
    # Part of the dialog: makes the buttons of earlier messages stale.
    sa.Column("dialog", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "position"),
    sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_seq"),
    sa.UniqueConstraint("conversation_id", "client_id", name="uq_messages_conversation_client"),
    sa.UniqueConstraint("channel", "external_id"),
    sa.Index("ix_messages_status", "status", "conversation_id"),
    sa.Index(
        "ix_messages_activities",
        "created_at",
        sqlite_where=sa.text("kind = 'activity'"),
        postgresql_where=sa.text("kind = 'activity'"),
    ),
)

buttons = sa.Table(
    "buttons",
    metadata,
    sa.Column("button_id", sa.String(32), primary_key=True),
    sa.Column("message_id", sa.ForeignKey("messages.message_id"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Index("ix_buttons_message_id", "message_id"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("turn_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("ask", sa.Text, nullable=False),
    # The dialog step whose button was clicked: of each step one button counts.
    sa.Column("offer", sa.String(32)),
    sa.Column("stale", sa.Boolean, nullable=False),
    sa.Column("redacted", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("sender_id", sa.String(64)),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("asked_at", UtcDateTime),
    sa.Column("answered_at", UtcDateTime),
    sa.Index("ix_turns_conversation_id", "conversation_id", "state", "position"),
    sa.Index("ix_turns_state", "state", "conversation_id"),
)

pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("picture_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("evidence_id", sa.String(64), nullable=False),
    sa.Column("mime", sa.String(40), nullable=False),
    # The agent who uploaded it; null for the customer.
    sa.Column("author", sa.String(100)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_pictures_conversation_id", "conversation_id"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("outbox_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("idempotency_key", sa.String(200), nullable=False, unique=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("last_error", sa.String(50)),
    sa.Column("ticket_no", sa.String(40)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_outbox_state", "state", "next_at"),
)
