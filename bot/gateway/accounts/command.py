"""`python -m bot accounts`: who may work at the desk, and the log of what they looked at."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, clock_of
from bot.db import make_engine
from bot.gateway.accounts.audit import MOST, Wanted, read_audit, write_audit
from bot.gateway.accounts.model import USERNAME, Account, Role, plain_username, weakness_of
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.store import AccountStore
from bot.gateway.channels.telegram.linking import Links
from bot.migrate import upgrade
from bot.settings import Settings

LONGEST_NAME = 80
LONGEST_TEAM = 60


class Refused(Exception):  # noqa: N818
    """Why nothing was done, for the terminal."""


@dataclass(frozen=True)
class Tools:
    """What the commands work with."""

    engine: AsyncEngine
    store: AccountStore
    now: Clock


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when it is refused."""
    found = make_parser().parse_args(argv)
    try:
        if "username" in found:
            found.username = _username_from(found.username)
        password = _read_password(found) if found.needs_password else None
        settings = Settings()
        upgrade(settings, "gateway")
        asyncio.run(_run(found, settings, password))
    except Refused as refused:
        print(f"daozhang: {refused}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot accounts", description="Who may work at the desk.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    roles = [each.value for each in Role]

    add = _add(commands, "add", "make an account", _add_account, needs_password=True)
    add.add_argument("--name", required=True, help="what colleagues and customers read")
    add.add_argument("--role", choices=roles, default=Role.AGENT.value)
    add.add_argument("--team")
    add.add_argument("--language", choices=("zh", "en"), default="zh", help="of the desk (default: %(default)s)")
    add.add_argument("--capacity", type=int, default=5, help="conversations at once (default: %(default)s)")

    _add(commands, "password", "set a new password; ends all sessions", _set_password, needs_password=True)
    _add(commands, "role", "give another role", _set_role).add_argument("role", choices=roles)
    team = _add(commands, "team", "put into a team, or with no team out of it", _set_team)
    team.add_argument("team", nargs="?", default=None)
    _add(commands, "disable", "close an account; ends all sessions at once", _disable)
    _add(commands, "enable", "open it again", _enable)
    _add(commands, "totp-off", "take the authenticator app away, when a phone is lost; ends all sessions", _totp_off)

    _add(commands, "link", "show a code that links a Telegram account, once and for 15 minutes", _link)
    _add(commands, "unlink", "take the Telegram account away again", _unlink)

    listing = commands.add_parser("list", help="all accounts")
    listing.set_defaults(run=_list, needs_password=False)
    log = commands.add_parser("audit", help="who looked at and changed what, the newest first")
    log.add_argument("--conversation")
    log.add_argument("--user")
    log.add_argument("--order")
    log.add_argument("--limit", type=int, default=50)
    log.add_argument("--json", action="store_true", help="one JSON object for each line")
    log.set_defaults(run=_audit, needs_password=False)
    return parser


Run = Callable[[Tools, argparse.Namespace, str | None], Awaitable[None]]


def _add(commands: Any, name: str, summary: str, run: Run, needs_password: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.add_argument("username", metavar="USER")
    if needs_password:
        parser.add_argument("--password-stdin", action="store_true", help="read it from the input instead of asking")
    parser.set_defaults(run=run, needs_password=needs_password)
    return parser


def _username_from(text: str) -> str:
    username = plain_username(text)
    if not USERNAME.fullmatch(username):
        raise Refused(f"{text!r} cannot be a username: 2 to 40 of a-z, 0-9, '.', '_' and '-'")
    return username


def _read_password(found: argparse.Namespace) -> str:
    """From the input or asked for twice; never from the command line, which other users of the machine can see."""
    if found.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise Refused("the two passwords differ")
    if weakness := weakness_of(password, found.username):
        raise Refused(f"the password is {weakness.value.replace('_', ' ')}")
    return password


async def _run(found: argparse.Namespace, settings: Settings, password: str | None) -> None:
    engine = make_engine(settings.gateway_database_url)
    try:
        tools = Tools(engine, AccountStore(engine, demo=settings.demo), clock_of(settings))
        await found.run(tools, found, password)
    finally:
        await engine.dispose()


async def _add_account(tools: Tools, found: argparse.Namespace, password: str | None) -> None:
    name, team = found.name.strip(), (found.team or "").strip() or None
    if not 0 < len(name) <= LONGEST_NAME or len(team or "") > LONGEST_TEAM or not 1 <= found.capacity <= 100:
        raise Refused("a name has 1 to 80 signs, a team at most 60, a capacity is 1 to 100")
    account = Account(
        username=found.username,
        name=name,
        role=Role(found.role),
        team=team,
        language=found.language,
        capacity=found.capacity,
    )
    assert password is not None
    if not await tools.store.add(account, await Passwords().hash(password), tools.now()):
        raise Refused(f"there is an account {account.username} already")
    await _done(tools, found, f"{account.username} can sign in as {account.role.value}")


async def _set_password(tools: Tools, found: argparse.Namespace, password: str | None) -> None:
    assert password is not None
    await _change(tools, found, password_hash=await Passwords().hash(password))
    await _done(tools, found, f"{found.username} has a new password")


async def _set_role(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    await _change(tools, found, role=found.role)
    await _done(tools, found, f"{found.username} is {found.role} now")


async def _set_team(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    team = (found.team or "").strip() or None
    if len(team or "") > LONGEST_TEAM:
        raise Refused("a team has at most 60 signs")
    await _change(tools, found, team=team)
    await _done(tools, found, f"{found.username} is in {'the team ' + team if team else 'no team'}")


async def _disable(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    await _change(tools, found, disabled=True)
    await _done(tools, found, f"{found.username} is disabled")


async def _enable(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    await _change(tools, found, disabled=False)
    await _done(tools, found, f"{found.username} can sign in again")


async def _totp_off(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    await _change(tools, found, totp_nonce=None, totp_pending=None, totp_step=None)
    await _done(tools, found, f"{found.username} signs in without a code")


async def _link(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    account = await tools.store.find(found.username)
    if account is None or account[0].disabled:
        raise Refused(f"there is no account {found.username} that is open")
    code = await Links(tools.engine).make_code(found.username, tools.now())
    await _done(tools, found, f"{account[0].name}: send this to the bot in Telegram within 15 minutes:  /link {code}")


async def _unlink(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    if not await Links(tools.engine).unlink(found.username):
        raise Refused(f"no Telegram account is linked to {found.username}")
    await _done(tools, found, f"{found.username} has no Telegram account any more")


async def _list(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    for each in await tools.store.every():
        marks = [
            word for word, holds in (("code", each.totp), ("demo", each.demo), ("disabled", each.disabled)) if holds
        ]
        print(f"{each.username}  {each.role.value}  {each.name}  {each.team or '-'}  {' '.join(marks)}".rstrip())  # noqa: T201


async def _audit(tools: Tools, found: argparse.Namespace, _: str | None) -> None:
    limit = max(1, min(found.limit, MOST))
    wanted = Wanted(conversation_id=found.conversation, username=found.user, order_no=found.order, limit=limit)
    for row in await read_audit(tools.engine, wanted):
        if found.json:
            print(json.dumps(row, ensure_ascii=False))  # noqa: T201
            continue
        about = [str(row[name]) for name in ("conversation_id", "order_no", "ticket_no") if row[name]]
        more = json.dumps(row["details"], ensure_ascii=False) if row["details"] else ""
        print("  ".join([row["at"][:19], row["username"], row["action"], *about, more]).rstrip())  # noqa: T201


async def _change(tools: Tools, found: argparse.Namespace, **values: Any) -> None:
    if not await tools.store.change(found.username, tools.now(), **values):
        raise Refused(f"there is no account {found.username}")


async def _done(tools: Tools, found: argparse.Namespace, words: str) -> None:
    """Write it down and say it."""
    async with tools.engine.begin() as connection:
        await write_audit(
            connection,
            at=tools.now(),
            username=f"cli:{getpass.getuser()}",
            action=f"account.{found.command.replace('-', '_')}",
            details={"account": found.username},
        )
    print(words)  # noqa: T201
