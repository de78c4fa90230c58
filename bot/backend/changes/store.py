"""What shops told us of changes, how far each order had come when we last looked, and who asked about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Integer, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.changes.model import ChangeType, Outcome, Phase, ShopChange
from bot.backend.database import metadata
from bot.db import UtcDateTime, upsert

shop_events = Table(
    "shop_events",
    metadata,
    Column("id", Integer, primary_key=True),
    # The sender's id of the webhook; repetitions carry the same.
    Column("webhook_id", String(128), nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("order_no", String(64), nullable=False),
    Column("state", String(40), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_shop_events_order_no", "order_no"),
)

order_phases = Table(
    "order_phases",
    metadata,
    Column("order_no", String(64), primary_key=True),
    Column("phase", String(20), nullable=False),
    # Grows with every change, so that a phase that comes back is news again.
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

order_watchers = Table(
    "order_watchers",
    metadata,
    Column("order_no", String(64), primary_key=True),
    # Who proved to own the order, and when they last asked about it.
    Column("customer_ref", String(128), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_order_watchers_seen_at", "seen_at"),
)

# For so long after their last question customers hear of changes, also without a ticket.
WATCHED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Known:
    """How far an order had come when we last looked."""

    phase: Phase
    version: int


async def save_shop_event(
    connection: AsyncConnection, webhook_id: str, change: ShopChange, outcome: Outcome, now: datetime
) -> None:
    """Write down what became of a webhook, in the transaction that applied it."""
    values = {name: getattr(change, name) for name in ("type", "order_no", "state", "occurred_at")}
    await connection.execute(
        shop_events.insert().values(webhook_id=webhook_id, outcome=outcome.value, received_at=now, **values)
    )


async def outcome_of(connection: AsyncConnection, webhook_id: str) -> Outcome | None:
    """What became of this webhook before."""
    found = select(shop_events.c.outcome).where(shop_events.c.webhook_id == webhook_id)
    outcome = (await connection.execute(found)).scalar_one_or_none()
    return Outcome(outcome) if outcome else None


async def is_stale(connection: AsyncConnection, change: ShopChange, *, same_time: bool = False) -> bool:
    """Whether something newer about the same was applied before, or with `same_time` something as new."""
    lane = [each.value for each in ChangeType(change.type).lane]
    at = shop_events.c.occurred_at
    newer = select(shop_events.c.id).where(
        shop_events.c.order_no == change.order_no,
        shop_events.c.type.in_(lane),
        shop_events.c.outcome == Outcome.APPLIED.value,
        at >= change.occurred_at if same_time else at > change.occurred_at,
    )
    return (await connection.execute(newer.limit(1))).one_or_none() is not None


async def was_changed(connection: AsyncConnection, order_no: str) -> bool:
    """Whether a shop's word was ever applied to this order."""
    applied = select(shop_events.c.id).where(
        shop_events.c.order_no == order_no, shop_events.c.outcome == Outcome.APPLIED.value
    )
    return (await connection.execute(applied.limit(1))).one_or_none() is not None


async def known_phase(connection: AsyncConnection, order_no: str) -> Known | None:
    row = (await connection.execute(select(order_phases).where(order_phases.c.order_no == order_no))).one_or_none()
    return Known(Phase(row.phase), row.version) if row else None


async def save_first_phase(connection: AsyncConnection, order_no: str, phase: Phase | None, now: datetime) -> None:
    """Remember from where an order goes on; nothing when that is known or nobody can say."""
    if phase is None:
        return
    statement = upsert(connection, order_phases).values(order_no=order_no, phase=phase.value, version=0, changed_at=now)
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["order_no"]))


async def save_phase(connection: AsyncConnection, order_no: str, phase: Phase, after: int, now: datetime) -> int | None:
    """Let the version `after` be followed by this phase; the new version, or None when another has followed it."""
    mine = (order_phases.c.order_no == order_no) & (order_phases.c.version == after)
    values = {"phase": phase.value, "version": after + 1, "changed_at": now}
    changed = await connection.execute(update(order_phases).where(mine).values(values))
    return after + 1 if changed.rowcount else None


async def watch(connection: AsyncConnection, order_no: str, customer_ref: str, now: datetime) -> None:
    """This customer proved the order and asked about it."""
    statement = upsert(connection, order_watchers).values(order_no=order_no, customer_ref=customer_ref, seen_at=now)
    keys = ["order_no", "customer_ref"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"seen_at": now}))


async def watchers_of(connection: AsyncConnection, order_no: str, now: datetime) -> dict[str, datetime]:
    """Who asked about an order lately, and when last."""
    lately = order_watchers.c.seen_at > now - WATCHED_FOR
    found = select(order_watchers).where(order_watchers.c.order_no == order_no, lately)
    rows = await connection.execute(found.order_by(order_watchers.c.customer_ref))
    return {row.customer_ref: row.seen_at for row in rows}
