"""Who is to be told when something happens to a case."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.model import Ticket
from bot.backend.tickets.tables import ticket_messages, tickets


@dataclass(frozen=True)
class Listener:
    """A customer, and the conversation in which they reported last."""

    customer_ref: str
    conversation_id: str | None


async def audience_of(connection: AsyncConnection, ticket: Ticket) -> list[Listener]:
    """The customer of the case and everybody who reported it with a proof of the same order.

    Somebody who only claimed the number is not told, also when their ticket was merged into this one.
    """
    family = or_(tickets.c.ticket_no == ticket.ticket_no, tickets.c.merged_into == ticket.ticket_no)
    found = (
        select(ticket_messages.c.customer_ref, ticket_messages.c.report, tickets.c.order_no)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .where(family, ticket_messages.c.report.is_not(None))
        .order_by(ticket_messages.c.id)
    )
    told = {ticket.customer_ref: ticket.conversation_id}
    for row in await connection.execute(found):
        same_order = row.order_no is not None and row.order_no == ticket.order_no and row.report.get("proven")
        if row.customer_ref and (row.customer_ref in told or same_order):
            told[row.customer_ref] = row.report.get("conversation_id") or told.get(row.customer_ref)
    return [Listener(*each) for each in told.items()]
