"""The order that a script is about: one of the demo page, or a new one that no other script has."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.backend.orders.demo import LINES, DemoOrder, demo_order, demo_orders
from bot.backend.orders.model import Diagnosis
from bot.backend.ownership.model import Factor
from bot.backend.seed import is_written, write_order
from bot.clock import clock_of
from bot.db import make_engine
from bot.gateway.tasks import unbroken
from bot.settings import Settings


@unbroken
class OrderDesk:
    """Writes orders into the backend's database, as a shop would; `listed` are those of the demo page."""

    def __init__(self, settings: Settings, listed: list[dict[str, Any]]) -> None:
        self._settings = settings
        self._clock = clock_of(settings)
        known = {each.order_no: hidden_of(each) for each in demo_orders(self._clock())}
        self._listed = {str(each["order_no"]): {**each, **known[str(each["order_no"])]} for each in listed}
        self._made: Counter[Diagnosis] = Counter()

    async def order_for(self, wanted: str, amount: str | None = None) -> dict[str, Any]:
        """The demo order with this number, or a new order that leads to this diagnosis. KeyError for neither."""
        return self._listed[wanted] if wanted in self._listed else await self.make(Diagnosis[wanted], amount)

    async def make(self, diagnosis: Diagnosis, amount: str | None = None) -> dict[str, Any]:
        """A new order: two reports or three wrong tries of one script must not meet those of another."""
        now = self._clock()
        engine = make_engine(self._settings.backend_database_url)
        try:
            async with engine.begin() as connection:
                demo = self._next(diagnosis, now)
                while await is_written(connection, demo):  # made at another desk
                    demo = self._next(diagnosis, now)
                demo = with_amount(demo, Decimal(amount)) if amount else demo
                await write_order(connection, demo, self._settings.derived_key("ownership"), now)
        finally:
            await engine.dispose()
        return view_of(demo)

    def _next(self, diagnosis: Diagnosis, now: datetime) -> DemoOrder:
        turn = len(LINES) + self._made[diagnosis]
        self._made[diagnosis] += 1
        return demo_order(diagnosis, turn, now, self._settings.public_url)


def with_amount(demo: DemoOrder, amount: Decimal) -> DemoOrder:
    """The same order at another price."""
    record = replace(demo.record, amount=amount) if demo.record else None
    payments = tuple(replace(each, amount=amount) for each in demo.payments)
    return replace(demo, amount=amount, record=record, payments=payments)


def view_of(demo: DemoOrder) -> dict[str, Any]:
    """The order as the demo page lists it."""
    hint = {"transaction_no": demo.hint_no, "amount": str(demo.amount), "paid_at": demo.at.isoformat()}
    return {
        "order_no": demo.order_no,
        "phone_tail": demo.phone_tail,
        "product": demo.product,
        "amount": str(demo.amount),
        "diagnosis": demo.diagnosis.value,
        "hint": hint,
        **hidden_of(demo),
    }


def hidden_of(demo: DemoOrder) -> dict[str, Any]:
    """What only the shop knows of an order: its customer's id there, and what nobody may ever be told."""
    return {
        "user_id": demo.factors[Factor.IDENTITY],
        "secrets": [each for each in (demo.card_secret, demo.factors[Factor.QUERY_PASSWORD]) if each],
    }
