"""`python -m bot bench desk`: how fast lists, conversations and searches are, in a small and in a large shop."""

import argparse
import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import make_engine
from bot.gateway.conversations.standing import urgency
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.desk.search import Search
from bot.gateway.desk.store import DeskStore, Wanted
from bot.gateway.desk.tables import conversation_numbers
from bot.gateway.desk.words import words_of
from bot.migrate import upgrade_database

BATCH = 500
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# How many wait does not grow with the past: the newest are in these places, in a small shop fewer of each.
WAITING = {"queue": 100, "agent": 200, "booked": 60, "bot": 240}
AGENTS = [f"agent{number:02}" for number in range(40)]
WORDS = re.findall(
    r"\S+",
    """
    充值没到账 付款成功了 订单一直处理中 点券没收到 会员没开通 话费没到 退款到哪里了 支付失败扣了钱 卡密找不到
    人工客服在吗 等了很久了 什么时候能到 已经发了截图 账号填错了 重复扣款 谢谢 好的 麻烦快一点 怎么还没有处理
    refund missing top-up thanks
    """,
)


@dataclass(frozen=True)
class Figures:
    """Milliseconds of one kind of call."""

    name: str
    p50: float
    p95: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both shops on this machine and print the figures with their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bot bench", description="Measure parts of the helpdesk.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    desk = commands.add_parser("desk", help="lists, opening and search at two sizes")
    desk.add_argument("--small", type=int, default=1_000, metavar="N", help="conversations (default 1000)")
    desk.add_argument("--large", type=int, default=100_000, metavar="N", help="conversations (default 100000)")
    desk.add_argument("--messages", type=int, default=20, metavar="N", help="messages in each (default 20)")
    desk.add_argument("--calls", type=int, default=200, metavar="N", help="calls of each kind (default 200)")
    desk.add_argument("--url", help="an empty database to use; default: SQLite files in a folder that is removed")
    found = parser.parse_args(argv)
    try:
        asyncio.run(_compare(found))
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


async def _compare(wanted: argparse.Namespace) -> None:
    results = []
    for count in (wanted.small, wanted.large):
        with tempfile.TemporaryDirectory(prefix="daozhang-bench-") as folder:
            url = wanted.url or f"sqlite+aiosqlite:///{Path(folder) / 'desk.db'}"
            await upgrade_database(url, "gateway")
            engine = make_engine(url)
            try:
                began = time.monotonic()
                await fill(engine, count, wanted.messages)
                took = f"{time.monotonic() - began:.0f} s"
                _say(f"{count:,} conversations, {count * wanted.messages:,} messages made in {took}")
                results.append(await measure(engine, count, wanted.calls))
            finally:
                await engine.dispose()
        if wanted.url and count != wanted.large:
            _say("one size only: the database is filled now")
            break
    _say(table(results))


async def fill(engine: AsyncEngine, count: int, per_conversation: int) -> None:
    """Conversations as they are after some months: most are settled, few wait."""
    chance = random.Random(7)  # noqa: S311
    for first in range(0, count, BATCH):
        async with engine.begin() as connection:
            numbers = range(first, min(first + BATCH, count))
            await _insert(connection, [_conversation(number, count, per_conversation, chance) for number in numbers])
            await _write(connection, list(_messages(numbers, per_conversation, chance)))
    async with engine.begin() as connection:
        await connection.execute(sa.text("ANALYZE"))


