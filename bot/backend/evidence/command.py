"""`python -m bot evidence`: read pictures of payments by hand, delete those whose time is over."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.backend.evidence.pictures import read_picture
from bot.backend.evidence.reading.errors import ReadingError
from bot.backend.evidence.reading.reader import Reader
from bot.errors import UnsupportedPictureError

MAX_PIXELS = 25_000_000


def main(argv: Sequence[str]) -> int:
    """One JSON object for each file on stdout; a file that cannot be read is a line on stderr and makes this 1."""
    parser = argparse.ArgumentParser(prog="python -m bot evidence", description="What pictures of payments say.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    read = commands.add_parser("read", help="read pictures; null means unknown")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read.add_argument("--json", action="store_true", help="each object on one line")
    summary = "delete pictures and readings that are older than DAOZHANG_EVIDENCE_RETENTION_DAYS"
    delete = commands.add_parser("purge", help=summary, description=f"{summary.capitalize()}.")
    delete.add_argument("--dry-run", action="store_true", help="only say how many")
    arguments = parser.parse_args(argv)
    if arguments.command == "purge":
        return _purge(arguments.dry_run)
    return asyncio.run(_read(arguments.files, None if arguments.json else 2))


async def _read(files: Sequence[Path], indent: int | None) -> int:
    failed = 0
    async with Reader(time_limit=60.0) as reader:
        for file in files:
            try:
                await read_picture(file, MAX_PIXELS)
                reading = await reader.read(file)
            except (ReadingError, UnsupportedPictureError) as error:
                reason = error if file.is_file() else "There is no such file."
                print(f"daozhang: {file}: {reason}", file=sys.stderr)  # noqa: T201
                failed = 1
            else:
                print(json.dumps(reading.to_json(), ensure_ascii=False, indent=indent), flush=True)  # noqa: T201
    return failed


def _purge(dry_run: bool) -> int:
    """One line that says how many; raises pydantic's `ValidationError` when the settings are bad."""
    from bot.backend.evidence.readings import folder_of
    from bot.backend.evidence.retention import Purged, purge
    from bot.db import make_engine
    from bot.migrate import upgrade
    from bot.settings import Settings

    settings = Settings()
    upgrade(settings, "backend")

    async def run() -> Purged:
        engine = make_engine(settings.backend_database_url)
        try:
            days = settings.evidence_retention_days
            return await purge(engine, folder_of(settings), datetime.now(UTC), days, dry_run)
        finally:
            await engine.dispose()

    done = asyncio.run(run())
    verb = "would be deleted" if dry_run else "deleted"
    print(  # noqa: T201
        f"{done.deleted} pictures and {done.leftovers} left-over files {verb}, "
        f"{done.kept} kept because an open ticket refers to them"
    )
    return 0
