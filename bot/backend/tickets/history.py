"""What happened to a ticket: each change as a row of who, when, what, from what to what."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.life import Action
from bot.backend.tickets.model import Actor, Ticket
from bot.backend.tickets.tables import ticket_history, tickets


def changes_between(before: Ticket | None, after: Ticket) -> dict[str, list[Any]]:
    """Every field that differs, as `{name: [before, after]}` in JSON values; all that is set when it is new."""
    names = [name for name in Ticket.__dataclass_fields__ if name != "ticket_no"]
    pairs = {name: [_plain(getattr(before, name)) if before else None, _plain(getattr(after, name))] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def replayed(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a ticket after all these rows, oldest first: the proof that the history is complete."""
    fields: dict[str, Any] = {name: None for name in Ticket.__dataclass_fields__ if name != "ticket_no"}
    for row in rows:
        for name, (before, after) in row["changes"].items():
            if fields[name] != before:
                raise ValueError(f"{name} was {fields[name]!r}, the history says {before!r}")
            fields[name] = after
    return fields


def fields_of(ticket: Ticket) -> dict[str, Any]:
    """The fields that the history covers, in JSON values."""
    return {name: _plain(getattr(ticket, name)) for name in Ticket.__dataclass_fields__ if name != "ticket_no"}


async def record(
    connection: AsyncConnection, ticket_id: int, action: Action, actor: Actor, changes: Mapping[str, Any],
    now: datetime, reason: str = "", message_id: int | None = None,
) -> int:  # fmt: skip
    """Write a row, in the transaction of the change; its id."""
    statement = ticket_history.insert().values(
        ticket_id=ticket_id, action=action.value, actor_kind=actor.kind.value, actor_name=actor.name,
        changes=dict(changes), reason=reason, message_id=message_id, at=now,
    )  # fmt: skip
    return int((await connection.execute(statement.returning(ticket_history.c.id))).scalar_one())


async def history_of(connection: AsyncConnection, *ticket_nos: str) -> list[dict[str, Any]]:
    """All that happened to these tickets, oldest first; each row says its `ticket_no`."""
    found = (
        select(ticket_history, tickets.c.ticket_no)
        .join(tickets, tickets.c.id == ticket_history.c.ticket_id)
        .where(tickets.c.ticket_no.in_(ticket_nos))
        .order_by(ticket_history.c.at, ticket_history.c.id)
    )
    return [dict(row._mapping) for row in await connection.execute(found)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, Enum) else value
