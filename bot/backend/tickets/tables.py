"""The tables of tickets: the case, what was written and what happened, approvals, operations and ratings."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Numeric, String, Table, Text, false

from bot.backend.database import metadata
from bot.backend.tickets.model import LIVE
from bot.db import UtcDateTime

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_no", String(20), nullable=False, unique=True),
    # What may have one live ticket (model.subject_of).
    Column("subject", String(64), nullable=False),
    Column("order_no", String(64)),
    Column("claimed_no", String(100)),
    Column("customer_ref", String(128), nullable=False),
    Column("conversation_id", String(128)),
    Column("language", String(10), nullable=False),
    Column("type", String(30), nullable=False),
    Column("status", String(20), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("demand", String(30)),
    Column("title", String(200), nullable=False),
    Column("content", Text, nullable=False),
    # The four-part statement of the first report, in the customer's words.
    Column("initiated_at", String(300), nullable=False),
    Column("product", String(300), nullable=False),
    Column("payment_state", String(300), nullable=False),
    Column("order_state", String(300), nullable=False),
    Column("amount", Numeric(12, 2)),
    Column("funds_at_platform", Boolean, nullable=False),
    Column("stalling", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("reply_by", UtcDateTime, nullable=False),
    Column("last_agent_reply_at", UtcDateTime),
    Column("base_priority", String(20), nullable=False, server_default="normal"),
    Column("waiting_for", String(20)),
    Column("assignee", String(80)),
    Column("assignee_shown", String(80)),
    Column("waiting_since", UtcDateTime),
    Column("next_promise_at", UtcDateTime),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("broken_promises", Integer, nullable=False, server_default="0"),
    Column("merged_into", String(20)),
    Column("resolved_at", UtcDateTime),
    Column("refund_decision", String(20)),
    Column("refund_amount", Numeric(12, 2)),
    Column("refund_expected_at", UtcDateTime),
    Column("refund_reason", Text),
    Index("ix_tickets_order_no", "order_no"),
    Index("ix_tickets_customer_ref", "customer_ref"),
    Index("ix_tickets_claimed_no", "claimed_no"),
    Index("ix_tickets_merged_into", "merged_into"),
    Index("ix_tickets_updated_at", "updated_at", "id"),
)
is_live = tickets.c.status.in_([each.value for each in LIVE])
# The database itself keeps the promise of one live ticket, whatever happens at the same time.
Index("uq_tickets_subject_live", tickets.c.subject, unique=True, sqlite_where=is_live, postgresql_where=is_live)

ticket_messages = Table(
    "ticket_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("author", String(20), nullable=False),
    Column("author_name", String(80)),
    Column("customer_ref", String(128)),
    Column("text", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    # The whole report, when this message is one.
    Column("report", JSON(none_as_null=True)),
    # A note for colleagues; no customer ever sees it.
    Column("internal", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_ticket_messages_ticket_id", "ticket_id"),
)

ticket_history = Table(
    "ticket_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("action", String(30), nullable=False),
    Column("actor_kind", String(20), nullable=False),
    Column("actor_name", String(128), nullable=False),
    # {field: [before, after]} in JSON values.
    Column("changes", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_id", Integer),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_ticket_history_ticket_id", "ticket_id"),
)

ticket_approvals = Table(
    "ticket_approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("approval_no", String(20), nullable=False, unique=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("action", String(30), nullable=False),
    Column("details", JSON, nullable=False),
    Column("amount", Numeric(12, 2)),
    Column("state", String(20), nullable=False),
    Column("asked_kind", String(20), nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("decided_by", String(128)),
    Column("decided_at", UtcDateTime),
)
_waits = ticket_approvals.c.state == "pending"
Index("uq_ticket_approvals_pending", ticket_approvals.c.ticket_id, ticket_approvals.c.action, unique=True,
      sqlite_where=_waits, postgresql_where=_waits)  # fmt: skip

ticket_operations = Table(
    "ticket_operations",
    metadata,
    # The digest of ticket, action, actor and idempotency key; the shop system is given the same.
    Column("operation_no", String(64), primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("action", String(30), nullable=False),
    Column("reason", Text, nullable=False),
    # What the action needs besides, as `target`.
    Column("details", JSON(none_as_null=True)),
    Column("actor_kind", String(20), nullable=False),
    Column("actor_name", String(128), nullable=False),
    # Who wanted it, where the actor approved it as the second person.
    Column("asked_by", String(128)),
    # `started` before the shop system is asked, then `done`.
    Column("state", String(20), nullable=False),
    Column("status", Integer),
    Column("answer", JSON(none_as_null=True)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("ix_ticket_operations_state", "state"),
)

ticket_ratings = Table(
    "ticket_ratings",
    metadata,
    # One rating for each case.
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("customer_ref", String(128), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
