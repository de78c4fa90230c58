"""`/desk/api/reports`: numbers for supervisors, as JSON and as CSV."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.errors import BackendUnavailableError, InvalidError
from bot.gateway.accounts.http import signed_in
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, ENGINE, SWITCHBOARD
from bot.gateway.reports.history import AFTER, BEFORE, LONGEST_DAYS, Case, History, Range, day_of
from bot.gateway.reports.model import report_of
from bot.gateway.reports.sheets import OF_THE_BACKEND, TABLES, csv_of
from bot.gateway.reports.store import ReportStore

routes = web.RouteTableDef()

USUAL_DAYS = 30
CHANNELS = ("web", "telegram")
PRODUCTS = ("game_card", "phone_credit", "membership")
FILTERS = ("from", "to", "channel", "product")


@routes.get("/desk/api/reports")
@signed_in("supervisor")
async def show_report(request: web.Request) -> web.Response:
    """Everything at once; `backend` is false, and its parts are null, while it is away."""
    _check_names(request, *FILTERS)
    return json_answer(await _report(request))


@routes.get("/desk/api/reports.csv")
@signed_in("supervisor")
async def download_table(request: web.Request) -> web.Response:
    """One table of it for a spreadsheet."""
    _check_names(request, "table", *FILTERS)
    name = _one_of(request, "table", tuple(TABLES))
    if name is None:
        raise InvalidError(fields=["table"])
    report = await _report(request)
    if name in OF_THE_BACKEND and not report["backend"]:
        raise BackendUnavailableError
    file_name = f"{name}-{report['from']}-{report['to']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return web.Response(text=csv_of(TABLES[name](report)), content_type="text/csv", charset="utf-8", headers=headers)


async def _report(request: web.Request) -> dict[str, Any]:
    """The report that the query asks for. BackendUnavailableError when only the backend knows what belongs to it."""
    days = _range_in(request, request.app[SWITCHBOARD].now())
    channel, product = _one_of(request, "channel", CHANNELS), _one_of(request, "product", PRODUCTS)
    store = ReportStore(request.app[ENGINE])
    cases = await _cases(request, store, days)
    if product and cases is None:
        raise BackendUnavailableError
    history = History(
        range=days,
        talks=await store.talks(days.since, days.until),
        moves=await store.moves(days.since - BEFORE, days.until + AFTER),
        cases=cases,
    )
    # Counting a year takes long enough to keep everybody else waiting.
    report = await asyncio.to_thread(lambda: report_of(history.only(channel, product)))
    named = {"from": days.first.isoformat(), "to": days.last.isoformat(), "channel": channel, "product": product}
    return {**named, "backend": cases is not None, **report}


async def _cases(request: web.Request, store: ReportStore, days: Range) -> list[Case] | None:
    """The cases of the backend with the channels of their conversations; None when it is away."""
    try:
        rows = await request.app[BACKEND].report_cases(days.since, days.until)
    except BackendUnavailableError:
        return None
    channels = await store.channels({row["conversation_id"] for row in rows if row["conversation_id"]})
    return [
        Case(
            conversation_id=row["conversation_id"],
            channel=channels.get(row["conversation_id"] or ""),
            product=row["product"],
            cause=row["cause"],
            promise=row["promise"],
            score=row["score"],
        )
        for row in rows
    ]


def _range_in(request: web.Request, now: datetime) -> Range:
    """Without days it is the last month until today."""
    last = _day_in(request, "to") or day_of(now)
    first = _day_in(request, "from") or last - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise InvalidError(fields=["from", "to"])
    return Range(first, last)


def _day_in(request: web.Request, name: str) -> date | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(fields=[name]) from error
    # Room for the days before and after that are read too.
    if not 2000 <= found.year <= 9000 or found.isoformat() != text:
        raise InvalidError(fields=[name])
    return found


def _one_of(request: web.Request, name: str, values: tuple[str, ...]) -> str | None:
    """The value, None without one."""
    text = request.query.get(name) or None
    if text is not None and text not in values:
        raise InvalidError(fields=[name])
    return text


def _check_names(request: web.Request, *names: str) -> None:
    if unknown := request.query.keys() - set(names):
        raise InvalidError(fields=sorted(unknown))
