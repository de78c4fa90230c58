"""`/hooks/telegram`: updates by webhook, and Telegram's place in the application."""

import hmac
import json
import logging

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BackendUnavailableError, NotAuthorizedError, NotFoundError
from bot.gateway.channels.telegram.channel import PATH, Channel
from bot.gateway.channels.telegram.client import make_bot
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.forum import add_forum
from bot.gateway.channels.telegram.inbox import Inbox, Pace
from bot.gateway.channels.telegram.model import LARGEST_FILE
from bot.gateway.channels.telegram.sending import Sender
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.conversations.tables import messages
from bot.gateway.desk.keys import DESK, DESK_HUB
from bot.gateway.desk.rows import message_of
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, ENGINE, HUB, LIMITER, SETTINGS, STORE, SWITCHBOARD, UPLOADS

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

TELEGRAM: web.AppKey[Channel] = web.AppKey("TELEGRAM", Channel)
PACE: web.AppKey[Pace] = web.AppKey("PACE", Pace)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a name)


@routes.post(PATH)
async def receive_update(request: web.Request) -> web.Response:
    """Save, then answer. What cannot be read is taken too, or Telegram would send it for ever."""
    channel = request.app.get(TELEGRAM)
    if channel is None or request.app[SETTINGS].telegram_mode != "webhook":
        raise NotFoundError
    given = request.headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(given.encode(), channel.webhook_secret.encode()):
        raise NotAuthorizedError
    if not channel.ready:
        raise BackendUnavailableError("The bot is not ready yet.")
    try:
        update = json.loads(await request.read())
    except (ValueError, RecursionError, web.HTTPRequestEntityTooLarge):
        log.warning("an update of Telegram could not be read")
        return json_answer({"saved": False})
    try:
        await channel.take(update)
    except (SQLAlchemyError, OSError) as error:
        raise BackendUnavailableError("The update could not be saved.") from error
    return json_answer({"saved": True})


def add_telegram(app: web.Application) -> Channel | None:
    """Put the channel into the application, which has everything else; None without a token."""
    settings, switchboard = app[SETTINGS], app[SWITCHBOARD]
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    pace = app.get(PACE) or Pace()
    bot = make_bot(settings)
    store = TelegramStore(app[ENGINE], int(token.partition(":")[0]))
    files = Files(bot, app[BACKEND], app[ENGINE], app[UPLOADS], lambda: switchboard.now())
    files.most, files.delays = min(LARGEST_FILE, settings.upload_max_bytes), pace.files
    sender = Sender(store, bot, switchboard, files, pace.sender)
    inbox = Inbox(store, bot, switchboard, app[LIMITER], files, pace)
    channel = app[TELEGRAM] = Channel(settings, bot, store, switchboard, inbox, sender, pace.pause)

    async def tell_desk(message_id: str) -> None:
        message = await app[DESK].message(messages.c.message_id == message_id)
        if message is not None:
            conversation = await app[STORE].conversation(message.conversation_id)
            shown = message_of(message, conversation.read_seq)
            frame = {"type": "message_changed", "conversation_id": conversation.conversation_id, "message": shown}
            app[DESK_HUB].publish(frame)

    sender.tell_desk = tell_desk
    switchboard.wake_sender = sender.wake
    if settings.telegram_staff_chat:
        add_forum(app, channel, inbox, sender, bot, store, files, pace)
    app[HUB].tell_typing = channel.show_typing
    return channel
