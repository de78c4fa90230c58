"""`python -m bot events`: what the gateway has not taken yet, and another try for what was given up."""

import argparse
import asyncio
from collections.abc import Sequence

from bot.backend.events import store
from bot.clock import clock_of
from bot.db import make_engine
from bot.settings import Settings


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when `list --dead` found some."""
    parser = argparse.ArgumentParser(prog="python -m bot events")
    commands = parser.add_subparsers(dest="command", required=True)
    list_parser = commands.add_parser("list", help="events that wait for the gateway or were given up")
    list_parser.add_argument("--dead", action="store_true", help="only those that were given up; exit code 1 if any")
    retry_parser = commands.add_parser("retry", help="try again what was given up")
    retry_parser.add_argument("event_ids", nargs="*", metavar="EVENT", help="these only (default: all)")
    found = parser.parse_args(argv)
    work = list_events(found.dead) if found.command == "list" else retry_events(found.event_ids)
    return asyncio.run(work)


async def list_events(only_dead: bool) -> int:
    engine = make_engine(Settings().backend_database_url)
    async with engine.begin() as connection:
        rows = await store.listed(connection, only_dead)
    await engine.dispose()
    for row in rows:
        state = "dead" if row.dead_at else "waiting"
        about = row.ticket_no or row.order_no or "-"
        parts = (row.event_id, state, row.type, about, f"attempt {row.attempt}", f"due {row.due_at:%Y-%m-%dT%H:%M:%SZ}")
        print("  ".join((*parts, row.error or "")).rstrip())  # noqa: T201
    return int(only_dead and bool(rows))


async def retry_events(event_ids: Sequence[str]) -> int:
    settings = Settings()
    engine = make_engine(settings.backend_database_url)
    async with engine.begin() as connection:
        count = await store.revive(connection, event_ids, clock_of(settings)())
    await engine.dispose()
    print(f"{count} will be tried again")  # noqa: T201
    return 0
