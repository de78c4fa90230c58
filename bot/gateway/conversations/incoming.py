"""What a received message asks of the bot, looked up inside the transaction that saves it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidError
from bot.gateway.conversations.model import NEWS_KEY, IncomingMessage, Kind, Message, payload, resume_ask, text_for_bot
from bot.gateway.conversations.rows import read_messages
from bot.gateway.conversations.tables import buttons, messages, pictures, turns
from bot.gateway.conversations.typed import means, reply_wanted
from bot.gateway.resume.store import ResumeCodes


async def find_repeated(connection: AsyncConnection, conversation_id: str, incoming: IncomingMessage) -> Message | None:
    same = []
    if incoming.client_id is not None:
        same.append(messages.c.client_id == incoming.client_id)
    if incoming.external_id is not None:
        same.append(messages.c.external_id == incoming.external_id)
    if not same:
        return None
    query = sa.select(messages).where(messages.c.conversation_id == conversation_id, sa.or_(*same))
    found = await read_messages(connection, query, str)
    return found[0] if found else None


async def ask_of(
    connection: AsyncConnection, conversation_id: str, incoming: IncomingMessage, codes: ResumeCodes, now: datetime
) -> tuple[str, str, dict[str, Any]]:
    """The text for the log, the text for Rasa, and what else the turn has to know. A resume code is used here."""
    if incoming.resume_code or incoming.resume_refused:
        result = incoming.resume_refused or await codes.resume(
            connection, conversation_id, incoming.resume_code or "", now
        )
        return incoming.text, resume_ask(result), {}
    if incoming.intent is not None:
        return incoming.text, f"/{incoming.intent}", {}
    if incoming.button_id is not None:
        return await _click(connection, conversation_id, incoming.button_id)
    if incoming.picture_id is not None:
        query = sa.select(pictures.c.evidence_id).where(
            pictures.c.picture_id == incoming.picture_id,
            pictures.c.conversation_id == conversation_id,
            pictures.c.author.is_(None),  # what an agent has shown is no proof of the customer's
        )
        evidence_id = await connection.scalar(query)
        if evidence_id is None:
            raise InvalidError(fields=["picture_id"])
        return incoming.text, payload("send_picture", evidence_id=evidence_id), {}
    if button_id := await _button_meant(connection, conversation_id, incoming.text):
        _, ask, extra = await _click(connection, conversation_id, button_id)
        if not extra["stale"]:
            return incoming.text, ask, extra
    return incoming.text, text_for_bot(incoming.text), {}


async def _button_meant(connection: AsyncConnection, conversation_id: str, text: str) -> str | None:
    """The button of the newest message that typed words stand for, where the gateway can tell; see `typed.py`."""
    newest = (
        sa.select(messages.c.message_id)
        .where(messages.c.conversation_id == conversation_id, messages.c.kind == Kind.OUTGOING.value)
        .order_by(messages.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(buttons.c.button_id, buttons.c.title, buttons.c.payload).where(buttons.c.message_id == newest)
    rows = await connection.execute(query.order_by(buttons.c.place))
    return next((row.button_id for row in rows if means(text, row.title, row.payload)), None)


async def news_before(connection: AsyncConnection, turn_id: str) -> str | None:
    """Whether news was the last thing told before this turn: the ticket that it asks an answer for, else ""."""
    position = sa.select(turns.c.position).where(turns.c.turn_id == turn_id).scalar_subquery()
    query = (
        sa.select(messages.c.message_id, messages.c.reply_key)
        .join(turns, turns.c.conversation_id == messages.c.conversation_id)
        .where(turns.c.turn_id == turn_id, messages.c.kind == Kind.OUTGOING.value, messages.c.position <= position)
        .order_by(messages.c.position.desc())
        .limit(1)
    )
    newest = (await connection.execute(query)).one_or_none()
    if newest is None or not (newest.reply_key or "").startswith(NEWS_KEY):
        return None
    payloads = await connection.scalars(
        sa.select(buttons.c.payload).where(buttons.c.message_id == newest.message_id).order_by(buttons.c.place)
    )
    return next((about for each in payloads if (about := reply_wanted(each))), "")


async def _click(connection: AsyncConnection, conversation_id: str, button_id: str) -> tuple[str, str, dict[str, Any]]:
    """A button is live in the newest step of the dialog, until one of that step's buttons was clicked.

    Those of news belong to no step and work until one of them was clicked.
    """
    query = (
        sa.select(
            buttons.c.title, buttons.c.payload, *(messages.c[each] for each in ("message_id", "reply_to", "reply_key"))
        )
        .join(messages, messages.c.message_id == buttons.c.message_id)
        .where(buttons.c.button_id == button_id, messages.c.conversation_id == conversation_id)
    )
    button = (await connection.execute(query)).one_or_none()
    if button is None:
        raise InvalidError(fields=["button_id"])
    offer = button.reply_to or button.message_id
    newest = (
        sa.select(messages.c.message_id, messages.c.reply_to)
        .where(messages.c.conversation_id == conversation_id, messages.c.dialog)
        .order_by(messages.c.position.desc())
        .limit(1)
    )
    step = (await connection.execute(newest)).one()
    used = sa.select(turns.c.turn_id).where(turns.c.conversation_id == conversation_id, turns.c.offer == offer)
    is_left = not (button.reply_key or "").startswith(NEWS_KEY) and offer != (step.reply_to or step.message_id)
    stale = is_left or await connection.scalar(used.limit(1)) is not None
    return button.title, button.payload, {"stale": stale, "offer": None if stale else offer}
