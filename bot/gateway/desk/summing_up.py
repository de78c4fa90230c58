"""The summary that comes with settling a case, in the same transaction."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import upsert
from bot.gateway.canned.tables import summaries
from bot.gateway.conversations.model import State
from bot.gateway.conversations.store import Settle
from bot.gateway.conversations.tables import conversations


def keep_summary(conversation_id: str, username: str, cause: str, text: str, now: datetime) -> Settle:
    """What writes the cause and the words, unless it was settled before; the result of an earlier summary stays."""

    async def settle(connection: AsyncConnection) -> bool:
        state = sa.select(conversations.c.state).where(conversations.c.conversation_id == conversation_id)
        if await connection.scalar(state) == State.RESOLVED.value:
            return False
        values = {"cause": cause, "text": text, "username": username, "updated_at": now}
        insert = upsert(connection, summaries).values(
            conversation_id=conversation_id, result="", created_at=now, **values
        )
        change: dict[str, sa.ColumnElement[str] | object] = dict(values)
        await connection.execute(insert.on_conflict_do_update(index_elements=["conversation_id"], set_=change))
        return True

    return settle