async def _insert(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    await connection.execute(sa.insert(conversations), rows)
    numbers = []
    for row in rows:
        created = {"conversation_id": row["conversation_id"], "created_at": row["created_at"]}
        numbers.append({"field": "order_no", "number": row["order_no"], **created})
        numbers.append({"field": "phone_tail", "number": row["order_no"][-4:], **created})
    await connection.execute(sa.insert(conversation_numbers), numbers)


def _conversation(number: int, count: int, size: int, chance: random.Random) -> dict[str, Any]:
    place = _place(number, count)
    owner = place if place in ("queue", "agent") else "bot"
    at = NOW - timedelta(minutes=count - number, seconds=chance.random() * 50)
    waits = at if owner != "bot" else None
    return {
        "conversation_id": f"{number:032x}", "token_hash": f"{number:064x}", "channel": "widget",
        "customer_id": f"user:{number % max(1, count // 3)}", "language": "zh", "language_locked": False,
        "owner": owner, "agent": chance.choice(AGENTS) if owner == "agent" else None, "owner_since": at, "sender_n": 1,
        "last_seq": size, "last_position": size, "read_seq": size, "created_at": at, "updated_at": at,
        "state": "resolved" if place == "resolved" else "open", "booked": place == "booked", "priority": "normal",
        "waiting_since": waits, "due_at": waits, "version": size, "order_no": order_no(number), "wrote_at": at,
        "last_message": {"sender": "customer", "kind": "incoming", "text": "好的", "created_at": at.isoformat()},
        "unread": 1, "place": place, "urgency": urgency("normal", at),
    }  # fmt: skip


def _place(number: int, count: int) -> str:
    """The newest wait, mixed; the others are settled."""
    waiting = sum(WAITING.values())
    age = count - 1 - number
    if age >= min(waiting, count // 2):
        return "resolved"
    ticket = age * 7919 % waiting
    for place, share in WAITING.items():
        if ticket < share:
            return place
        ticket -= share
    return "bot"


def order_no(number: int) -> str:
    """A number of its own for each, in the form of the shop's: a date and four digits."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number // 10_000)
    return f"KM{day:%Y%m%d}{number % 10_000:04}"


def _messages(numbers: Sequence[int], size: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in numbers:
        for position in range(1, size + 1):
            by_bot = position % 2 == 1
            yield {
                "message_id": f"{number:026x}{position:06x}", "conversation_id": f"{number:032x}",
                "position": position, "seq": position, "kind": "outgoing" if by_bot else "incoming",
                "sender": "bot" if by_bot else "customer", "channel": "widget", "dialog": False,
                "text": " ".join(chance.sample(WORDS, 3)) + (f" {number}号" if position == 2 else ""),
                "status": "sent" if by_bot else "received", "created_at": NOW,
            }  # fmt: skip


async def _write(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    await connection.execute(sa.insert(messages), rows)
    said = [
        {"words": " ".join(words_of(row["text"])), **{name: row[name] for name in ("message_id", "conversation_id")}}
        for row in rows
        if row["sender"] == "customer"
    ]
    value = ":words" if connection.dialect.name == "sqlite" else "to_tsvector('simple', :words)"
    columns = "(words, message_id, conversation_id)"
    insert = f"INSERT INTO message_words {columns} VALUES ({value}, :message_id, :conversation_id)"  # noqa: S608
    await connection.execute(sa.text(insert), said)


async def measure(engine: AsyncEngine, count: int, calls: int) -> list[Figures]:
    """What a page of the desk asks for, as often as `calls`, at random places."""
    desk, search, chance = DeskStore(engine), Search(engine), random.Random(11)  # noqa: S311

    async def deep(view: str, sort: str) -> None:
        cursor = None
        for _ in range(5):
            _, cursor = await desk.page(Wanted(view, chance.choice(AGENTS), sort=sort), 50, cursor)
            if cursor is None:
                break

    async def opened() -> None:
        number = f"{chance.randrange(count):032x}"
        await desk.facts(number)
        await desk.messages(number, 51)
        await desk.mark_of(number, "agent00")

    kinds: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("list: queue", lambda: desk.page(Wanted("queue", "agent00"), 50, None)),
        ("list: mine", lambda: desk.page(Wanted("mine", chance.choice(AGENTS)), 50, None)),
        ("list: all, newest", lambda: desk.page(Wanted("all", "agent00", sort="newest"), 50, None)),
        ("list: resolved, 5 pages", lambda: deep("resolved", "newest")),
        ("counts", lambda: desk.counts(chance.choice(AGENTS))),
        ("open", opened),
        ("search: order number", lambda: search.find(order_no(chance.randrange(count)))),
        ("search: phone tail", lambda: search.find(f"{chance.randrange(100):04}")),
        ("search: a common word", lambda: search.find("退款")),
        ("search: a rare word", lambda: search.find(f"{chance.randrange(count)}号")),
        ("search: nothing", lambda: search.find("没有这样的话")),
    ]
    return [await _time(name, call, calls) for name, call in kinds]


async def _time(name: str, call: Callable[[], Awaitable[object]], calls: int) -> Figures:
    await call()  # the first one fills the caches of both sizes alike
    spent = []
    for _ in range(calls):
        began = time.perf_counter()
        await call()
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    return Figures(name, statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.95))])


def table(results: Sequence[Sequence[Figures]]) -> str:
    """The figures side by side, p95 with its ratio."""
    lines = [f"{'':26}" + "".join(f"{'p50 ms':>10}{'p95 ms':>10}" for _ in results) + f"{'ratio p95':>12}"]
    for row in zip(*results, strict=True):
        figures = "".join(f"{each.p50:>10.2f}{each.p95:>10.2f}" for each in row)
        ratio = f"{row[-1].p95 / row[0].p95:>12.2f}" if len(row) > 1 and row[0].p95 else ""
        lines.append(f"{row[0].name:26}{figures}{ratio}")
    return "\n".join(lines)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
