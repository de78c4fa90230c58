"""Pictures: the bytes on disk, one file per content, and who sent them when in the database."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog
from sqlalchemy import Column, Index, Integer, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.evidence.model import place_of, subject_of
from bot.db import UtcDateTime, upsert
from bot.errors import TooLargeError

log = structlog.get_logger()

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("evidence_id", String(32), nullable=False, unique=True),
    # What makes two uploads the same (model.subject_of).
    Column("subject", String(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("mime", String(20), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("customer_ref", String(128), nullable=False),
    # As the customer gave it, without proof.
    Column("order_no", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    # When the picture and its reading were deleted; the row stays as the fact that there was one.
    Column("purged_at", UtcDateTime),
    Index("ix_evidence_sha256", "sha256"),
    Index("ix_evidence_created_at", "created_at"),
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A picture that a customer sent; `size` in bytes, width and height in pixels as stored in the file."""

    evidence_id: str
    sha256: str
    mime: str
    width: int
    height: int
    size: int
    customer_ref: str
    order_no: str | None
    created_at: datetime
    purged_at: datetime | None = None


class Upload:
    """A file that is being received below `folder`; use as `async with`, then `keep` it, else it is deleted."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.size = 0
        self._digest = hashlib.sha256()
        self._file: IO[bytes] | None = None
        self.path = Path()

    async def __aenter__(self) -> "Upload":
        await asyncio.to_thread(self._open)
        return self

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=self.folder)
        self._file, self.path = os.fdopen(descriptor, "wb"), Path(name)

    def write(self, chunk: bytes) -> None:
        """Add bytes; raises TooLargeError above the limit."""
        assert self._file
        self.size += len(chunk)
        if self.size > self.limit:
            raise TooLargeError(limit=self.limit)
        self._digest.update(chunk)
        self._file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    async def finish(self) -> Path:
        """All bytes are there; the file to look at."""
        assert self._file
        await asyncio.to_thread(self._file.close)
        return self.path

    async def keep(self) -> None:
        """Put the finished file at its place, so that it survives a crash of the machine."""
        await asyncio.to_thread(self._keep)

    def _keep(self) -> None:
        place = self.folder / place_of(self.sha256)
        place.parent.mkdir(exist_ok=True, mode=0o700)
        _sync(self.path)
        self.path.replace(place)
        _sync(place.parent)
        _sync(self.folder)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._clean)

    def _clean(self) -> None:
        if self._file:
            self._file.close()
        self.path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def save_evidence(connection: AsyncConnection, new: Evidence) -> Evidence:
    """Save it, or find the same upload of before; its time to be kept begins anew."""
    values = {name: getattr(new, name) for name in Evidence.__dataclass_fields__}
    subject = subject_of(new.sha256, new.customer_ref, new.order_no)
    statement = upsert(connection, evidence).values(**values, subject=subject)
    again = {"created_at": new.created_at, "purged_at": None}
    await connection.execute(statement.on_conflict_do_update(index_elements=["subject"], set_=again))
    return _evidence((await connection.execute(select(evidence).where(evidence.c.subject == subject))).one())


async def uses_before(connection: AsyncConnection, saved: Evidence) -> list[tuple[str, str | None]]:
    """The customer and the order of every earlier upload of this picture."""
    own = select(evidence.c.id).where(evidence.c.evidence_id == saved.evidence_id).scalar_subquery()
    earlier = (evidence.c.sha256 == saved.sha256) & (evidence.c.id < own)
    found = select(evidence.c.customer_ref, evidence.c.order_no).where(earlier)
    return [(row.customer_ref, row.order_no) for row in await connection.execute(found)]


async def evidence_of(connection: AsyncConnection, evidence_id: str) -> Evidence | None:
    row = (await connection.execute(select(evidence).where(evidence.c.evidence_id == evidence_id))).one_or_none()
    return _evidence(row) if row else None


async def known_of(connection: AsyncConnection, evidence_ids: Iterable[str]) -> list[str]:
    """Those of these that were uploaded, each once, in their order.

    A report must not fail because of a picture, so the caller goes on without the others.
    """
    wanted = list(dict.fromkeys(evidence_ids))
    if not wanted:
        return []
    found = select(evidence.c.evidence_id).where(evidence.c.evidence_id.in_(wanted))
    known = set((await connection.execute(found)).scalars())
    if len(known) < len(wanted):
        log.warning("evidence unknown", count=len(wanted) - len(known))
    return [each for each in wanted if each in known]


def _evidence(row: Any) -> Evidence:
    return Evidence(**{name: getattr(row, name) for name in Evidence.__dataclass_fields__})
