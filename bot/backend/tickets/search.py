"""Finding cases, for agents: by what they are and by what they say, page by page."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.payments.store import claims, payments
from bot.backend.tickets.model import Priority, Status, Ticket, TicketType
from bot.backend.tickets.store import ticket_from
from bot.backend.tickets.tables import ticket_messages, tickets
from bot.db import UtcDateTime
from bot.errors import InvalidError
from bot.numbers import normalize_number

MOST = 100


class Sort(StrEnum):
    """`urgency`: the most urgent first, among these the one whose promise ends first; `recent`: the newest change."""

    URGENCY = "urgency"
    RECENT = "recent"


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look for; everything that is given must fit. Tickets that were merged are left out."""

    statuses: tuple[Status, ...] = ()
    types: tuple[TicketType, ...] = ()
    assignee: str | None = None
    unassigned: bool = False
    order_no: str | None = None
    transaction_no: str | None = None
    customer_ref: str | None = None
    text: str | None = None
    sort: Sort = Sort.URGENCY
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Page:
    """Some of the cases; `next_cursor` leads to the following ones and is None at the end."""

    tickets: list[Ticket]
    next_cursor: str | None


_RANK = case({each.value: rank for rank, each in enumerate(reversed(Priority))}, value=tickets.c.priority)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_DUE = func.coalesce(tickets.c.next_promise_at, literal(_NEVER, UtcDateTime), type_=UtcDateTime)


async def find(connection: AsyncConnection, query: Query) -> Page:
    """One page; raises InvalidError when the cursor is none of ours."""
    conditions = [tickets.c.merged_into.is_(None), *_conditions(query)]
    if query.sort is Sort.URGENCY:
        keys: tuple[Any, ...] = (_RANK, _DUE, tickets.c.id)
        after = tuple_(*keys) > tuple_(*_values(query.cursor, keys)) if query.cursor else None
        order = [key.asc() for key in keys]
    else:
        keys = (tickets.c.updated_at, tickets.c.id)
        after = tuple_(*keys) < tuple_(*_values(query.cursor, keys)) if query.cursor else None
        order = [key.desc() for key in keys]
    if after is not None:
        conditions.append(after)
    named = [key.label(f"key{number}") for number, key in enumerate(keys)]
    found = select(tickets, *named).where(*conditions).order_by(*order).limit(query.limit + 1)
    rows = (await connection.execute(found)).all()
    shown = rows[: query.limit]
    more = _cursor([getattr(shown[-1], each.name) for each in named]) if len(rows) > query.limit else None
    return Page([ticket_from(row) for row in shown], more)


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.statuses:
        found.append(tickets.c.status.in_([each.value for each in query.statuses]))
    if query.types:
        found.append(tickets.c.type.in_([each.value for each in query.types]))
    if query.unassigned:
        found.append(tickets.c.assignee.is_(None))
    if query.assignee:
        found.append(tickets.c.assignee == query.assignee)
    if query.customer_ref:
        found.append(tickets.c.customer_ref == query.customer_ref)
    if query.order_no:
        number = normalize_number(query.order_no)
        found.append(or_(tickets.c.order_no == number, tickets.c.claimed_no == number))
    if query.transaction_no:
        found.append(_of_payment(normalize_number(query.transaction_no)))
    if query.text:
        found.append(_says(query.text))
    return found


def _of_payment(number: str) -> ColumnElement[bool]:
    """Cases whose order was paid under this transaction or merchant number, or whose customer named it."""
    paid = select(payments.c.order_no).where(
        or_(payments.c.transaction_no == number, payments.c.merchant_no == number), payments.c.order_no.is_not(None)
    )
    claimed = select(claims.c.order_no).where(
        or_(claims.c.transaction_no == number, claims.c.merchant_no == number), claims.c.order_no.is_not(None)
    )
    return or_(tickets.c.order_no.in_(paid), tickets.c.order_no.in_(claimed), tickets.c.claimed_no == number)


def _says(text: str) -> ColumnElement[bool]:
    """Cases in which this occurs: in the report, a message or a note."""
    columns = (tickets.c.title, tickets.c.content, tickets.c.product, tickets.c.order_state, tickets.c.ticket_no)
    said = select(ticket_messages.c.ticket_id).where(ticket_messages.c.text.icontains(text, autoescape=True))
    return or_(*(column.icontains(text, autoescape=True) for column in columns), tickets.c.id.in_(said))


def _cursor(values: list[Any]) -> str:
    plain = [each.astimezone(UTC).isoformat() if isinstance(each, datetime) else each for each in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _values(cursor: str, keys: tuple[Any, ...]) -> list[Any]:
    """The values of a cursor, bound with the types of their keys."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(each, key) for each, key in zip(plain, keys, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise InvalidError(fields=["cursor"]) from error
    return [literal(value, key.type) for value, key in zip(values, keys, strict=True)]


def _value(plain: Any, key: Any) -> Any:
    if isinstance(key.type, UtcDateTime):
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment.astimezone(UTC)
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 2**31:
        raise ValueError("no number")
    return plain
