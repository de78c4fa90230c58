"""Tickets and what was written to them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Row,
    String,
    Table,
    Text,
    and_,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.tickets.model import (
    LIVE,
    Author,
    Demand,
    Priority,
    Status,
    Ticket,
    TicketType,
    more_urgent,
    status_after,
    subject_of,
    ticket_no_from,
)
from bot.db import UtcDateTime, upsert
from bot.errors import HelpdeskError

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
    Index("ix_tickets_order_no", "order_no"),
    Index("ix_tickets_customer_ref", "customer_ref"),
)
_is_live = tickets.c.status.in_([each.value for each in LIVE])
# The database itself keeps the promise of one live ticket, whatever happens at the same time.
Index("uq_tickets_subject_live", tickets.c.subject, unique=True, sqlite_where=_is_live, postgresql_where=_is_live)

ticket_messages = Table(
    "ticket_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("author", String(20), nullable=False),
    Column("customer_ref", String(128)),
    Column("text", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    # The whole report, when this message is one.
    Column("report", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_ticket_messages_ticket_id", "ticket_id"),
)

STATEMENT = ("initiated_at", "product", "payment_state", "order_state")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a customer reports; `order_no` only with proof."""

    order_no: str | None
    claimed_no: str | None
    customer_ref: str
    conversation_id: str | None
    language: str
    type: TicketType
    priority: Priority
    demand: Demand | None
    title: str
    content: str
    statement: Mapping[str, str]
    evidence: list[str]
    amount: Decimal | None
    now: datetime
    reply_by: datetime

    @property
    def subject(self) -> str:
        return subject_of(self.order_no, self.claimed_no, self.customer_ref)


async def open_or_join(connection: AsyncConnection, report: Report) -> tuple[Ticket, bool]:
    """Open a ticket, or add the report to the live one; the ticket, and whether the report joined it."""
    for _ in range(10):
        joined = await _live_ticket(connection, report)
        if joined is None:
            opened = await _insert(connection, report)
            if opened:
                await _add_report(connection, opened, report)
                return _ticket(opened), False
            # Another transaction was faster, or the number was taken: look again.
        elif await _join(connection, joined, report):
            await _add_report(connection, joined, report)
            return _ticket(joined), True
    raise HelpdeskError("No ticket could be opened.")


async def add_message(
    connection: AsyncConnection, ticket: Ticket, author: Author, customer_ref: str | None, text: str,
    evidence: list[str], now: datetime,
) -> int:  # fmt: skip
    """Add a message; its id."""
    row = await _row(connection, ticket.ticket_no)
    values: dict[str, Any] = {"updated_at": now}
    if author is Author.AGENT:
        values["last_agent_reply_at"] = now
    after = status_after(Status(row.status), author)
    # A resolved ticket stays so when its subject has another live one by now.
    if not await _update(connection, row, {**values, "status": after.value}):
        await _update(connection, row, values)
    return await _add_message(connection, row.id, author, customer_ref, text, evidence, None, now)


async def change(connection: AsyncConnection, ticket: Ticket, values: Mapping[str, Any], now: datetime) -> str | None:
    """Change a ticket; when it would be a second live one of its subject, nothing, and the other's number."""
    row = await _row(connection, ticket.ticket_no)
    if await _update(connection, row, {**values, "updated_at": now}):
        return None
    other = select(tickets.c.ticket_no).where(tickets.c.subject == row.subject, _is_live)
    return str((await connection.execute(other)).scalar_one_or_none() or ticket.ticket_no)


async def ticket_of(connection: AsyncConnection, ticket_no: str) -> Ticket | None:
    row = (await connection.execute(select(tickets).where(tickets.c.ticket_no == ticket_no))).one_or_none()
    return _ticket(row) if row else None


async def tickets_of_order(connection: AsyncConnection, order_no: str, customer_ref: str) -> list[Ticket]:
    """The tickets of a proven order and those that its customer opened for it before the proof, newest first."""
    own = and_(tickets.c.customer_ref == customer_ref, tickets.c.claimed_no == order_no)
    return await _tickets(connection, or_(tickets.c.order_no == order_no, own))


async def tickets_of_customer(connection: AsyncConnection, customer_ref: str) -> list[Ticket]:
    """The tickets that this customer opened, newest first."""
    return await _tickets(connection, tickets.c.customer_ref == customer_ref)


async def open_ticket_no_of(connection: AsyncConnection, order_no: str) -> str | None:
    """The live ticket of an order, for the order's view."""
    found = select(tickets.c.ticket_no).where(tickets.c.order_no == order_no, _is_live)
    return (await connection.execute(found)).scalar_one_or_none()


