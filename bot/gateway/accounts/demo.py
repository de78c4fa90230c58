"""The agent of the demo: made where nobody has an account, with a random password in a file that only we can read."""

import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.accounts.model import Account, Role
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import insert_account
from bot.gateway.accounts.tables import accounts
from bot.settings import Settings

log = structlog.get_logger()

FILE = "demo-agent.txt"
AGENT = Account(username="demo", name="Demo", role=Role.ADMIN, demo=True)


async def make_demo_agent(settings: Settings, engine: AsyncEngine, passwords: Passwords, now: datetime) -> bool:
    """Make the agent if this is the demo and nobody has an account; whether it was made."""
    if not settings.demo:
        return False
    async with engine.begin() as connection:
        if await connection.scalar(sa.select(sa.func.count()).select_from(accounts)):
            return False
        password = secrets.token_urlsafe(12)
        if not await insert_account(connection, AGENT, await passwords.hash(password), now):
            return False
        # Before the commit: an account whose password nobody knows would stay.
        _write(settings.var_dir / FILE, f"username: {AGENT.username}\npassword: {password}\n")
    log.info("demo agent made", file=str(settings.var_dir / FILE))
    return True


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=FILE, dir=path.parent)  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(name).replace(path)
