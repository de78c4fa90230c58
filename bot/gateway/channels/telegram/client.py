"""The Bot API through python-telegram-bot, and what its failures say."""

import warnings
from typing import Any

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.gateway.channels.telegram.model import ALLOWED_UPDATES
from bot.gateway.conversations.model import Button
from bot.settings import Settings

Bot = ExtBot[int]
# The request never left this machine.
_NOT_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
MOST_CONNECTIONS = 64


def make_bot(settings: Settings) -> Bot:
    """A client for the bot of the settings' token; nothing connects yet."""
    # Updates are taken as JSON on purpose: the library gives up a whole batch when it cannot read one of them.
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'", PTBUserWarning)
    api, seconds = settings.telegram_api_url.rstrip("/"), settings.telegram_timeout
    limits: dict[str, Any] = {
        "connect_timeout": seconds, "read_timeout": seconds, "write_timeout": seconds, "pool_timeout": seconds,
        "media_write_timeout": 3 * seconds,
    }  # fmt: skip
    return ExtBot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=HTTPXRequest(connection_pool_size=MOST_CONNECTIONS, **limits),
        get_updates_request=HTTPXRequest(connection_pool_size=1, **limits),
        rate_limiter=AIORateLimiter(),
    )


async def get_updates(bot: Bot, offset: int | None, wait: int, margin: float) -> list[Any]:
    """The next updates as JSON; asking confirms those before `offset`."""
    wanted = {"timeout": wait, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
    if offset is not None:
        wanted["offset"] = offset
    found = await bot.do_api_request("getUpdates", api_kwargs=wanted, read_timeout=wait + margin)
    return found if isinstance(found, list) else []


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """A row for each button; what is sent back is its id, never its payload."""
    if not buttons:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(each.title, callback_data=each.button_id)] for each in buttons])


def was_not_done(error: TelegramError) -> bool:
    """Whether the call certainly had no effect: it was not sent, or the server answered that it failed."""
    if isinstance(error.__cause__, _NOT_BEGUN):
        return True
    # A server that answers raises without a cause; what broke on the way has that of the HTTP client.
    answered = isinstance(error, NetworkError) and not isinstance(error, TimedOut) and error.__cause__ is None
    return answered and "Gateway Timeout" not in str(error)


def seconds_in(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        after = error.retry_after
    return (after if isinstance(after, int) else after.total_seconds()) + 0.1
