"""Who owns which order, the proofs given out and the wrong tries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Integer, String, Table, and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import metadata
from bot.backend.ownership.model import Factor, Limits, token_hash
from bot.db import UtcDateTime, upsert

order_owners = Table(
    "order_owners",
    metadata,
    Column("order_no", String(64), primary_key=True),
    Column("source", String(20), nullable=False),
    # Keyed digests (see model.digest_of); NULL where the order has no such factor.
    Column("phone_tail", String(64)),
    Column("contact", String(64)),
    Column("query_password", String(64)),
    Column("identity", String(64)),
)

proofs = Table(
    "proofs",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("order_no", String(64), nullable=False),
    Column("customer_ref", String(128), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_proofs_expires_at", "expires_at"),
)

verify_tries = Table(
    "verify_tries",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Owner:
    """The source of an order and the digests of its factors."""

    order_no: str
    source: str
    digests: dict[Factor, str]


@dataclass(frozen=True)
class Proof:
    """That a customer has shown to own an order."""

    order_no: str
    customer_ref: str


async def owner_of(connection: AsyncConnection, order_no: str) -> Owner | None:
    row = (await connection.execute(select(order_owners).where(order_owners.c.order_no == order_no))).one_or_none()
    if row is None:
        return None
    digests = {each: row._mapping[each.value] for each in Factor if row._mapping[each.value]}
    return Owner(row.order_no, row.source, digests)


async def save_owner(connection: AsyncConnection, owner: Owner) -> None:
    """Save or replace the owner of an order."""
    values = {"source": owner.source, **{each.value: owner.digests.get(each) for each in Factor}}
    statement = upsert(connection, order_owners).values(order_no=owner.order_no, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["order_no"], set_=values))


async def save_proof(connection: AsyncConnection, token: str, proof: Proof, now: datetime, ttl: timedelta) -> None:
    """Save a proof by the hash of its token; expired ones are cleared away on the occasion."""
    await connection.execute(delete(proofs).where(proofs.c.expires_at <= now))
    await connection.execute(
        proofs.insert().values(
            token_hash=token_hash(token),
            order_no=proof.order_no,
            customer_ref=proof.customer_ref,
            expires_at=now + ttl,
        )
    )


async def proof_of(connection: AsyncConnection, token: str, now: datetime) -> Proof | None:
    """The proof behind a token; None when it is unknown or expired."""
    found = select(proofs).where(proofs.c.token_hash == token_hash(token), proofs.c.expires_at > now)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else Proof(row.order_no, row.customer_ref)


async def take_try(connection: AsyncConnection, keys: Mapping[str, int], limits: Limits, now: datetime) -> int | None:
    """Count a try on every key; the tries left after it, or None when a key is locked (then roll back).

    `keys` holds how many wrong tries each allows.
    One statement per key checks and counts, so that tries at the same time cannot pass the limit together.
    """
    left = min(keys.values())
    old = verify_tries.c.last_at <= limits.forgotten_before(now)
    for key, most in sorted(keys.items()):  # always in the same order, so that two tries cannot wait for each other
        statement = (
            upsert(connection, verify_tries)
            .values(key=key, tries=1, last_at=now)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"tries": case((old, 1), else_=verify_tries.c.tries + 1), "last_at": now},
                where=or_(old, verify_tries.c.tries < most),
            )
            .returning(verify_tries.c.tries)
        )
        tries = (await connection.execute(statement)).scalar_one_or_none()
        if tries is None:
            return None
        left = min(left, most - tries)
    return left


async def give_back_try(connection: AsyncConnection, keys: Iterable[str]) -> None:
    """The try that was counted last was right."""
    counted = and_(verify_tries.c.key.in_(keys), verify_tries.c.tries > 0)
    await connection.execute(update(verify_tries).where(counted).values(tries=verify_tries.c.tries - 1))


async def tries_left(connection: AsyncConnection, keys: Mapping[str, int], limits: Limits, now: datetime) -> int:
    """How many tries all of these keys have left."""
    counted = select(verify_tries.c.key, verify_tries.c.tries).where(
        verify_tries.c.key.in_(keys), verify_tries.c.last_at > limits.forgotten_before(now)
    )
    used: dict[str, int] = {row.key: row.tries for row in await connection.execute(counted)}
    return max(0, min(most - used.get(key, 0) for key, most in keys.items()))


async def locked_for(connection: AsyncConnection, keys: Mapping[str, int], limits: Limits, now: datetime) -> int:
    """Seconds until the last of these keys is open again; 0 when none is locked."""
    counted = select(verify_tries).where(
        verify_tries.c.key.in_(keys), verify_tries.c.last_at > limits.forgotten_before(now)
    )
    found = (await connection.execute(counted)).all()
    locked: list[datetime] = [each.last_at for each in found if each.tries >= keys[each.key]]
    return max((limits.retry_after(each, now) for each in locked), default=0)
