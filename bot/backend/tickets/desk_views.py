"""Cases as agents see them, and what they ask for."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.http import check_query
from bot.backend.tickets.approvals import Approval, approvals_of
from bot.backend.tickets.history import history_of
from bot.backend.tickets.life import stage_of
from bot.backend.tickets.model import Status, Ticket, TicketType
from bot.backend.tickets.operations import operations_of
from bot.backend.tickets.progress import view_of
from bot.backend.tickets.ratings import rating_of
from bot.backend.tickets.search import MOST, Query, Sort
from bot.backend.tickets.store import STATEMENT, family_of, messages_of
from bot.backend.tickets.tables import tickets
from bot.errors import InvalidError

Value = TypeVar("Value", bound=StrEnum)

PARAMETERS = (
    "status", "type", "assignee", "unassigned", "order_no", "transaction_no", "customer_ref", "text", "sort", "limit",
    "cursor",
)  # fmt: skip
LONGEST = 200
_ROW = (
    "ticket_no", "type", "status", "priority", "order_no", "claimed_no", "customer_ref", "conversation_id", "assignee",
    "amount", "created_at", "waiting_since", "next_promise_at", "repeats", "broken_promises",
)  # fmt: skip
_MORE = (
    "base_priority", "reply_by", "last_agent_reply_at", "resolved_at", "funds_at_platform", "stalling", "demand",
)  # fmt: skip


def query_from(request: web.Request) -> Query:
    """What the query string asks for; raises InvalidError with the names of what cannot be used."""
    check_query(request, *PARAMETERS)
    given = request.query
    words = {name: given[name].strip() or None for name in PARAMETERS[4:8] if name in given}
    if wrong := [name for name in PARAMETERS if len(given.get(name, "")) > LONGEST]:
        raise InvalidError(fields=wrong)
    return Query(
        statuses=tuple(_one(Status, "status", each) for each in given.getall("status", [])),
        types=tuple(_one(TicketType, "type", each) for each in given.getall("type", [])),
        assignee=given.get("assignee") or None,
        unassigned=_flag(given.get("unassigned", "false")),
        sort=_one(Sort, "sort", given.get("sort", Sort.URGENCY.value)),
        limit=_limit(given.get("limit", "20")),
        cursor=given.get("cursor") or None,
        **words,
    )


def row_view(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """A case in a list; `overdue`: the promise is over."""
    overdue = ticket.next_promise_at is not None and ticket.next_promise_at <= now
    return {
        **{name: getattr(ticket, name) for name in _ROW},
        "stage": stage_of(ticket),
        "waiting_for": ticket.waiting_for,
        "overdue": overdue,
    }


async def case_view(connection: AsyncConnection, case: Ticket, now: datetime, legal_amount: Decimal) -> dict[str, Any]:
    """A case with everything that was written, done and decided, also to what was merged into it."""
    numbers = [each.ticket_no for each in await family_of(connection, case)]
    row = (await connection.execute(select(tickets).where(tickets.c.ticket_no == case.ticket_no))).one()
    rating = await rating_of(connection, row.id)
    customers = view_of(case, now, legal_amount)
    return {
        **row_view(case, now),
        **{name: getattr(case, name) for name in _MORE},
        **{name: customers[name] for name in ("holder", "refund", "step3")},
        **{name: getattr(row, name) for name in ("language", "title", "content", *STATEMENT)},
        "merged": [number for number in numbers if number != case.ticket_no],
        "messages": [_message(each) for each in await messages_of(connection, *numbers)],
        "history": [_event(each) for each in await history_of(connection, *numbers)],
        "approvals": [approval_view(each, now) for each in await approvals_of(connection, *numbers)],
        "operations": [_operation(each) for each in await operations_of(connection, *numbers)],
        "rating": {"score": rating.score, "comment": rating.comment, "at": rating.created_at} if rating else None,
    }


def approval_view(approval: Approval, now: datetime) -> dict[str, Any]:
    same = ("approval_no", "ticket_no", "action", "amount", "details", "asked_at", "expires_at", "decided_by",
            "decided_at")  # fmt: skip
    return {
        **{name: getattr(approval, name) for name in same},
        "state": approval.state_at(now),
        "asked_by": {"kind": approval.asked_by.kind, "name": approval.asked_by.name},
    }


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    same = ("ticket_no", "author", "author_name", "customer_ref", "text", "evidence", "internal", "created_at")
    return {"message_id": row["id"], **{name: row[name] for name in same}, "report": row["report"] is not None}


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    same = ("ticket_no", "action", "changes", "reason", "message_id", "at")
    return {**{name: row[name] for name in same}, "actor": {"kind": row["actor_kind"], "name": row["actor_name"]}}


def _operation(row: Mapping[str, Any]) -> dict[str, Any]:
    same = ("ticket_no", "action", "state", "status", "answer", "reason", "asked_by", "started_at", "finished_at")
    return {**{name: row[name] for name in same}, "actor": {"kind": row["actor_kind"], "name": row["actor_name"]}}


def _one(values: type[Value], name: str, text: str) -> Value:
    try:
        return values(text)
    except ValueError as error:
        raise InvalidError(fields=[name]) from error


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidError(fields=["unassigned"])
    return text == "true"


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MOST:
        raise InvalidError(fields=["limit"])
    return int(text)
