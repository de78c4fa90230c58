"""The staff's group in the application: what it needs of the desk, and its loop."""

from aiohttp import web

from bot.errors import HelpdeskError
from bot.gateway.accounts.http import ACCOUNTS
from bot.gateway.channels.telegram.channel import Channel
from bot.gateway.channels.telegram.client import Bot
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.forum_group import Group
from bot.gateway.channels.telegram.forum_mirror import Mirror
from bot.gateway.channels.telegram.forum_staff import Staff
from bot.gateway.channels.telegram.forum_store import TopicStore
from bot.gateway.channels.telegram.inbox import Inbox, Pace
from bot.gateway.channels.telegram.linking import Links
from bot.gateway.channels.telegram.sending import Sender
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.conversations.model import Conversation
from bot.gateway.conversations.store import Written
from bot.gateway.desk.keys import DESK
from bot.gateway.keys import BACKEND, ENGINE, LIMITER, SETTINGS, SWITCHBOARD


def add_forum(
    app: web.Application,
    channel: Channel,
    inbox: Inbox,
    sender: Sender,
    bot: Bot,
    store: TelegramStore,
    files: Files,
    pace: Pace,
) -> None:
    """Copy escalated conversations into the group of the settings, and take what the staff writes there."""
    settings, switchboard = app[SETTINGS], app[SWITCHBOARD]
    topics = TopicStore(app[ENGINE], settings.telegram_staff_chat)
    group = Group(bot, settings.telegram_staff_chat)

    async def product_of(conversation: Conversation) -> str | None:
        if not conversation.order_no:
            return None
        try:
            order = await app[BACKEND].desk_order(conversation.order_no)
        except HelpdeskError:
            return None  # the name can do without
        return str(order["product"]) if order.get("product") else None

    mirror = Mirror(
        group, settings.telegram_staff_language, topics, app[DESK], switchboard, files, product_of, pace.sender,
        2 * pace.album,  # the inbox keeps the last picture of an album for that time
    )  # fmt: skip
    hear = switchboard.tell_desk

    def hear_and_wake(written: Written) -> None:
        hear(written)
        mirror.wake()

    switchboard.tell_desk = hear_and_wake
    staff = Staff(
        group, settings.telegram_staff_language, app[ENGINE], topics, store, Links(app[ENGINE]), app[ACCOUNTS],
        app[DESK], switchboard, app[LIMITER], files, pace.album,
    )  # fmt: skip
    staff.wake_sender, staff.tell_desk = sender.wake, lambda message_id: sender.tell_desk(message_id)
    inbox.of_staff, channel.forum = staff.handle, mirror
