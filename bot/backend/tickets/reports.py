"""Reports become tickets: one live ticket for each subject, further reports join it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.changing import Words, tell, write_row
from bot.backend.tickets.life import Action
from bot.backend.tickets.model import (
    Actor,
    ActorKind,
    Demand,
    Priority,
    Status,
    Ticket,
    TicketType,
    more_urgent,
    subject_of,
    ticket_no_from,
)
from bot.backend.tickets.moves import Move, moved
from bot.backend.tickets.priority import pressure_of, priority_of
from bot.backend.tickets.store import STATEMENT, ticket_from
from bot.backend.tickets.tables import is_live, tickets
from bot.db import upsert
from bot.errors import HelpdeskError


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a customer reports; `order_no` only with proof. `promise`: within what time an answer is promised."""

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
    promise: timedelta

    @property
    def subject(self) -> str:
        return subject_of(self.order_no, self.claimed_no, self.customer_ref)

    @property
    def words(self) -> Words:
        details = {
            "type": self.type.value,
            "priority": self.priority.value,
            "demand": self.demand.value if self.demand else None,
            "title": self.title,
            "conversation_id": self.conversation_id,
            "claimed_no": self.claimed_no,
            "proven": self.order_no is not None,
            **self.statement,
        }
        return Words(text=self.content, evidence=self.evidence, report=details)

    def move(self, action: Action, **facts: Any) -> Move:
        actor = Actor(ActorKind.CUSTOMER, self.customer_ref)
        return Move(action=action, actor=actor, now=self.now, promise=self.promise, facts=facts)


async def open_or_join(connection: AsyncConnection, report: Report) -> tuple[Ticket, bool]:
    """Open a ticket, or add the report to the live one; the ticket, and whether the report joined it."""
    for _ in range(10):
        live = await _live_ticket(connection, report)
        if live is None:
            opened = await _insert(connection, report)
            if opened:
                await _tell_opened(connection, opened, report)
                return ticket_from(opened), False
            # Another transaction was faster, or the number was taken: look again.
        elif joined := await _join(connection, live, report):
            return joined, True
    raise HelpdeskError("No ticket could be opened.")


async def _live_ticket(connection: AsyncConnection, report: Report) -> Row[Any] | None:
    """The live ticket that a report joins, locked.

    With proof: that of the order. Else, with or without: one that the same customer opened for the same number, so
    that a proof that came late or ran out does not make a second ticket; or what such a one was merged into.
    """
    own = and_(tickets.c.customer_ref == report.customer_ref, tickets.c.claimed_no == report.claimed_no)
    mine = or_(tickets.c.subject == report.subject, own)
    merged = select(tickets.c.merged_into).where(mine, tickets.c.merged_into.is_not(None))
    rank = (tickets.c.subject == report.subject).desc()
    wanted = or_(mine, tickets.c.ticket_no.in_(merged))
    found = select(tickets).where(is_live, wanted).order_by(rank, tickets.c.id.desc()).limit(1).with_for_update()
    return (await connection.execute(found)).one_or_none()


async def _insert(connection: AsyncConnection, report: Report) -> Row[Any] | None:
    """The new ticket; None when its subject has a live one or its number is taken."""
    pressure = pressure_of(report.amount, timedelta(0), report.promise, 0, 0)
    reply_by = report.now + report.promise
    values = {
        "ticket_no": ticket_no_from(report.now, secrets.token_hex(3)),
        "subject": report.subject,
        "status": Status.OPEN.value,
        "type": report.type.value,
        "priority": priority_of(report.priority, pressure).value,
        "base_priority": report.priority.value,
        "demand": report.demand.value if report.demand else None,
        **{name: report.statement[name] for name in STATEMENT},
        "funds_at_platform": False,
        "stalling": False,
        **dict.fromkeys(("created_at", "updated_at", "waiting_since"), report.now),
        **dict.fromkeys(("reply_by", "next_promise_at"), reply_by),
        "repeats": 0,
        "broken_promises": 0,
    }
    same = ("order_no", "claimed_no", "customer_ref", "conversation_id", "language", "title", "content", "amount")
    values.update({name: getattr(report, name) for name in same})
    statement = upsert(connection, tickets).values(values).on_conflict_do_nothing().returning(tickets)
    row: Row[Any] | None = (await connection.execute(statement)).one_or_none()
    return row


async def _tell_opened(connection: AsyncConnection, row: Row[Any], report: Report) -> None:
    await tell(connection, row, None, ticket_from(row), report.move(Action.OPEN), report.words)


async def _join(connection: AsyncConnection, row: Row[Any], report: Report) -> Ticket | None:
    """Let the report's facts into the ticket; None when another ticket took its new subject meanwhile."""
    before = ticket_from(row)
    base = more_urgent(before.base_priority, report.priority)
    move, more = report.move(Action.REPORT, base_priority=base), {}
    if report.order_no and before.order_no is None:
        # The customer has proved the order by now.
        move = report.move(Action.REPORT, base_priority=base, order_no=report.order_no, amount=report.amount)
        more = {"subject": report.subject}
    after = moved(before, move)
    after = replace(after, priority=more_urgent(after.priority, report.priority))
    if not await write_row(connection, row, before, after, move, **more):
        return None
    await tell(connection, row, before, after, move, report.words)
    return after