async def messages_of(connection: AsyncConnection, ticket_no: str) -> list[dict[str, Any]]:
    """Everything written to a ticket, oldest first."""
    found = (
        select(ticket_messages)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .where(tickets.c.ticket_no == ticket_no)
        .order_by(ticket_messages.c.id)
    )
    return [dict(row._mapping) for row in await connection.execute(found)]


async def _live_ticket(connection: AsyncConnection, report: Report) -> Row[Any] | None:
    """The live ticket that a report joins, locked.

    With proof: that of the order. Else, with or without: one that the same customer opened for the same number, so
    that a proof that came late or ran out does not make a second ticket.
    """
    own = and_(tickets.c.customer_ref == report.customer_ref, tickets.c.claimed_no == report.claimed_no)
    mine = or_(tickets.c.subject == report.subject, own)
    rank = (tickets.c.subject == report.subject).desc()
    found = select(tickets).where(_is_live, mine).order_by(rank, tickets.c.id.desc()).limit(1).with_for_update()
    return (await connection.execute(found)).one_or_none()


async def _insert(connection: AsyncConnection, report: Report) -> Row[Any] | None:
    """The new ticket; None when its subject has a live one or its number is taken."""
    values = {
        "ticket_no": ticket_no_from(report.now, secrets.token_hex(3)),
        "subject": report.subject,
        "status": Status.OPEN.value,
        "type": report.type.value,
        "priority": report.priority.value,
        "demand": report.demand.value if report.demand else None,
        **{name: report.statement[name] for name in STATEMENT},
        "funds_at_platform": False,
        "stalling": False,
        "created_at": report.now,
        "updated_at": report.now,
    }
    same = ("order_no", "claimed_no", "customer_ref", "conversation_id", "language", "title", "content", "amount",
            "reply_by")  # fmt: skip
    values.update({name: getattr(report, name) for name in same})
    statement = upsert(connection, tickets).values(values).on_conflict_do_nothing().returning(tickets)
    row: Row[Any] | None = (await connection.execute(statement)).one_or_none()
    return row


async def _join(connection: AsyncConnection, row: Row[Any], report: Report) -> bool:
    """Let the report's facts into the ticket; False when another ticket took its new subject meanwhile."""
    values: dict[str, Any] = {
        "priority": more_urgent(Priority(row.priority), report.priority).value,
        "updated_at": report.now,
    }
    if report.order_no and row.order_no is None:
        # The customer has proved the order by now.
        values.update(order_no=report.order_no, subject=report.subject, amount=report.amount)
    return await _update(connection, row, values)


async def _update(connection: AsyncConnection, row: Row[Any], values: Mapping[str, Any]) -> bool:
    """Update the locked row; False when that would make a second live ticket of a subject."""
    try:
        async with connection.begin_nested():
            await connection.execute(update(tickets).where(tickets.c.id == row.id).values(values))
    except IntegrityError:
        return False
    return True


async def _add_report(connection: AsyncConnection, row: Row[Any], report: Report) -> None:
    details = {
        "type": report.type.value,
        "priority": report.priority.value,
        "demand": report.demand.value if report.demand else None,
        "title": report.title,
        "conversation_id": report.conversation_id,
        "claimed_no": report.claimed_no,
        "proven": report.order_no is not None,
        **report.statement,
    }
    await _add_message(
        connection, row.id, Author.CUSTOMER, report.customer_ref, report.content, report.evidence, details, report.now
    )


async def _add_message(
    connection: AsyncConnection, ticket_id: int, author: Author, customer_ref: str | None, text: str,
    evidence: list[str], report: dict[str, Any] | None, now: datetime,
) -> int:  # fmt: skip
    statement = ticket_messages.insert().values(
        ticket_id=ticket_id, author=author.value, customer_ref=customer_ref, text=text, evidence=evidence,
        report=report, created_at=now,
    )  # fmt: skip
    return int((await connection.execute(statement.returning(ticket_messages.c.id))).scalar_one())


async def _row(connection: AsyncConnection, ticket_no: str) -> Row[Any]:
    """The ticket, locked until the end of the transaction."""
    return (await connection.execute(select(tickets).where(tickets.c.ticket_no == ticket_no).with_for_update())).one()


async def _tickets(connection: AsyncConnection, condition: Any) -> list[Ticket]:
    found = select(tickets).where(condition).order_by(tickets.c.created_at.desc(), tickets.c.id.desc()).limit(50)
    return [_ticket(row) for row in await connection.execute(found)]


def _ticket(row: Row[Any]) -> Ticket:
    values = {name: getattr(row, name) for name in Ticket.__dataclass_fields__}
    return Ticket(
        **{
            **values,
            "type": TicketType(row.type),
            "status": Status(row.status),
            "priority": Priority(row.priority),
            "demand": Demand(row.demand) if row.demand else None,
        }
    )
