"""Find a conversation by a number or by words; see `words.py` for what a word is."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.gateway.conversations.model import Conversation
from bot.gateway.conversations.rows import conversation_from
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.desk.rows import cursor_from, cursor_of
from bot.gateway.desk.tables import conversation_numbers
from bot.gateway.desk.words import goes_on, phrases_of
from bot.gateway.resume.model import hide
from bot.gateway.tasks import unbroken
from bot.numbers import normalize_number

# The best field first, when a conversation fits by several.
FIELDS = ("order_no", "ticket_no", "transaction_no", "phone_tail")
SHORTEST_START = 5
LONGEST_NUMBER = 64
PAGE = 20
# Of messages that fit, so many are looked at for the conversations of one page.
LOOKED_AT = 200
SNIPPET = 80


@dataclass(frozen=True)
class Found:
    """A conversation and why it was found."""

    conversation: Conversation
    field: str
    snippet: str


@unbroken
class Search:
    """By number first, which is exact; then by words, the newest messages first."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, query: str, cursor: str | None = None) -> tuple[list[Found], str | None]:
        """A page of what fits, and where the next one begins."""
        async with self._engine.connect() as connection:
            if cursor is None and (numbered := await self._by_number(connection, query)):
                return numbered, None
            return await self._by_words(connection, query, cursor)

    async def _by_number(self, connection: AsyncConnection, query: str) -> list[Found]:
        number = normalize_number(query)
        if not number.isascii() or not number.isalnum() or len(number) < 4:
            return []
        column = conversation_numbers.c.number
        fits = column == number
        if len(number) >= SHORTEST_START:
            # A prefix as a range, which the index answers on both databases, in whatever order they sort.
            fits = sa.and_(column >= number, column <= number + "Z" * LONGEST_NUMBER)
        newest = (
            sa.select(conversation_numbers)
            .where(fits)
            .order_by(conversation_numbers.c.created_at.desc())
            .limit(LOOKED_AT)
        )
        best: dict[str, tuple[str, str]] = {}
        for row in sorted((await connection.execute(newest)).all(), key=lambda row: FIELDS.index(row.field)):
            best.setdefault(row.conversation_id, (row.field, row.number))
        return (await _found(connection, best))[:PAGE]

    async def _by_words(
        self, connection: AsyncConnection, query: str, cursor: str | None
    ) -> tuple[list[Found], str | None]:
        phrases = phrases_of(query)
        if not phrases:
            return [], None
        statement, text = _STATEMENTS[connection.dialect.name](phrases)
        below = cursor_from(cursor, int)[0] if cursor else 2**62
        rows = (await connection.execute(sa.text(statement), {"query": text, "below": below, "most": LOOKED_AT})).all()
        chosen: dict[str, tuple[str, str]] = {}
        last = None
        for row in rows:
            if row.conversation_id not in chosen and len(chosen) == PAGE:
                break
            chosen.setdefault(row.conversation_id, ("text", row.message_id))
            last = row.id
        more = last is not None and (last != rows[-1].id or len(rows) == LOOKED_AT)
        ids = [message_id for _, message_id in chosen.values()]
        texts = {}
        for message_id, said in await connection.execute(
            sa.select(messages.c.message_id, messages.c.text).where(messages.c.message_id.in_(ids))
        ):
            texts[message_id] = hide(said)
        best = {
            conversation_id: ("text", snippet(texts.get(message_id, ""), query))
            for conversation_id, (_, message_id) in chosen.items()
        }
        return await _found(connection, best), cursor_of(last) if more else None


def snippet(text: str, query: str) -> str:
    """The part of a text around what was looked for."""
    line = " ".join(text.split())
    place = max(line.lower().find(query.split()[0].lower()), 0)
    start = max(0, place - SNIPPET // 3)
    cut = line[start : start + SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + SNIPPET < len(line) else "")


def _sqlite(phrases: list[list[str]]) -> tuple[str, str]:
    query = " AND ".join(f'"{" ".join(words)}"{" *" if goes_on(words[-1]) else ""}' for words in phrases)
    statement = (
        "SELECT rowid AS id, message_id, conversation_id FROM message_words "
        "WHERE message_words MATCH :query AND rowid < :below ORDER BY rowid DESC LIMIT :most"
    )
    return statement, query


def _postgres(phrases: list[list[str]]) -> tuple[str, str]:
    ends = [f"{words[-1]}{':*' if goes_on(words[-1]) else ''}" for words in phrases]
    query = " & ".join(f"({' <-> '.join([*words[:-1], end])})" for words, end in zip(phrases, ends, strict=True))
    statement = (
        "SELECT id, message_id, conversation_id FROM message_words "
        "WHERE words @@ to_tsquery('simple', :query) AND id < :below ORDER BY id DESC LIMIT :most"
    )
    return statement, query


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgres}


async def _found(connection: AsyncConnection, best: dict[str, tuple[str, str]]) -> list[Found]:
    query = sa.select(conversations).where(conversations.c.conversation_id.in_(best))
    by_id = {row.conversation_id: conversation_from(row) for row in await connection.execute(query)}
    return [Found(by_id[each], *best[each]) for each in best if each in by_id]
