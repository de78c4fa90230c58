"""One customer message on its way in, by HTTP or socket: limits, redaction, then the switchboard."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.errors import RateLimitedError
from bot.gateway.conversations.bodies import NewMessage
from bot.gateway.conversations.model import Conversation, IncomingMessage
from bot.gateway.conversations.store import Saved
from bot.gateway.keys import LIMITER, STORE, SWITCHBOARD, TEXTS
from bot.gateway.limiter import Limit
from bot.gateway.resume.model import Result, find_code
from bot.redact import redact


async def receive_message(app: web.Application, conversation: Conversation, sent: NewMessage, address: str) -> Saved:
    """Save it. Raises RateLimitedError with words for the customer, or InvalidError for a foreign button."""
    conversation_id = conversation.conversation_id
    repeated = await app[STORE].message_of_client(conversation_id, sent.client_id)
    if repeated is not None:
        return Saved(repeated, None)  # Sending again is right, so it costs nothing.
    limits = {Limit.MESSAGES: conversation_id, Limit.MESSAGES_OF_ADDRESS: address}
    await check_limits(app, conversation.language, limits)
    incoming = incoming_from(sent)
    if incoming.resume_code and not await may_resume(app, conversation_id, address):
        incoming = replace(incoming, resume_code=None, resume_refused=Result.LIMITED)
    return await app[SWITCHBOARD].receive(conversation_id, incoming)


async def may_resume(app: web.Application, conversation_id: str, address: str) -> bool:
    """Count a try to resume; False when there were too many. A slip that the check sign shows is none."""
    try:
        await app[LIMITER].check(Limit.RESUME, conversation_id)
        await app[LIMITER].check(Limit.RESUME_OF_ADDRESS, address)
    except RateLimitedError:
        return False
    return True


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
    found = find_code(sent.text) if sent.type == "text" else None
    redaction = redact(found.text if found else sent.text)
    return IncomingMessage(
        text=redaction.text,
        picture_id=sent.picture_id if sent.type == "picture" else None,
        redacted=redaction.found,
        client_id=sent.client_id,
        more=sent.more and sent.type == "picture" and sent.picture_id is not None,
        resume_code=found.code if found else None,
        resume_refused=Result.TYPO if found and not found.code else None,
    )
