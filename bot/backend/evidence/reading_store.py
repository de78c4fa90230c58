"""What was read from pictures, and who used which picture or payment number first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.evidence.reading.model import Reading, reading_from_json
from bot.backend.evidence.reuse import Use
from bot.db import UtcDateTime, upsert

readings = Table(
    "evidence_readings",
    metadata,
    Column("sha256", String(64), primary_key=True),
    # `Reading.to_json` with the way of payment; NULL when the picture could not be read.
    Column("reading", JSON(none_as_null=True)),
    Column("picture_hash", String(256)),
    Column("tries", Integer, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Index("ix_evidence_readings_read_at", "read_at"),
)

uses = Table(
    "evidence_uses",
    metadata,
    # A picture or a transaction number (reuse.use_key). The first use keeps it, whatever happens at the same time.
    Column("key", String(80), primary_key=True),
    Column("customer_ref", String(128), nullable=False),
    Column("order_no", String(100)),
    Column("used_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class StoredReading:
    """What is known of a picture; `reading` is None after `tries` that failed."""

    reading: Reading | None
    tries: int


async def reading_of(connection: AsyncConnection, sha256: str) -> StoredReading | None:
    row = (await connection.execute(select(readings).where(readings.c.sha256 == sha256))).one_or_none()
    return StoredReading(_reading(row.reading, row.picture_hash), row.tries) if row else None


async def save_reading(connection: AsyncConnection, sha256: str, reading: Reading | None, now: datetime) -> None:
    """Save what was read, or one more try that failed."""
    values: dict[str, Any] = {
        "reading": {**reading.to_json(), "method": reading.method} if reading else None,
        "picture_hash": reading.picture_hash if reading else None,
        "read_at": now,
    }
    statement = upsert(connection, readings).values(sha256=sha256, tries=1, **values)
    again = {**values, "tries": readings.c.tries + 1}
    await connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=again))


async def newest_hashes(connection: AsyncConnection, limit: int) -> list[tuple[str, str]]:
    """The sha256 and the perceptual hash of the pictures that were read last."""
    known = select(readings.c.sha256, readings.c.picture_hash).where(readings.c.picture_hash.is_not(None))
    found = await connection.execute(known.order_by(readings.c.read_at.desc()).limit(limit))
    return [(row.sha256, row.picture_hash) for row in found]


async def readings_of(connection: AsyncConnection, sha256s: Sequence[str]) -> dict[str, Reading]:
    """The readings of these pictures, as far as there are any."""
    rows = await connection.execute(select(readings).where(readings.c.sha256.in_(sha256s)))
    found = {row.sha256: _reading(row.reading, row.picture_hash) for row in rows}
    return {sha256: reading for sha256, reading in found.items() if reading}


async def delete_reading(connection: AsyncConnection, sha256: str) -> None:
    await connection.execute(delete(readings).where(readings.c.sha256 == sha256))


async def first_use(connection: AsyncConnection, key: str, new: Use, now: datetime) -> Use:
    """The first use of a thing; this one if there was none. Of two at once the other waits for the first's end."""
    statement = upsert(connection, uses).values(key=key, used_at=now, **vars(new))
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    locked = select(uses).where(uses.c.key == key).with_for_update()
    row = (await connection.execute(locked)).one()
    return Use(row.customer_ref, row.order_no)


async def take_use(connection: AsyncConnection, key: str, use: Use, now: datetime) -> None:
    """Put the thing to this use, whoever had it."""
    values = {**vars(use), "used_at": now}
    statement = upsert(connection, uses).values(key=key, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


async def uses_of(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Use]:
    """The first uses of these things, as far as there are any."""
    rows = await connection.execute(select(uses).where(uses.c.key.in_(list(keys))))
    return {row.key: Use(row.customer_ref, row.order_no) for row in rows}


def _reading(stored: dict[str, Any] | None, picture_hash: str | None) -> Reading | None:
    return reading_from_json({**stored, "picture_hash": picture_hash}) if stored else None
