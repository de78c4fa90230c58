"""How content customers are: one rating for each case, and what they say together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.tickets.tables import ticket_ratings, tickets
from bot.db import upsert


@dataclass(frozen=True)
class Rating:
    """1 (not at all) to 5 (very)."""

    score: int
    comment: str
    customer_ref: str
    created_at: datetime


async def rate(connection: AsyncConnection, ticket_id: int, rating: Rating) -> tuple[Rating, bool]:
    """Keep the first rating of a case; the one that counts, and whether it is this.

    Whoever gave the points may add their words later, once.
    """
    values = {"ticket_id": ticket_id, **vars(rating)}
    statement = upsert(connection, ticket_ratings).values(values).on_conflict_do_nothing(index_elements=["ticket_id"])
    if (await connection.execute(statement.returning(ticket_ratings.c.ticket_id))).one_or_none():
        return rating, True
    if rating.comment:
        mine = (ticket_ratings.c.ticket_id == ticket_id, ticket_ratings.c.customer_ref == rating.customer_ref)
        wordless = update(ticket_ratings).where(*mine, ticket_ratings.c.comment == "")
        await connection.execute(wordless.values(comment=rating.comment))
    found = await rating_of(connection, ticket_id)
    return found or rating, False


async def rating_of(connection: AsyncConnection, ticket_id: int) -> Rating | None:
    row = (
        await connection.execute(select(ticket_ratings).where(ticket_ratings.c.ticket_id == ticket_id))
    ).one_or_none()
    return Rating(row.score, row.comment, row.customer_ref, row.created_at) if row else None


async def scores_since(connection: AsyncConnection, since: datetime) -> dict[int, int]:
    """How many ratings of each score there were."""
    found = select(ticket_ratings.c.score, func.count()).where(ticket_ratings.c.created_at >= since)
    return {
        int(score): int(number) for score, number in await connection.execute(found.group_by(ticket_ratings.c.score))
    }


async def comments_since(connection: AsyncConnection, since: datetime, limit: int = 20) -> list[dict[str, Any]]:
    """What customers wrote, the newest first."""
    found = (
        select(tickets.c.ticket_no, ticket_ratings.c.score, ticket_ratings.c.comment, ticket_ratings.c.created_at)
        .join(tickets, tickets.c.id == ticket_ratings.c.ticket_id)
        .where(ticket_ratings.c.created_at >= since, ticket_ratings.c.comment != "")
        .order_by(ticket_ratings.c.created_at.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in await connection.execute(found)]
