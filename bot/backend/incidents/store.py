"""Incidents and the cases that belong to them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.backend.database import metadata
from bot.db import UtcDateTime

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_no", String(20), nullable=False, unique=True),
    Column("scope", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)
_is_live = incidents.c.closed_at.is_(None)
# However many cases come at the same time, they make one incident.
Index("uq_incidents_live", incidents.c.scope, incidents.c.name, unique=True, sqlite_where=_is_live,
      postgresql_where=_is_live)  # fmt: skip

incident_cases = Table(
    "incident_cases",
    metadata,
    Column("id", Integer, primary_key=True),
    # The proven order, else the ticket.
    Column("subject", String(64), nullable=False),
    Column("customer_ref", String(128), nullable=False),
    Column("conversation_id", String(128)),
    Column("order_no", String(64)),
    Column("ticket_no", String(20)),
    Column("diagnosis", String(30), nullable=False),
    Column("product", String(200)),
    Column("supplier", String(60)),
    Column("channel", String(20)),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    UniqueConstraint("subject", "customer_ref"),
    Index("ix_incident_cases_reported_at", "reported_at"),
    Index("ix_incident_cases_incident_id", "incident_id"),
)
