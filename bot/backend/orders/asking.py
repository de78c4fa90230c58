"""A customer who proved an order asks about it: the diagnosis, and that they hear of what changes from now on."""

from datetime import datetime
from typing import Any

from aiohttp import web

from bot.backend.changes.model import phase_of
from bot.backend.changes.store import save_first_phase, watch
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.incidents.work import join_live
from bot.backend.orders.cases import Said, case_of, with_decision
from bot.backend.orders.model import diagnose
from bot.backend.orders.views import diagnosis_view
from bot.backend.timers.model import TimerKind, next_requery
from bot.backend.timers.store import schedule_by


async def diagnose_for(
    app: web.Application, order_no: str, customer_ref: str, now: datetime, said: Said | None = None
) -> dict[str, Any]:
    """The diagnosis as JSON; the order is looked at again by itself some minutes later."""
    case = await case_of(app, order_no, now, said)
    again_at = next_requery(now, now, app[SETTINGS].requery_minutes)
    async with app[DATABASE].begin() as connection:
        await watch(connection, order_no, customer_ref, now)
        await save_first_phase(connection, order_no, phase_of(case.facts), now)
        if again_at:
            await schedule_by(connection, TimerKind.ORDER, order_no, again_at)
        shown = await with_decision(connection, case)
        incident = await join_live(connection, shown, diagnose(shown.facts).diagnosis, customer_ref, now)
    return diagnosis_view(shown, said, incident)
