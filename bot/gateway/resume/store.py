"""Resume codes and the conversations that they opened, in SQL; each method is part of the caller's transaction."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, upsert
from bot.gateway.conversations.tables import conversations, metadata
from bot.gateway.resume.model import VALID_FOR, Result, code_from, digest_of, is_code, revealer

resume_codes = sa.Table(
    "resume_codes",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("nonce", sa.String(32), nullable=False),
    sa.Column("customer_id", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_resume_codes_customer_id", "customer_id", "expires_at"),
)

# Whose tickets and news reach a conversation besides those of its own customer.
resumed = sa.Table(
    "resumed",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id"), primary_key=True),
    sa.Column("customer_id", sa.String(200), primary_key=True),
    sa.Column("resumed_at", UtcDateTime, nullable=False),
    sa.Index("ix_resumed_customer_id", "customer_id"),
)


class ResumeCodes:
    """All codes under one key."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.reveal = revealer(key)

    async def nonce_for(self, connection: AsyncConnection, customer_id: str, now: datetime) -> str:
        """The nonce of a code that holds for half of its time at least: the customer's newest, or a new one."""
        newest = (
            sa.select(resume_codes.c.nonce)
            .where(resume_codes.c.customer_id == customer_id, resume_codes.c.expires_at > now + VALID_FOR / 2)
            .order_by(resume_codes.c.expires_at.desc())
            .limit(1)
        )
        known: str | None = await connection.scalar(newest)
        if known is None:
            await connection.execute(sa.delete(resume_codes).where(resume_codes.c.expires_at <= now))
        while known is None:
            nonce = secrets.token_hex(16)
            code = code_from(self._key, nonce)
            if not is_code(code):  # only letters or only digits
                continue
            insert = upsert(connection, resume_codes).values(
                code_hash=digest_of(self._key, code),
                nonce=nonce,
                customer_id=customer_id,
                created_at=now,
                expires_at=now + VALID_FOR,
            )
            made = insert.on_conflict_do_nothing().returning(resume_codes.c.nonce)
            # Nothing when another customer has the same code; then it is drawn again.
            known = await connection.scalar(made)
        return known

    async def resume(self, connection: AsyncConnection, conversation_id: str, code: str, now: datetime) -> Result:
        """Let this conversation go on with the tickets of the code's customer."""
        found = sa.select(resume_codes.c.customer_id).where(
            resume_codes.c.code_hash == digest_of(self._key, code), resume_codes.c.expires_at > now
        )
        customer_id = await connection.scalar(found)
        if customer_id is None:
            return Result.UNKNOWN
        own = sa.select(conversations.c.customer_id).where(conversations.c.conversation_id == conversation_id)
        own_id = await connection.scalar(own)
        if customer_id == own_id:
            return Result.SAME
        # What that customer had resumed goes along.
        theirs = sa.select(resumed.c.customer_id).join(
            conversations, conversations.c.conversation_id == resumed.c.conversation_id
        )
        others = (await connection.scalars(theirs.where(conversations.c.customer_id == customer_id))).all()
        for each in {customer_id, *others} - {own_id}:
            insert = upsert(connection, resumed).values(
                conversation_id=conversation_id, customer_id=each, resumed_at=now
            )
            await connection.execute(insert.on_conflict_do_nothing())
        return Result.LINKED


async def resumed_by(connection: AsyncConnection, conversation_id: str) -> list[str]:
    """The customers whose tickets this conversation goes on with, the newest first."""
    query = sa.select(resumed.c.customer_id).where(resumed.c.conversation_id == conversation_id)
    return list((await connection.scalars(query.order_by(resumed.c.resumed_at.desc()))).all())
