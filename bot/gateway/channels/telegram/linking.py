"""Which account of Telegram belongs to whom at the desk: linked by a code that works once, for a few minutes."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import upsert
from bot.gateway.channels.telegram.tables import link_codes, staff
from bot.gateway.tasks import unbroken

CODE_HOLDS = timedelta(minutes=15)
# Without what is taken for something else.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


@unbroken
class Links:
    """The links in SQL; each method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def make_code(self, username: str, now: datetime) -> str:
        """A new code for this account, which must exist; an older one is over."""
        code = "".join(secrets.choice(_SIGNS) for _ in range(CODE_LENGTH))
        values = {"code_hash": _hash(code), "username": username, "expires_at": now + CODE_HOLDS}
        over = sa.or_(link_codes.c.username == username, link_codes.c.expires_at <= now)
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(link_codes).where(over))
            await connection.execute(sa.insert(link_codes).values(values))
        return code

    async def use(self, user_id: int, code: str, now: datetime) -> str | None:
        """Link this user; the username, or None for a code that is none. Whoever was linked to it is no longer."""
        where = (link_codes.c.code_hash == _hash(code), link_codes.c.expires_at > now)
        async with self._engine.begin() as connection:
            used = sa.delete(link_codes).where(*where).returning(link_codes.c.username)
            username: str | None = await connection.scalar(used)
            if username is None:
                return None
            await connection.execute(sa.delete(staff).where(staff.c.username == username))
            values = {"username": username, "linked_at": now}
            insert = upsert(connection, staff).values(user_id=user_id, **values)
            await connection.execute(insert.on_conflict_do_update(index_elements=["user_id"], set_=values))
            return username

    async def username_of(self, user_id: int) -> str | None:
        """Who writes from there."""
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(sa.select(staff.c.username).where(staff.c.user_id == user_id))
            return found

    async def unlink(self, username: str) -> bool:
        """Nobody writes for this account any more; False when nobody did."""
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(link_codes).where(link_codes.c.username == username))
            return bool((await connection.execute(sa.delete(staff).where(staff.c.username == username))).rowcount)


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode("utf-8", "replace")).hexdigest()
