"""`python -m bot incidents`: see them, open one by hand, close one when it is over."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.incidents import store, work
from bot.backend.incidents.model import Scope
from bot.clock import clock_of
from bot.db import make_engine
from bot.settings import Settings


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when there is no incident of the number to close."""
    parser = argparse.ArgumentParser(prog="python -m bot incidents", description="Many similar cases at once.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    list_parser = commands.add_parser("list", help="the incidents that go on")
    list_parser.add_argument("--all", action="store_true", help="those that are over too")
    open_parser = commands.add_parser("open", help="open one before customers say so")
    open_parser.add_argument("scope", choices=[str(each) for each in Scope])
    open_parser.add_argument("name", help="the product's title, the supplier's name or the payment channel")
    close_parser = commands.add_parser("close", help="it is over: tell everybody whom it concerns")
    close_parser.add_argument("incident_no", metavar="NUMBER")
    return asyncio.run(_run(parser.parse_args(argv)))


async def _run(found: argparse.Namespace) -> int:
    settings = Settings()
    engine = make_engine(settings.backend_database_url)
    try:
        async with engine.begin() as connection:
            if found.command == "list":
                return await _list(connection, found.all)
            if found.command == "open":
                return await _open(connection, settings, Scope(found.scope), found.name)
            return await _close(connection, settings, found.incident_no)
    finally:
        await engine.dispose()


async def _list(connection: AsyncConnection, every: bool) -> int:
    for each in await store.listed(connection, only_live=not every):
        until = f"{each['closed_at']:%Y-%m-%dT%H:%MZ}" if each["closed_at"] else "now"
        grown = f"{each['orders']} orders, {each['customers']} customers"
        when = f"{each['opened_at']:%Y-%m-%dT%H:%MZ} – {until}"
        print(f"{each['incident_no']}  {each['scope']}: {each['name']}  {when}  {grown}")  # noqa: T201
    return 0


async def _open(connection: AsyncConnection, settings: Settings, scope: Scope, name: str) -> int:
    now = clock_of(settings)()
    incident = await work.open_one(connection, scope, name, now - timedelta(minutes=settings.incident_minutes), now)
    print(incident.incident_no)  # noqa: T201
    return 0


async def _close(connection: AsyncConnection, settings: Settings, incident_no: str) -> int:
    incident = await work.close_one(connection, incident_no, clock_of(settings)())
    if incident is None:
        print(f"daozhang: there is no incident {incident_no}", file=sys.stderr)  # noqa: T201
        return 1
    customers = {each.customer_ref for each in await store.cases_of(connection, incident.id)}
    print(f"{incident_no} is closed, {len(customers)} customers are told")  # noqa: T201
    return 0
