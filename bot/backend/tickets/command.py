"""`python -m bot tickets`: what an agent needs of the running backend, over HTTP."""

import argparse
import asyncio
import getpass
import json
import re
import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import aiohttp

from bot.backend.client import BackendClient
from bot.backend.tickets.model import SHANGHAI, Status, TicketType
from bot.backend.tickets.printing import print_approvals, print_case, print_done, print_list, print_report
from bot.backend.tickets.search import Sort
from bot.clock import clock_of
from bot.errors import HelpdeskError
from bot.settings import Settings

Answer = dict[str, Any]
Run = Callable[[BackendClient, argparse.Namespace], Awaitable[Answer]]
Print = Callable[[Answer], None]

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment_from(text: str, now: datetime) -> datetime:
    """`+90m`, `+3h`, `+2d`, or ISO 8601, in Chinese time without a zone; raises ValueError."""
    span = re.fullmatch(r"\+(\d{1,4})([mhd])", text)
    if span:
        return now + timedelta(**{UNITS[span[2]]: int(span[1])})
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def money_from(text: str) -> str:
    """Two places after the point, as the backend wants it; raises ValueError."""
    try:
        return str(Decimal(text).quantize(Decimal("0.01")))
    except InvalidOperation as error:
        raise ValueError(text) from error


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when the backend refuses or does not answer."""
    found = make_parser().parse_args(argv)
    try:
        answer = asyncio.run(_run(found))
    except HelpdeskError as error:
        print(f"daozhang: {_words(error)}", file=sys.stderr)  # noqa: T201
        return 1
    if found.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201
    else:
        found.show(answer)
    return 0


async def _run(found: argparse.Namespace) -> Answer:
    settings = Settings()
    async with aiohttp.ClientSession() as session:
        client = BackendClient(session, settings.backend_url, settings.derived_key("backend"))
        answer: Answer = await found.run(client, found)
        return answer


def _words(error: Exception) -> str:
    """The message and the details that say what to do."""
    details = getattr(error, "details", {})
    named = ", ".join(f"{name}={value}" for name, value in details.items())
    return f"{error} ({named})" if named else str(error)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot tickets", description="See tickets and work on them.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_reading(commands)
    _add_work(commands)
    _add_shop(commands)
    return parser


def _add(commands: Any, name: str, summary: str, run: Run, show: Print) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.add_argument("--json", action="store_true", help="the backend's answer as it is")
    parser.set_defaults(run=run, show=show)
    return parser


def _add_action(commands: Any, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
    parser = _add(commands, name, summary, run, print_done)
    _add_actor(parser)
    parser.add_argument("ticket_no", metavar="TICKET")
    return parser


def _add_actor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", default=getpass.getuser(), help="who does it (default: %(default)s)")
    parser.add_argument("--automation", action="store_true", help="a program does it, no human")
    parser.add_argument("--key", help="repeat a call under its key, and it is done once")


def _add_reading(commands: Any) -> None:
    parser = _add(commands, "list", "find tickets, the most urgent first", _list, print_list)
    parser.add_argument("--status", action="append", choices=[each.value for each in Status])
    parser.add_argument("--type", action="append", choices=[each.value for each in TicketType], metavar="TYPE")
    parser.add_argument("--order", help="the order's number")
    parser.add_argument("--transaction", help="a number of the payment")
    parser.add_argument("--customer", help="the customer_ref")
    parser.add_argument("--text", help="occurs in the report, a message or a note")
    parser.add_argument("--assignee", help="who has it")
    parser.add_argument("--unassigned", action="store_true", help="only what nobody has")
    parser.add_argument("--sort", choices=[each.value for each in Sort], default=Sort.URGENCY.value)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--cursor", help="go on after the page before")
    parser = _add(commands, "show", "a ticket with all that happened", _show, print_case)
    parser.add_argument("ticket_no", metavar="TICKET")
    parser = _add(commands, "report", "numbers about the last days", _report, print_report)
    parser.add_argument("--days", type=int, default=30)


def _add_work(commands: Any) -> None:
    parser = _add_action(commands, "reply", "write to the customer", _act("reply", "text", "promised_at"))
    parser.add_argument("text")
    parser.add_argument("--promise", dest="promised_at", type=_moment, metavar="TIME", help=_TIME)
    parser = _add_action(commands, "note", "write to colleagues only", _act("note", "text"))
    parser.add_argument("text")
    parser = _add_action(commands, "wait", "wait for somebody", _act("wait", "waiting_for", "text", "until", "reason"))
    parser.add_argument("waiting_for", choices=["customer", "upstream"])
    parser.add_argument("--text", help="tells the customer; needed to wait for them")
    parser.add_argument("--until", type=_moment, metavar="TIME", help=f"when the customer hears more: {_TIME}")
    parser.add_argument("--reason", help="for colleagues")
    for name, summary in (
        ("resume", "go on after waiting"), ("resolve", "it is solved"), ("close", "put it away"),
        ("reopen", "it is not over"),
    ):  # fmt: skip
        parser = _add_action(commands, name, summary, _act(name, "text", "reason"))
        parser.add_argument("--text", help="tells the customer")
        parser.add_argument("--reason", help="for colleagues")
    parser = _add_action(commands, "assign", "give it to an agent, or back to the queue", _assign)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("assignee", nargs="?", metavar="AGENT")
    whom.add_argument("--nobody", action="store_true")
    parser = _add_action(commands, "merge", "make it a part of another ticket", _act("merge", "into", "reason"))
    parser.add_argument("into", metavar="SURVIVOR")
    parser.add_argument("--reason", help="for colleagues")


def _add_shop(commands: Any) -> None:
    for name, summary in (
        ("requery", "ask for the payment again"), ("repush", "send the order to the supplier again"),
        ("delivered", "book the order as delivered"),
    ):  # fmt: skip
        parser = _add_action(commands, name, summary, _act(name, "reason"))
        parser.add_argument("--reason", help="for colleagues")
    correct = _act("correct_input", "target", "reason")
    parser = _add_action(commands, "correct", "put right where the order is delivered to", correct)
    parser.add_argument("target", metavar="NUMBER", help="the account or phone number; only before it is sent")
    parser.add_argument("--reason", help="for colleagues")
    refund = _act("refund", "decision", "amount", "expected_at", "reason")
    parser = _add_action(commands, "refund", "write down the decision about a refund", refund)
    parser.add_argument("decision", choices=["approved", "rejected"])
    parser.add_argument("--amount", type=money_from, help="default: what was paid")
    parser.add_argument("--expected", dest="expected_at", type=_moment, metavar="TIME", help=_TIME)
    parser.add_argument("--reason", help="the customer reads it")
    parser = _add(
        commands, "approve", "the word of the second person; alone: what waits for it", _approve, _print_approve
    )
    _add_actor(parser)
    parser.add_argument("approval_no", nargs="?", metavar="APPROVAL")
    parser.add_argument("--reject", action="store_true", help="say no")
    parser.add_argument("--reason", help="for colleagues")


_TIME = "+90m, +3h, +2d or 2026-11-25T18:00 (Chinese time)"


def _moment(text: str) -> str:
    return moment_from(text, clock_of(Settings())()).isoformat()


def _actor(found: argparse.Namespace) -> dict[str, str]:
    return {"kind": "automation" if found.automation else "agent", "name": found.name}


def _body(found: argparse.Namespace, *fields: str) -> dict[str, Any]:
    """The actor and what was given of these fields."""
    given = {name: getattr(found, name) for name in fields}
    return {"actor": _actor(found), **{name: value for name, value in given.items() if value is not None}}


def _key(found: argparse.Namespace) -> str:
    return found.key or f"cli-{secrets.token_hex(12)}"


def _act(action: str, *fields: str) -> Run:
    async def run(client: BackendClient, found: argparse.Namespace) -> Answer:
        return await client.act_on_ticket(found.ticket_no, action, _body(found, *fields), _key(found))

    return run


async def _assign(client: BackendClient, found: argparse.Namespace) -> Answer:
    body = {"actor": _actor(found), "assignee": None if found.nobody else found.assignee}
    return await client.act_on_ticket(found.ticket_no, "assign", body, _key(found))


async def _approve(client: BackendClient, found: argparse.Namespace) -> Answer:
    if not found.approval_no:
        return {"approvals": await client.approvals()}
    body = {**_body(found, "reason"), "decision": "rejected" if found.reject else "approved"}
    return await client.decide_approval(found.approval_no, body, _key(found))


def _print_approve(answer: Answer) -> None:
    if "approvals" in answer:
        print_approvals(answer["approvals"])
    else:
        print_done(answer)


async def _list(client: BackendClient, found: argparse.Namespace) -> Answer:
    return await client.desk_tickets(
        status=found.status, type=found.type, order_no=found.order, transaction_no=found.transaction,
        customer_ref=found.customer, text=found.text, assignee=found.assignee,
        unassigned="true" if found.unassigned else None, sort=found.sort, limit=str(found.limit), cursor=found.cursor,
    )  # fmt: skip


async def _show(client: BackendClient, found: argparse.Namespace) -> Answer:
    return await client.desk_ticket(found.ticket_no)


async def _report(client: BackendClient, found: argparse.Namespace) -> Answer:
    return await client.desk_report(found.days)
