"""Everything of one conversation that a recording needs, in SQL; nothing is written."""

import sqlalchemy as sa

from bot.errors import NotFoundError
from bot.gateway.conversations.tables import buttons, conversations, messages, pictures, turns
from bot.gateway.news.store import news_table
from bot.gateway.resume.model import hide
from bot.recording.model import Asked, History, Line, Told


def read_history(connection: sa.Connection, conversation_id: str) -> History:
    """The conversation with its log; NotFoundError."""
    wanted = sa.select(conversations).where(conversations.c.conversation_id == conversation_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFoundError
    return History(
        conversation_id=row.conversation_id,
        channel=row.channel,
        language=row.language,
        owner=row.owner,
        created_at=row.created_at,
        stretches=row.sender_n,
        lines=_lines(connection, conversation_id),
        asked=_asked(connection, conversation_id),
        told=_told(connection, conversation_id),
        secrets=tuple(filter(None, (row.customer_name, row.identity))),
    )


def _lines(connection: sa.Connection, conversation_id: str) -> list[Line]:
    titles: dict[str, list[str]] = {}
    of_buttons = (
        sa.select(buttons.c.message_id, buttons.c.title)
        .join(messages, messages.c.message_id == buttons.c.message_id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(buttons.c.place)
    )
    for message_id, title in connection.execute(of_buttons):
        titles.setdefault(message_id, []).append(title)
    query = (
        sa.select(messages, pictures.c.evidence_id)
        .outerjoin(pictures, pictures.c.picture_id == messages.c.picture_id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.position)
    )
    return [
        Line(
            message_id=row.message_id,
            position=row.position,
            kind=row.kind,
            sender=row.sender,
            text=hide(row.text),
            created_at=row.created_at,
            author=row.author,
            activity=row.activity,
            reply_to=row.reply_to,
            reply_key=row.reply_key,
            evidence_id=row.evidence_id,
            has_picture=row.picture_id is not None,
            titles=tuple(titles.get(row.message_id, ())),
        )
        for row in connection.execute(query)
    ]


def _asked(connection: sa.Connection, conversation_id: str) -> list[Asked]:
    query = sa.select(turns).where(turns.c.conversation_id == conversation_id)
    return [
        Asked(turn_id=row.turn_id, position=row.position, ask=row.ask, redacted=row.redacted)
        for row in connection.execute(query.order_by(turns.c.position, turns.c.received_at))
    ]


def _told(connection: sa.Connection, conversation_id: str) -> list[Told]:
    query = sa.select(news_table).where(news_table.c.told_in == conversation_id).order_by(news_table.c.sequence)
    return [
        Told(
            event_id=row.event_id,
            type=row.type,
            occurred_at=row.occurred_at,
            ticket_no=row.ticket_no,
            data=row.data,
        )
        for row in connection.execute(query)
    ]
