"""Reading tickets."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.life import Action
from bot.backend.tickets.model import (
    Decision,
    Demand,
    Priority,
    Status,
    Ticket,
    TicketType,
    Waiting,
    gives_all_back,
)
from bot.backend.tickets.tables import is_live, ticket_history, ticket_messages, tickets

STATEMENT = ("initiated_at", "product", "payment_state", "order_state")


async def ticket_of(connection: AsyncConnection, ticket_no: str) -> Ticket | None:
    row = (await connection.execute(select(tickets).where(tickets.c.ticket_no == ticket_no))).one_or_none()
    return ticket_from(row) if row else None


async def locked(connection: AsyncConnection, ticket_no: str) -> Row[Any] | None:
    """The ticket's row, locked until the end of the transaction."""
    found = select(tickets).where(tickets.c.ticket_no == ticket_no).with_for_update()
    return (await connection.execute(found)).one_or_none()


async def lock_case(connection: AsyncConnection, ticket_no: str) -> Row[Any] | None:
    """The same, or what the ticket was merged into; never two rows, so that nobody waits in a circle."""
    row = await locked(connection, ticket_no)
    while row is not None and row.merged_into:
        row = await locked(connection, row.merged_into)
    return row


async def survivor_of(connection: AsyncConnection, ticket: Ticket) -> Ticket:
    """The ticket that this one was merged into, else itself."""
    if not ticket.merged_into:
        return ticket
    return await ticket_of(connection, ticket.merged_into) or ticket


async def tickets_of_order(connection: AsyncConnection, order_no: str, customer_ref: str) -> list[Ticket]:
    """The tickets of a proven order and those that its customer opened for it before the proof, newest first."""
    own = and_(tickets.c.customer_ref == customer_ref, tickets.c.claimed_no == order_no)
    return await _tickets(connection, or_(tickets.c.order_no == order_no, own))


async def tickets_of_customer(connection: AsyncConnection, customer_ref: str) -> list[Ticket]:
    """The tickets that this customer opened, newest first."""
    return await _tickets(connection, tickets.c.customer_ref == customer_ref)


async def open_ticket_no_of(connection: AsyncConnection, order_no: str) -> str | None:
    """The live ticket of an order, for the order's view."""
    found = select(tickets.c.ticket_no).where(tickets.c.order_no == order_no, is_live)
    return (await connection.execute(found)).scalar_one_or_none()


async def refund_under_way(connection: AsyncConnection, order_no: str) -> datetime | None:
    """Since when the goods of this order are to be refunded, by what was decided on its live ticket."""
    row = (await connection.execute(select(tickets).where(tickets.c.order_no == order_no, is_live))).one_or_none()
    if row is None or not gives_all_back(ticket_from(row)):
        return None
    decided = select(func.max(ticket_history.c.at)).where(
        ticket_history.c.ticket_id == row.id, ticket_history.c.action == Action.REFUND_APPROVED.value
    )
    moment: datetime | None = (await connection.execute(decided)).scalar_one_or_none()
    return moment


async def family_of(connection: AsyncConnection, ticket: Ticket) -> list[Ticket]:
    """The ticket and those that were merged into it, oldest first."""
    named = or_(tickets.c.ticket_no == ticket.ticket_no, tickets.c.merged_into == ticket.ticket_no)
    return [ticket_from(row) for row in await connection.execute(select(tickets).where(named).order_by(tickets.c.id))]


async def messages_of(connection: AsyncConnection, *ticket_nos: str) -> list[dict[str, Any]]:
    """Everything written to these tickets, also what is internal, oldest first; each says its `ticket_no`."""
    found = (
        select(ticket_messages, tickets.c.ticket_no)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .where(tickets.c.ticket_no.in_(ticket_nos))
        .order_by(ticket_messages.c.created_at, ticket_messages.c.id)
    )
    return [dict(row._mapping) for row in await connection.execute(found)]


async def last_word_at(connection: AsyncConnection, ticket_no: str) -> datetime | None:
    """When the customer or the shop wrote last; notes between colleagues do not count."""
    found = (
        select(func.max(ticket_messages.c.created_at))
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .where(tickets.c.ticket_no == ticket_no, ticket_messages.c.internal.is_(False))
    )
    moment: datetime | None = (await connection.execute(found)).scalar_one_or_none()
    return moment


def ticket_from(row: Row[Any]) -> Ticket:
    """A row of the table as a ticket."""
    values = {name: getattr(row, name) for name in Ticket.__dataclass_fields__}
    return Ticket(
        **{
            **values,
            "type": TicketType(row.type),
            "status": Status(row.status),
            "priority": Priority(row.priority),
            "base_priority": Priority(row.base_priority),
            "demand": Demand(row.demand) if row.demand else None,
            "waiting_for": Waiting(row.waiting_for) if row.waiting_for else None,
            "refund_decision": Decision(row.refund_decision) if row.refund_decision else None,
        }
    )


async def _tickets(connection: AsyncConnection, condition: Any) -> list[Ticket]:
    found = select(tickets).where(condition).order_by(tickets.c.created_at.desc(), tickets.c.id.desc()).limit(50)
    return [ticket_from(row) for row in await connection.execute(found)]
