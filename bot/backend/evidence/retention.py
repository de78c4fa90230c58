"""Delete pictures and what was read from them when their time is over; that there was one stays known."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.backend.evidence.model import place_of
from bot.backend.evidence.reading_store import delete_reading
from bot.backend.evidence.store import evidence
from bot.backend.tickets.model import LIVE
from bot.backend.tickets.tables import ticket_messages, tickets

log = structlog.get_logger()

# Seconds; a file this young was just sent (again), whatever the database knew of it before.
JUST_SENT = 3600


class Purged(NamedTuple):
    """How many pictures were deleted, are kept for a live ticket, and how many files nobody knew of were deleted."""

    deleted: int = 0
    kept: int = 0
    leftovers: int = 0


async def purge(engine: AsyncEngine, folder: Path, now: datetime, days: int, dry_run: bool = False) -> Purged:
    """Delete every picture that was sent for the last time more than `days` ago, unless a live ticket has it.

    Each picture is a transaction of its own, so a process that dies in between has done a part, and nothing by half.
    """
    before = now - timedelta(days=days)
    deleted = kept = 0
    async with engine.begin() as connection:
        due = await _due(connection, before)
    for sha256 in due:
        async with engine.begin() as connection:
            if await _is_in_live_ticket(connection, sha256):
                kept += 1
            elif dry_run or await _delete(connection, folder / place_of(sha256), sha256, before, now):
                deleted += 1
    leftovers = await _delete_leftovers(engine, folder, timedelta(days=days), dry_run)
    return Purged(deleted, kept, leftovers)


async def _due(connection: AsyncConnection, before: datetime) -> list[str]:
    sent = select(evidence.c.sha256).where(evidence.c.purged_at.is_(None)).group_by(evidence.c.sha256)
    return list((await connection.execute(sent.having(func.max(evidence.c.created_at) < before))).scalars())


async def _is_in_live_ticket(connection: AsyncConnection, sha256: str) -> bool:
    ids = set((await connection.execute(select(evidence.c.evidence_id).where(evidence.c.sha256 == sha256))).scalars())
    # What was written to a ticket that was merged stays there and belongs to the survivor's case.
    survivors = tickets.alias()
    lives = or_(*(table.c.status.in_([each.value for each in LIVE]) for table in (tickets, survivors)))
    live = (
        select(ticket_messages.c.evidence)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .outerjoin(survivors, survivors.c.ticket_no == tickets.c.merged_into)
        .where(lives)
    )
    return any(ids & set(named) for named in (await connection.execute(live)).scalars())


async def _delete(connection: AsyncConnection, path: Path, sha256: str, before: datetime, now: datetime) -> bool:
    """The file first: whoever dies before the end finds the row still due. False when it was just sent again."""
    same = (evidence.c.sha256 == sha256) & evidence.c.purged_at.is_(None)
    rows = await connection.execute(select(evidence.c.created_at).where(same).with_for_update())
    if any(created_at >= before for created_at in rows.scalars()):
        return False
    if not await asyncio.to_thread(_unlink_old, path):
        return False
    await delete_reading(connection, sha256)
    # Who sends it at this moment brings the file back, and has a row of their own.
    await connection.execute(update(evidence).where(same, evidence.c.created_at < before).values(purged_at=now))
    return True


def _unlink_old(path: Path) -> bool:
    """Delete a file unless it is new; whether it is gone."""
    try:
        if time.time() - path.stat().st_mtime < JUST_SENT:
            return False
        path.unlink()
    except FileNotFoundError:
        pass
    return True


async def _delete_leftovers(engine: AsyncEngine, folder: Path, age: timedelta, dry_run: bool) -> int:
    """Files that a process left behind when it died before the database knew of them."""
    old = await asyncio.to_thread(_old_files, folder, max(age.total_seconds(), JUST_SENT))
    leftovers = []
    for batch in (old[start : start + 500] for start in range(0, len(old), 500)):
        async with engine.begin() as connection:
            leftovers += await _unknown(connection, batch)
    if not dry_run:
        for path in leftovers:
            await asyncio.to_thread(_unlink_old, path)
    return len(leftovers)


def _old_files(folder: Path, seconds: float) -> list[Path]:
    oldest = time.time() - seconds
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < oldest]


async def _unknown(connection: AsyncConnection, paths: Iterable[Path]) -> list[Path]:
    by_name = {path.name: path for path in paths}
    kept = evidence.c.sha256.in_(list(by_name)) & evidence.c.purged_at.is_(None)
    known = set((await connection.execute(select(evidence.c.sha256).where(kept))).scalars())
    return [path for name, path in by_name.items() if name not in known]
