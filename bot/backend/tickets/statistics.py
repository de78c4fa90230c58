"""What the report says: how many cases of which kind, how long they waited, which promises broke, who is content."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.life import Action
from bot.backend.tickets.model import ActorKind
from bot.backend.tickets.ratings import comments_since, scores_since
from bot.backend.tickets.tables import is_live, ticket_history, tickets

ANSWERED = (Action.REPLY, Action.WAIT_CUSTOMER, Action.REFUND_APPROVED, Action.REFUND_REJECTED)


def satisfaction(scores: Mapping[int, int]) -> dict[str, Any]:
    """Ratings summed up: how many, the mean to two places (null without any), and the share of 4 and 5 in percent."""
    number = sum(scores.values())
    content = sum(count for score, count in scores.items() if score >= 4)
    return {
        "ratings": number,
        "mean": round(sum(score * count for score, count in scores.items()) / number, 2) if number else None,
        "content_percent": round(100 * content / number) if number else None,
        "scores": {str(score): scores.get(score, 0) for score in range(1, 6)},
    }


def middle_minutes(spans: Sequence[timedelta]) -> int | None:
    """The median in whole minutes; None without any."""
    return round(median(span.total_seconds() for span in spans) / 60) if spans else None


async def report_since(connection: AsyncConnection, since: datetime, now: datetime) -> dict[str, Any]:
    """The report about the cases that were opened since then, and about all that are live now."""
    opened = [tickets.c.created_at >= since, tickets.c.merged_into.is_(None)]
    overdue = [is_live, tickets.c.next_promise_at <= now]
    return {
        "since": since,
        "until": now,
        "opened": await _count(connection, *opened),
        "by_status": await _by(connection, tickets.c.status, *opened),
        "by_type": await _by(connection, tickets.c.type, *opened),
        "live": await _count(connection, is_live),
        "live_by_priority": await _by(connection, tickets.c.priority, is_live),
        "overdue": await _count(connection, *overdue),
        "broken_promises": await _broken(connection, since),
        "repeats": await _sum(connection, tickets.c.repeats, *opened),
        "first_answer_minutes": middle_minutes(await _answer_times(connection, since)),
        "solution_minutes": middle_minutes(await _solution_times(connection, since)),
        "satisfaction": satisfaction(await scores_since(connection, since)),
        "comments": await comments_since(connection, since),
    }


async def _count(connection: AsyncConnection, *conditions: Any) -> int:
    found = select(func.count()).select_from(tickets).where(*conditions)
    return int((await connection.execute(found)).scalar_one())


async def _sum(connection: AsyncConnection, column: Any, *conditions: Any) -> int:
    found = select(func.coalesce(func.sum(column), 0)).where(*conditions)
    return int((await connection.execute(found)).scalar_one())


async def _by(connection: AsyncConnection, column: Any, *conditions: Any) -> dict[str, int]:
    found = select(column, func.count()).where(*conditions).group_by(column).order_by(func.count().desc(), column)
    return {str(name): int(number) for name, number in await connection.execute(found)}


async def _broken(connection: AsyncConnection, since: datetime) -> int:
    broken = [ticket_history.c.action == Action.PROMISE_BROKEN.value, ticket_history.c.at >= since]
    found = select(func.count()).select_from(ticket_history).where(*broken)
    return int((await connection.execute(found)).scalar_one())


async def _answer_times(connection: AsyncConnection, since: datetime) -> list[timedelta]:
    """From the opening to the first answer of a human."""
    written = ticket_history.c.message_id.is_not(None) & (ticket_history.c.action != Action.NOTE.value)
    first = func.min(ticket_history.c.at, type_=ticket_history.c.at.type)
    found = (
        select(tickets.c.created_at, first)
        .join(ticket_history, ticket_history.c.ticket_id == tickets.c.id)
        .where(
            tickets.c.created_at >= since,
            or_(ticket_history.c.action.in_([each.value for each in ANSWERED]), written),
            ticket_history.c.actor_kind == ActorKind.AGENT.value,
        )
        .group_by(tickets.c.id, tickets.c.created_at)
    )
    return [at - created_at for created_at, at in await connection.execute(found)]


async def _solution_times(connection: AsyncConnection, since: datetime) -> list[timedelta]:
    solved = [tickets.c.created_at >= since, tickets.c.resolved_at.is_not(None), tickets.c.merged_into.is_(None)]
    found = await connection.execute(select(tickets.c.created_at, tickets.c.resolved_at).where(*solved))
    return [resolved_at - created_at for created_at, resolved_at in found]
