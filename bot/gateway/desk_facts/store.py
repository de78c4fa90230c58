"""Whom a conversation is with, as far as the gateway knows, in SQL."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import NotFoundError
from bot.gateway.conversations.model import Sender
from bot.gateway.conversations.tables import conversations, messages, pictures
from bot.gateway.desk_facts.model import Subject
from bot.gateway.resume.store import resumed_by

MOST_PICTURES = 50


async def subject_of(engine: AsyncEngine, conversation_id: str) -> Subject:
    """NotFoundError when there is no such conversation."""
    query = sa.select(conversations).where(conversations.c.conversation_id == conversation_id)
    sent = (
        sa.select(pictures.c.evidence_id, pictures.c.picture_id)
        .join(messages, messages.c.picture_id == pictures.c.picture_id)
        .where(
            pictures.c.conversation_id == conversation_id,
            messages.c.conversation_id == conversation_id,
            messages.c.sender == Sender.CUSTOMER.value,
        )
        .order_by(messages.c.position.desc())
        .limit(MOST_PICTURES)
    )
    async with engine.begin() as connection:
        row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFoundError
        found = (await connection.execute(sent)).all()
        others = await resumed_by(connection, conversation_id)
    return Subject(
        conversation_id=conversation_id,
        language=row["language"],
        customer_name=row["customer_name"],
        customers=(row["customer_id"], *others),
        order_no=row.get("order_no"),
        handover=row.get("handover") or {},
        pictures={row.evidence_id: row.picture_id for row in reversed(found)},
    )
