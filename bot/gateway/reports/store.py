"""What a report needs of the gateway's own tables, read in pieces so that nobody who writes has to wait for long."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.gateway.conversations.model import Kind as MessageKind
from bot.gateway.conversations.model import Sender
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.reports.history import Kind, Move, Talk

PIECE = 2000
# What the sockets and the desk call the channel of the widget.
WEB = {"widget": "web"}
# The types of activities (`bot/gateway/desk/model.py`, `reception.py`); others change nothing that a report counts.
KINDS = {
    "handed_off": Kind.HANDOFF,
    "booked": Kind.HANDOFF,
    "claimed": Kind.CLAIM,
    "taken_over": Kind.CLAIM,
    "stepped_in": Kind.CLAIM,
    "transferred": Kind.CLAIM,
    "reopened": Kind.CLAIM,
    "handed_back": Kind.HAND_BACK,
    "resolved": Kind.RESOLVE,
}


class ReportStore:
    """Reads only."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def talks(self, since: datetime, until: datetime) -> list[Talk]:
        """The conversations that began in [since, until) and in which the customer said something."""
        mine = messages.c.conversation_id == conversations.c.conversation_id
        spoke = sa.exists().where(mine, messages.c.kind == MessageKind.INCOMING.value)
        keys = (conversations.c.created_at, conversations.c.conversation_id)
        query = sa.select(*keys, conversations.c.channel, conversations.c.score).where(spoke)
        return [
            Talk(row.conversation_id, channel_name(row.channel), row.created_at, row.score)
            async for row in self._rows(query, keys, since, until)
        ]

    async def moves(self, since: datetime, until: datetime) -> list[Move]:
        """The changes of owner in [since, until), each with the first words of a human after it."""
        later = messages.alias()
        answered = (
            sa.select(later.c.created_at)
            .where(later.c.conversation_id == messages.c.conversation_id, later.c.position > messages.c.position)
            .where(later.c.sender == Sender.AGENT.value, later.c.kind == MessageKind.OUTGOING.value)
            .order_by(later.c.position)
            .limit(1)
            .scalar_subquery()
        )
        keys = (messages.c.created_at, messages.c.message_id)
        more = (messages.c.conversation_id, messages.c.text, messages.c.activity, conversations.c.channel)
        query = (
            sa.select(*keys, *more, answered.label("answered_at"))
            .join(conversations, conversations.c.conversation_id == messages.c.conversation_id)
            # Written out, as in the partial index.
            .where(sa.text("messages.kind = 'activity'"), messages.c.text.in_(KINDS))
        )
        return [_move_from(row) async for row in self._rows(query, keys, since, until)]

    async def channels(self, conversation_ids: Collection[str]) -> dict[str, str]:
        """The channels of these conversations."""
        found: dict[str, str] = {}
        ids = list(conversation_ids)
        for begin in range(0, len(ids), PIECE):
            some = conversations.c.conversation_id.in_(ids[begin : begin + PIECE])
            query = sa.select(conversations.c.conversation_id, conversations.c.channel).where(some)
            async with self._engine.begin() as connection:
                rows = (await connection.execute(query)).all()
            found |= {row.conversation_id: channel_name(row.channel) for row in rows}
        return found

    async def _rows(
        self, query: sa.Select[Any], keys: tuple[sa.Column[Any], sa.Column[Any]], since: datetime, until: datetime
    ) -> AsyncIterator[sa.Row[Any]]:
        """What the query finds in [since, until) by its keys, a moment and an id, oldest first."""
        moment = keys[0]
        query = query.where(moment < until).order_by(*keys).limit(PIECE)
        piece = query.where(moment >= since)
        while True:
            async with self._engine.begin() as connection:
                rows = (await connection.execute(piece)).all()
            for row in rows:
                yield row
            if len(rows) < PIECE:
                return
            last = sa.tuple_(sa.literal(rows[-1][0], moment.type), sa.literal(rows[-1][1]))
            piece = query.where(sa.tuple_(*keys) > last)


def channel_name(channel: str) -> str:
    """As the desk calls it."""
    return WEB.get(channel, channel)


def _move_from(row: sa.Row[Any]) -> Move:
    return Move(
        conversation_id=row.conversation_id,
        channel=channel_name(row.channel),
        at=row.created_at,
        kind=KINDS[row.text],
        reason=(row.activity or {}).get("reason"),
        answered_at=row.answered_at,
    )
