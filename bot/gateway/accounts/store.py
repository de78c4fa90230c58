"""Accounts, sessions and tries to sign in, in SQL; each method is one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import upsert
from bot.gateway.accounts.model import (
    IDLE_FOR,
    LASTS_FOR,
    SEEN_EVERY,
    TRIES_WITHIN,
    Account,
    Role,
    Session,
    recent_tries,
    retry_after,
    session_ends_at,
)
from bot.gateway.accounts.tables import accounts, desk_sessions, login_tries
from bot.gateway.tasks import unbroken

_SESSION = [desk_sessions.c[name] for name in Session.__dataclass_fields__]


def account_from(row: sa.Row[Any]) -> Account:
    fields = row._mapping
    same = {name: fields[name] for name in Account.__dataclass_fields__ if name not in ("role", "totp")}
    return Account(role=Role(fields["role"]), totp=fields["totp_nonce"] is not None, **same)


@unbroken
class AccountStore:
    """`demo`: whether accounts of the demo count; outside the demo they are as good as disabled."""

    def __init__(self, engine: AsyncEngine, *, demo: bool) -> None:
        self._engine = engine
        self._demo = demo

    async def add(self, account: Account, password_hash: str, now: datetime) -> bool:
        """A new account; False when the name is taken."""
        async with self._engine.begin() as connection:
            return await insert_account(connection, account, password_hash, now)

    async def every(self) -> list[Account]:
        """All accounts by name, the disabled too."""
        async with self._engine.begin() as connection:
            rows = await connection.execute(sa.select(accounts).order_by(accounts.c.username))
            return [self._seen(account_from(row)) for row in rows]

    async def find(self, username: str) -> tuple[Account, sa.Row[Any]] | None:
        """An account and its whole row, with the hash of its password."""
        async with self._engine.begin() as connection:
            row = (await connection.execute(sa.select(accounts).where(accounts.c.username == username))).one_or_none()
        return (self._seen(account_from(row)), row) if row else None

    def _seen(self, account: Account) -> Account:
        off = account.demo and not self._demo
        return Account(**{**vars(account), "disabled": True}) if off else account

    async def change(self, username: str, now: datetime, keep: str | None = None, **values: Any) -> bool:
        """Write fields of an account; False when there is none. A new password, a second factor that comes or goes,
        and disabling end its sessions, all but the one of the hash `keep`.
        """
        ends = {"password_hash", "totp_nonce"} & values.keys() or values.get("disabled")
        async with self._engine.begin() as connection:
            where = accounts.c.username == username
            changed = await connection.execute(sa.update(accounts).where(where).values(**values, updated_at=now))
            if ends:
                mine = sa.and_(desk_sessions.c.username == username, desk_sessions.c.token_hash != (keep or ""))
                await connection.execute(sa.delete(desk_sessions).where(mine))
            return bool(changed.rowcount)

    async def rehash(self, username: str, old: str, new: str) -> None:
        """The same password under a newer hash."""
        where = sa.and_(accounts.c.username == username, accounts.c.password_hash == old)
        async with self._engine.begin() as connection:
            await connection.execute(sa.update(accounts).where(where).values(password_hash=new))

    async def use_code(self, username: str, step: int) -> bool:
        """Remember the time step of a code; False when that step or a later one was used before."""
        unused = sa.or_(accounts.c.totp_step.is_(None), accounts.c.totp_step < step)
        used = sa.update(accounts).where(accounts.c.username == username, unused).values(totp_step=step)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(used)).rowcount)

    async def begin_session(self, token_hash: str, username: str, now: datetime, instead: str | None) -> bool:
        """A new session, in place of one that the same browser had; False when the account was disabled meanwhile."""
        row = {"token_hash": token_hash, "username": username, "created_at": now, "seen_at": now}
        over = sa.or_(
            desk_sessions.c.seen_at <= now - IDLE_FOR,
            desk_sessions.c.created_at <= now - LASTS_FOR,
            desk_sessions.c.token_hash == (instead or ""),
        )
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(desk_sessions).where(over))
            query = sa.select(accounts.c.disabled).where(accounts.c.username == username).with_for_update()
            if await connection.scalar(query) is not False:
                return False
            await connection.execute(sa.insert(desk_sessions).values(row))
            return True

    async def end_session(self, token_hash: str) -> None:
        """Sign this browser out."""
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(desk_sessions).where(desk_sessions.c.token_hash == token_hash))

    async def account_of_session(self, token_hash: str, now: datetime) -> Account | None:
        """Who is signed in by this session; None when it is over or the account disabled. It lives on by this."""
        where = desk_sessions.c.token_hash == token_hash
        query = sa.select(accounts, *(each.label(f"session_{each.name}") for each in _SESSION))
        query = query.join(desk_sessions, desk_sessions.c.username == accounts.c.username).where(where)
        async with self._engine.begin() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            session = Session(**{each.name: row._mapping[f"session_{each.name}"] for each in _SESSION})
            account = self._seen(account_from(row))
            if account.disabled or now >= session_ends_at(session):
                return None
            if now - session.seen_at >= SEEN_EVERY:
                await connection.execute(sa.update(desk_sessions).where(where).values(seen_at=now))
        return account

    async def begin_try(self, limits: Sequence[tuple[str, int]], now: datetime) -> int | None:
        """Count a try under each key before it is looked at; when one has had too many, seconds to wait instead.

        Counting first means that many tries at the same moment do not all slip through.
        """
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(login_tries).where(login_tries.c.updated_at <= now - TRIES_WITHIN))
            waits: list[int] = []
            times: dict[str, list[datetime]] = {}
            for key, most in sorted(limits):
                times[key] = await _locked_times(connection, key, now)
                waits += [wait] if (wait := retry_after(times[key], most, now)) else []
            if waits:
                return max(waits)
            for key, found in times.items():
                await _write_times(connection, key, [*recent_tries(found, now), now], now)
        return None

    async def forgive(self, keys: Sequence[str], tried_at: datetime, *, every: str | None = None) -> None:
        """The try of that moment was not wrong; under the key `every` all tries are forgotten."""
        async with self._engine.begin() as connection:
            for key in sorted(keys):
                found = await _locked_times(connection, key, tried_at)
                kept = [] if key == every else [each for each in found if each != tried_at]
                await _write_times(connection, key, kept, tried_at)


async def insert_account(connection: AsyncConnection, account: Account, password_hash: str, now: datetime) -> bool:
    """A new account as part of the caller's transaction; False when the name is taken."""
    same = {name: value for name, value in vars(account).items() if name not in ("role", "totp")}
    row = {**same, "role": account.role.value, "password_hash": password_hash, "created_at": now, "updated_at": now}
    insert = upsert(connection, accounts).values(row).on_conflict_do_nothing(index_elements=["username"])
    return await connection.scalar(insert.returning(accounts.c.username)) is not None


async def _locked_times(connection: AsyncConnection, key: str, now: datetime) -> list[datetime]:
    """The tries under a key, which stays locked until the transaction ends, also when nobody tried before."""
    insert = upsert(connection, login_tries).values(key=key, times=[], updated_at=now)
    await connection.execute(insert.on_conflict_do_nothing(index_elements=["key"]))
    query = sa.select(login_tries.c.times).where(login_tries.c.key == key).with_for_update()
    return [datetime.fromisoformat(each) for each in await connection.scalar(query) or []]


async def _write_times(connection: AsyncConnection, key: str, times: Sequence[datetime], now: datetime) -> None:
    values = {"times": [each.isoformat() for each in times], "updated_at": max(now, *times) if times else now}
    await connection.execute(sa.update(login_tries).where(login_tries.c.key == key).values(values))
