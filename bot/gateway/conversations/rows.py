"""Rows of the gateway's tables as the objects of the model, and the writing of messages."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gateway.conversations.model import (
    NEWS_KEY,
    Button,
    Conversation,
    Kind,
    Message,
    Owner,
    Said,
    Sender,
    State,
    Status,
    Turn,
    TurnState,
)
from bot.gateway.conversations.standing import Standards, standing
from bot.gateway.conversations.tables import buttons, conversations, messages, turns
from bot.gateway.desk.index import index_message

PRIVATE = (Kind.NOTE, Kind.ACTIVITY)


def new_id() -> str:
    """A random id of 32 hex digits."""
    return uuid.uuid4().hex


def conversation_from(row: sa.Row[Any]) -> Conversation:
    fields = row._mapping
    return Conversation(
        **{name: fields[name] for name in Conversation.__dataclass_fields__ if name not in ("owner", "state", "tags")},
        owner=Owner(fields["owner"]),
        state=State(fields["state"]),
        tags=tuple(fields["tags"] or ()),
    )


def turn_from(row: sa.Row[Any]) -> Turn:
    fields = row._mapping
    return Turn(
        **{name: fields[name] for name in Turn.__dataclass_fields__ if name != "state"},
        state=TurnState(fields["state"]),
    )


async def lock_conversation(connection: AsyncConnection, conversation_id: str) -> sa.Row[Any] | None:
    """The row, locked until the transaction ends; so the counters in it need no other care."""
    query = sa.select(conversations).where(conversations.c.conversation_id == conversation_id).with_for_update()
    return (await connection.execute(query)).one_or_none()


async def read_messages(
    connection: AsyncConnection, query: sa.Select[Any], reveal: Callable[[str], str]
) -> list[Message]:
    """The messages that a select over all columns of `messages` finds, with their buttons.

    reveal: what the reader sees in place of a resume code (`bot.gateway.resume.model`).
    """
    rows = (await connection.execute(query)).all()
    by_message: dict[str, list[Button]] = {}
    if rows:
        wanted = (
            sa.select(buttons.c.message_id, buttons.c.button_id, buttons.c.title)
            .where(buttons.c.message_id.in_([row.message_id for row in rows]))
            .order_by(buttons.c.place)
        )
        for message_id, button_id, title in await connection.execute(wanted):
            by_message.setdefault(message_id, []).append(Button(button_id, title))
    return [_message_from(row, by_message.get(row.message_id, []), reveal) for row in rows]


def _message_from(row: sa.Row[Any], found: Sequence[Button], reveal: Callable[[str], str]) -> Message:
    return Message(
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        kind=Kind(row.kind),
        sender=Sender(row.sender),
        text=reveal(row.text) if row.kind == Kind.OUTGOING.value else row.text,
        buttons=tuple(found),
        picture_id=row.picture_id,
        image=row.image,
        client_id=row.client_id,
        created_at=row.created_at,
        status=Status(row.status),
        lasting=(row.reply_key or "").startswith(NEWS_KEY),
        position=row.position,
        author=row.author,
        author_name=row.author_name,
        activity=row.activity,
        desk_client_id=row.desk_client_id,
        origin=row.origin,
        quotes=row.quotes,
    )


class Writer:
    """Appends messages to one locked conversation, counting `seq` and `position`, and saves how it stands then."""

    def __init__(
        self, connection: AsyncConnection, row: sa.Row[Any], now: datetime, standards: Standards | None = None
    ) -> None:
        self._row = row
        self._standards = standards or Standards()
        self._added: list[dict[str, Any]] = []
        self._order_no: str | None = None
        self._connection = connection
        self._conversation_id: str = row.conversation_id
        self._channel: str = row.channel
        self._seq: int = row.last_seq
        self.position: int = row.last_position
        self._now = now
        self.message_ids: list[str] = []

    async def incoming(self, **columns: Any) -> str:
        """Add a message of the customer; its id."""
        return await self._insert(Kind.INCOMING, Sender.CUSTOMER, Status.RECEIVED, dialog=False, **columns)

    async def say(self, said: Said, reply_to: str | None, reply_key: str | None) -> str:
        """Add a message to or about the customer, its id; what is for the customer waits for its delivery."""
        message_id = await self._insert(
            said.kind,
            said.sender,
            Status.SENT if said.kind in PRIVATE else Status.PENDING,
            text=said.text,
            dialog=said.dialog,
            author=said.author,
            author_name=said.author_name,
            activity=said.activity,
            image=said.image,
            picture_id=said.picture_id,
            desk_client_id=said.client_id,
            origin=said.origin,
            quotes=said.quotes,
            reply_to=reply_to,
            reply_key=reply_key,
        )
        if said.buttons:
            rows = [
                {
                    "button_id": new_id(),
                    "message_id": message_id,
                    "place": place,
                    "title": each.title[:200],
                    "payload": each.payload,
                }
                for place, each in enumerate(said.buttons)
            ]
            await self._connection.execute(sa.insert(buttons), rows)
        return message_id

    async def _insert(self, kind: Kind, sender: Sender, status: Status, **columns: Any) -> str:
        self.position += 1
        if kind not in PRIVATE:
            self._seq += 1
        message_id = new_id()
        self.message_ids.append(message_id)
        values = {
            "message_id": message_id,
            "conversation_id": self._conversation_id,
            "channel": self._channel,
            "position": self.position,
            "seq": None if kind in PRIVATE else self._seq,
            "kind": kind.value,
            "sender": sender.value,
            "status": status.value,
            "created_at": self._now,
            **columns,
        }
        await self._connection.execute(sa.insert(messages).values(values))
        self._added.append(values)
        if kind is not Kind.ACTIVITY:
            found = await index_message(
                self._connection, self._conversation_id, message_id, sender.value, values["text"], self._now
            )
            self._order_no = found or self._order_no
        return message_id

    async def add_turn(self, turn_id: str, ask: str, **columns: Any) -> None:
        """Add what waits for an answer, at the place of the newest message."""
        values = {
            "turn_id": turn_id,
            "conversation_id": self._conversation_id,
            "position": self.position,
            "ask": ask,
            "state": TurnState.RECEIVED.value,
            "received_at": self._now,
            "stale": False,
            "redacted": False,
            **columns,
        }
        await self._connection.execute(sa.insert(turns).values(values))

    async def finish(self, **changes: Any) -> Conversation:
        """Save the counters, `changes` and what follows for the desk; the conversation as it is now."""
        where = conversations.c.conversation_id == self._conversation_id
        if self._order_no:
            changes = {"order_no": self._order_no, **changes}
        after = standing({**self._row._mapping, **changes}, self._added, self._now, self._standards)
        values = {"last_seq": self._seq, "last_position": self.position, **changes, **after}
        await self._connection.execute(sa.update(conversations).where(where).values(values))
        row = (await self._connection.execute(sa.select(conversations).where(where))).one()
        return conversation_from(row)
