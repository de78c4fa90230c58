"""The demo's data: written once, and the times of the orders that depend on the time moved along."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.backend.changes.store import was_changed
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import CLOCK, check_query, json_answer, now_of
from bot.backend.orders.demo import DemoOrder, demo_orders
from bot.backend.orders.model import rule_of
from bot.backend.orders.store import move_times, save_account, save_order
from bot.backend.ownership.model import digest_of
from bot.backend.ownership.store import Owner, owner_of, save_owner
from bot.backend.payments.model import Claim
from bot.backend.payments.store import evidence_of, save_claim, save_payments
from bot.errors import InvalidError, NotFoundError

log = structlog.get_logger()
routes = web.RouteTableDef()

# Seconds between two moves; well below the shortest time that a diagnosis depends on.
REFRESH_SECONDS = 300
DEMO_CUSTOMER = "demo"


async def seed(engine: AsyncEngine, key: str, now: datetime, shop_url: str = "") -> int:
    """Write the demo orders that are missing, in one transaction; how many there were. `key` is for the factors."""
    written = 0
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # two copies that start together must not both write
            await connection.execute(text("LOCK TABLE order_owners IN EXCLUSIVE MODE"))
        for demo in demo_orders(now, shop_url):
            if await _is_missing(connection, demo):
                await write_order(connection, demo, key, now)
                written += 1
    return written


async def _is_missing(connection: AsyncConnection, demo: DemoOrder) -> bool:
    return (demo.scene.order is not None or bool(demo.payments)) and not await is_written(connection, demo)


async def is_written(connection: AsyncConnection, demo: DemoOrder) -> bool:
    """Whether the tables have an order of this number already, or at least a payment of it."""
    if demo.scene.order is not None:
        return await owner_of(connection, demo.order_no) is not None
    return (await evidence_of(connection, demo.order_no)).record is not None


async def write_order(connection: AsyncConnection, demo: DemoOrder, key: str, now: datetime) -> None:
    """Write everything that the tables hold of an order; `key` is for the factors."""
    if demo.record:
        await save_order(connection, demo.record, demo.card_secret)
    if demo.risk:
        await save_account(connection, demo.risk)
    if demo.scene.order is not None:
        digests = {factor: digest_of(key, demo.order_no, factor, value) for factor, value in demo.factors.items()}
        await save_owner(connection, Owner(demo.order_no, demo.scene.source, digests))
    await save_payments(connection, demo.order_no, demo.payments)
    if demo.scene.claim:
        claim = Claim(order_no=demo.order_no, transaction_no=demo.hint_no, amount=demo.amount, paid_at=demo.at)
        await save_claim(connection, DEMO_CUSTOMER, claim, demo.scene.claim, now)


async def refresh(engine: AsyncEngine, now: datetime) -> None:
    """Move the times of the fresh demo orders and of their payments; tickets and claims are left alone.

    One transaction per order, so that customers never wait long and a crash leaves each order in one piece.
    """
    for demo in demo_orders(now):
        if not demo.scene.fresh or not demo.record:
            continue
        async with engine.begin() as connection:
            if await was_changed(connection, demo.order_no):
                continue  # somebody plays the shop with it
            await move_times(connection, demo.record)
            await save_payments(connection, demo.order_no, demo.payments)


async def demo_context(app: web.Application) -> AsyncIterator[None]:
    """Seed at start and keep the times fresh until the end (for `app.cleanup_ctx`); nothing outside the demo."""
    settings = app[SETTINGS]
    if not settings.demo:
        yield
        return
    engine, clock = app[DATABASE], app[CLOCK]
    written = await seed(engine, settings.derived_key("ownership"), clock(), settings.public_url)
    await refresh(engine, clock())
    log.info("demo orders ready", written=written)
    task = asyncio.create_task(_keep_fresh(app))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _keep_fresh(app: web.Application) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            await refresh(app[DATABASE], app[CLOCK]())
        except Exception:  # the next round may succeed, and the demo goes on meanwhile
            log.exception("demo orders could not be refreshed")


@routes.get("/v1/demo/orders")
async def list_demo_orders(request: web.Request) -> web.Response:
    """One demo order per diagnosis, or one per product line too with `?every_line=true`; none outside the demo."""
    if not request.app[SETTINGS].demo:
        raise NotFoundError
    check_query(request, "every_line")
    wish, now = request.query.get("every_line", "false"), now_of(request)
    if wish not in ("true", "false"):
        raise InvalidError(fields=["every_line"])
    async with request.app[DATABASE].begin() as connection:
        listed = [each for each in demo_orders(now) if each.first or wish == "true"]
        return json_answer({"orders": [await _view(connection, each) for each in listed]})


async def _view(connection: AsyncConnection, demo: DemoOrder) -> dict[str, Any]:
    return {
        "order_no": demo.order_no,
        "phone_tail": demo.phone_tail,
        "product": demo.product,
        "product_line": demo.product_line,
        "amount": demo.amount,
        "diagnosis": demo.diagnosis,
        "rule": rule_of(demo.diagnosis).number,
        "title_zh": demo.scene.title_zh,
        "title_en": demo.scene.title_en,
        "hint": await _hint(connection, demo),
    }


async def _hint(connection: AsyncConnection, demo: DemoOrder) -> dict[str, Any] | None:
    """What to type when the bot asks for the payment; the number of the record where there is one."""
    record = (await evidence_of(connection, demo.order_no)).record
    if record and record.transaction_no:
        return {"transaction_no": record.transaction_no, "amount": record.amount, "paid_at": record.paid_at}
    if demo.hint_no is None:
        return None
    return {"transaction_no": demo.hint_no, "amount": demo.amount, "paid_at": demo.at}
