"""Incidents and the cases that belong to them."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    case,
    distinct,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.incidents.model import COUNTED, Group, Scope, incident_no_from
from bot.backend.orders.model import Diagnosis
from bot.db import UtcDateTime, upsert

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
is_live = incidents.c.closed_at.is_(None)
# However many cases come at the same time, they make one incident.
Index("uq_incidents_live", incidents.c.scope, incidents.c.name, unique=True, sqlite_where=is_live,
      postgresql_where=is_live)  # fmt: skip

incident_cases = Table(
    "incident_cases",
    metadata,
    Column("id", Integer, primary_key=True),
    # The order.
    Column("subject", String(64), nullable=False),
    Column("customer_ref", String(128), nullable=False),
    Column("conversation_id", String(128)),
    Column("order_no", String(64)),
    # Only cases that were reported count; the others are only told.
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
_COLUMN = {scope: incident_cases.c[scope.value] for scope in Scope}


@dataclass(frozen=True, kw_only=True)
class IncidentCase:
    """An order that stands still, and the customer who said so."""

    order_no: str
    customer_ref: str
    conversation_id: str | None = None
    ticket_no: str | None = None
    diagnosis: Diagnosis
    common: Mapping[Scope, str | None]
    reported_at: datetime


async def save_case(connection: AsyncConnection, new: IncidentCase, incident_id: int | None = None) -> None:
    """Save or renew a case; it goes to the incident given, else it stays with its own.

    Only what is reported after the end of its own can be a sign of the next: the supplier may still be working it off.
    """
    values: dict[str, Any] = {
        "conversation_id": new.conversation_id,
        "order_no": new.order_no,
        "ticket_no": new.ticket_no,
        "diagnosis": new.diagnosis.value,
        **{scope.value: new.common.get(scope) for scope in Scope},
        "reported_at": new.reported_at,
        "incident_id": incident_id,
    }
    statement = upsert(connection, incident_cases).values(subject=new.order_no, customer_ref=new.customer_ref, **values)
    own = select(incidents.c.id).where(is_live | (incidents.c.closed_at >= new.reported_at))
    stays = case((incident_cases.c.incident_id.in_(own), incident_cases.c.incident_id), else_=None)
    again = {name: value for name, value in values.items() if value is not None}
    if incident_id is None:
        again["incident_id"] = stays
    await connection.execute(statement.on_conflict_do_update(index_elements=["subject", "customer_ref"], set_=again))


async def open_incident(connection: AsyncConnection, scope: Scope, name: str, now: datetime) -> tuple[Row[Any], bool]:
    """The live incident of this scope and name, and whether it is new."""
    for _ in range(10):
        statement = upsert(connection, incidents).values(
            incident_no=incident_no_from(now, secrets.token_hex(3)), scope=scope.value, name=name, opened_at=now
        )
        new = await connection.execute(statement.on_conflict_do_nothing().returning(incidents))
        if row := new.one_or_none():
            return row, True
        if row := await live_incident(connection, [(scope, name)]):
            return row, False
        # Its number was taken, or the other one was closed just now.
    raise RuntimeError("no incident could be opened")


async def live_incident(connection: AsyncConnection, groups: Iterable[tuple[Scope, str]]) -> Row[Any] | None:
    """The live incident of one of these, the first that has one."""
    wanted = [(scope.value, name) for scope, name in groups]
    if not wanted:
        return None
    same = or_(*(and_(incidents.c.scope == scope, incidents.c.name == name) for scope, name in wanted))
    rows = (await connection.execute(select(incidents).where(is_live, same))).all()
    return min(rows, key=lambda row: wanted.index((row.scope, row.name)), default=None)


async def locked(connection: AsyncConnection, incident_no: str) -> Row[Any] | None:
    found = select(incidents).where(incidents.c.incident_no == incident_no).with_for_update()
    return (await connection.execute(found)).one_or_none()


async def close(connection: AsyncConnection, incident: Row[Any], now: datetime) -> None:
    await connection.execute(update(incidents).where(incidents.c.id == incident.id).values(closed_at=now))


async def free_groups(connection: AsyncConnection, since: datetime) -> list[Group]:
    """What the reported cases since then that belong to no incident have in common, with the number of orders."""
    found = []
    for scope, column in _COLUMN.items():
        counted = select(column.label("name"), func.count(distinct(incident_cases.c.subject)).label("cases"))
        where = _free(scope, since) & column.is_not(None)
        for row in await connection.execute(counted.where(where).group_by(column)):
            found.append(Group(scope, row.name, row.cases))
    return found


async def join_free(connection: AsyncConnection, incident: Row[Any], since: datetime) -> None:
    """Let all cases of `free_groups` that it concerns belong to this incident."""
    scope = Scope(incident.scope)
    mine = _free(scope, since) & (_COLUMN[scope] == incident.name)
    await connection.execute(update(incident_cases).where(mine).values(incident_id=incident.id))


async def belongs(connection: AsyncConnection, known: IncidentCase, incident_id: int) -> bool:
    """Whether this customer's order belongs to this incident already."""
    found = select(incident_cases.c.id).where(
        incident_cases.c.subject == known.order_no,
        incident_cases.c.customer_ref == known.customer_ref,
        incident_cases.c.incident_id == incident_id,
    )
    return (await connection.execute(found)).one_or_none() is not None


async def cases_of(connection: AsyncConnection, incident_id: int) -> list[Row[Any]]:
    """The cases of an incident, each customer's newest last."""
    found = select(incident_cases).where(incident_cases.c.incident_id == incident_id)
    return list(await connection.execute(found.order_by(incident_cases.c.reported_at, incident_cases.c.id)))


async def listed(connection: AsyncConnection, only_live: bool, limit: int = 100) -> list[dict[str, Any]]:
    """Incidents with the number of their orders and customers, the newest first."""
    counted = (
        select(
            incidents,
            func.count(distinct(incident_cases.c.subject)).label("orders"),
            func.count(distinct(incident_cases.c.customer_ref)).label("customers"),
        )
        .outerjoin(incident_cases, incident_cases.c.incident_id == incidents.c.id)
        .group_by(*incidents.c)
        .order_by(incidents.c.id.desc())
        .limit(limit)
    )
    rows = await connection.execute(counted.where(is_live) if only_live else counted)
    return [dict(row._mapping) for row in rows]


async def live_incident_of_ticket(connection: AsyncConnection, ticket_no: str) -> Row[Any] | None:
    """The live incident that a ticket belongs to."""
    joined = select(incidents).join(incident_cases, incident_cases.c.incident_id == incidents.c.id)
    return (await connection.execute(joined.where(incident_cases.c.ticket_no == ticket_no, is_live).limit(1))).first()


def _free(scope: Scope, since: datetime) -> ColumnElement[bool]:
    """Reported cases without an incident for which this scope counts."""
    diagnoses = [each.value for each, scopes in COUNTED.items() if scope in scopes]
    return and_(
        incident_cases.c.incident_id.is_(None),
        incident_cases.c.ticket_no.is_not(None),
        incident_cases.c.reported_at > since,
        incident_cases.c.diagnosis.in_(diagnoses),
    )
