"""One customer message on its way in, by HTTP or socket: limits, redaction, then the switchboard."""

from collections.abc import Mapping

from aiohttp import web

from bot.errors import RateLimitedError
from bot.gateway.conversations.bodies import NewMessage
from bot.gateway.conversations.model import Conversation, IncomingMessage
from bot.gateway.conversations.store import Saved
from bot.gateway.keys import LIMITER, STORE, SWITCHBOARD, TEXTS
from bot.gateway.limiter import Limit
from bot.redact import redact


async def receive_message(app: web.Application, conversation: Conversation, sent: NewMessage, address: str) -> Saved:
    """Save it. Raises RateLimitedError with words for the customer, or InvalidError for a foreign button."""
    conversation_id = conversation.conversation_id
    repeated = await app[STORE].message_of_client(conversation_id, sent.client_id)
    if repeated is not None:
        return Saved(repeated, None)  # Sending again is right, so it costs nothing.
    limits = {Limit.MESSAGES: conversation_id, Limit.MESSAGES_OF_ADDRESS: address}
    await check_limits(app, conversation.language, limits)
    return await app[SWITCHBOARD].receive(conversation_id, incoming_from(sent))


async def check_limits(app: web.Application, language: str, limits: Mapping[Limit, str]) -> None:
    """Count once on each key. RateLimitedError with words for the customer in this language."""
    try:
        for limit, key in limits.items():
            await app[LIMITER].check(limit, key)
    except RateLimitedError as error:
        words = app[TEXTS].render("utter_rate_limited", language).text
        raise RateLimitedError(words, **error.details) from error


def incoming_from(sent: NewMessage) -> IncomingMessage:
    """The message with its secrets hidden; from here on nothing else exists."""
    if sent.type == "button":
        return IncomingMessage(button_id=sent.button_id, client_id=sent.client_id)
    redaction = redact(sent.text)
    picture_id = sent.picture_id if sent.type == "picture" else None
    return IncomingMessage(
        text=redaction.text,
        picture_id=picture_id,
        redacted=redaction.found,
        client_id=sent.client_id,
        more=sent.more and picture_id is not None,
    )
