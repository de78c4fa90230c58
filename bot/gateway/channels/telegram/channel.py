"""Everything of Telegram in one place: starting, receiving, showing that the bot types, stopping."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from telegram import BotCommand
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.gateway.channels.telegram.client import Bot, get_updates, seconds_in
from bot.gateway.channels.telegram.inbox import Inbox
from bot.gateway.channels.telegram.model import (
    ALLOWED_UPDATES,
    COMMANDS,
    Arrival,
    What,
    arrival_from,
    without_secrets,
)
from bot.gateway.channels.telegram.sending import Sender
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import let_finish
from bot.settings import Settings

log = logging.getLogger(__name__)

PATH = "/hooks/telegram"
POLL_SECONDS = 25
LOOK_SECONDS = 15.0
TYPING_SECONDS = 4.5  # Telegram shows it for five
MOST_SIGNS = 25
SLOWEST = 60.0


class Forum(Protocol):
    """What keeps the staff's topics, if there is a group for them."""

    async def run(self) -> None:
        """Work until cancelled."""

    async def stop(self) -> None:
        """End what is on its way."""


class Channel:
    """The bot of this process. `pause` (seconds) is the first after a failure; each further one is twice as long."""

    def __init__(
        self,
        settings: Settings,
        bot: Bot,
        store: TelegramStore,
        switchboard: Switchboard,
        inbox: Inbox,
        sender: Sender,
        pause: float = 1.0,
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._store = store
        self._switchboard = switchboard
        self._inbox = inbox
        self.sender = sender
        self._pause = pause
        self._taking: set[asyncio.Task[None]] = set()
        self._small: set[asyncio.Task[None]] = set()
        self._typing: dict[str, asyncio.Event] = {}
        self.forum: Forum | None = None
        # The bot knows its own name, so that updates can be read.
        self.ready = False

    @property
    def webhook_secret(self) -> str:
        """What Telegram has to show with each update."""
        given = self._settings.telegram_webhook_secret.get_secret_value()
        return given or self._settings.derived_key("telegram-webhook")

    async def run(self) -> None:
        """Work until cancelled."""
        await self._until_done(self._prepare)
        self.ready = True
        await self._until_done(self._inbox.resume)
        self._spawn(self._until_done(self._set_commands))
        async with asyncio.TaskGroup() as both:
            both.create_task(self._look_for_messages())
            if self.forum is not None:
                both.create_task(self.forum.run())
            if self._settings.telegram_mode == "polling":
                both.create_task(self._poll())

    async def stop_receiving(self) -> None:
        """Before the workers that answer are stopped."""
        await let_finish(tuple(self._taking))
        await self._inbox.stop()

    async def stop(self) -> None:
        """End the rest; what is not done is in the database."""
        for ended in self._typing.values():
            ended.set()
        await let_finish(tuple(self._small))
        await self.sender.stop()
        if self.forum is not None:
            await self.forum.stop()
        await self._bot.shutdown()

    async def take(self, update: Any) -> None:
        """Save an update. When this returns, it will be worked on whatever happens."""
        arrival = arrival_from(update, self._bot.username, self._settings.telegram_staff_chat)
        if arrival is None:
            return
        if arrival.what is not What.IGNORED:
            is_new = await self._store.save(without_secrets(arrival), self._switchboard.now())
            # Also when it was there: it may have been saved by a try whose end nobody saw.
            self._inbox.wake(arrival.chat_id)
            if not is_new:
                return
        if arrival.query_id is not None:
            self._spawn(self._answer_click(arrival))

    def show_typing(self, conversation_id: str, typing: bool) -> None:
        """The bot began or ended to think about an answer."""
        if ended := self._typing.pop(conversation_id, None):
            ended.set()
        if typing:
            self._typing[conversation_id] = asyncio.Event()
            self._spawn(self._type(conversation_id, self._typing[conversation_id]))

    async def _look_for_messages(self) -> None:
        """What waited at the start, and what another gateway wrote."""
        while True:
            await self._until_done(self.sender.resume)
            await asyncio.sleep(LOOK_SECONDS)

    async def _poll(self) -> None:
        offset: int | None = None
        pause = self._pause
        while True:
            try:
                found = await get_updates(self._bot, offset, POLL_SECONDS, self._settings.telegram_timeout)
                for update in found:
                    taking = asyncio.create_task(self.take(update))
                    self._taking.add(taking)
                    taking.add_done_callback(self._taking.discard)
                    await asyncio.shield(taking)
                # Only now: the next call tells Telegram that these need not be sent again.
                numbers = [arrival.update_id for each in found if (arrival := arrival_from(each, ""))]
                offset = max(numbers) + 1 if numbers else offset
                pause = self._pause
            except Exception as error:
                await asyncio.sleep(self._after(error, pause))
                pause = min(pause * 2, SLOWEST)

    async def _prepare(self) -> None:
        await self._bot.initialize()
        if self._settings.telegram_mode == "polling":
            await self._bot.delete_webhook(drop_pending_updates=False)
            return
        url = self._settings.public_url.rstrip("/") + PATH
        await self._bot.set_webhook(url, secret_token=self.webhook_secret, allowed_updates=ALLOWED_UPDATES)

    async def _set_commands(self) -> None:
        """The bot's menu; who has neither language sees the Chinese one."""
        for language, code in (("zh", None), ("zh", "zh"), ("en", "en")):
            texts = self._switchboard.texts
            menu = [
                BotCommand(each, texts.render(f"utter_telegram_command_{each}", language).text) for each in COMMANDS
            ]
            await self._bot.set_my_commands(menu, language_code=code)

    async def _until_done(self, work: Any) -> None:
        pause = self._pause
        while True:
            try:
                await work()
            except Exception as error:
                await asyncio.sleep(self._after(error, pause))
                pause = min(pause * 2, SLOWEST)
            else:
                return

    def _after(self, error: Exception, pause: float) -> float:
        """How long to wait after a failure; no log holds the token, which is part of each address."""
        if isinstance(error, RetryAfter):
            return seconds_in(error)
        if isinstance(error, InvalidToken):
            log.error("Telegram does not know this bot: DAOZHANG_TELEGRAM_TOKEN is wrong")
            return SLOWEST
        if isinstance(error, BadRequest):
            log.error("Telegram refuses what it is asked for: %s", error)  # as a webhook that is not https
        elif isinstance(error, TelegramError):
            log.warning("Telegram is not there: %s", type(error).__name__)
        else:
            log.exception("Telegram cannot be worked with now", exc_info=error)
        return pause

    async def _answer_click(self, arrival: Arrival) -> None:
        """So that the button stops waiting; too late is no harm."""
        try:
            await self._bot.answer_callback_query(str(arrival.query_id))
        except TelegramError as error:
            log.info("a click was not confirmed: %s", type(error).__name__)

    async def _type(self, conversation_id: str, ended: asyncio.Event) -> None:
        found = await self._store.chat_of(conversation_id)
        for _ in range(MOST_SIGNS):
            if found is None or ended.is_set():
                return
            try:
                await self._bot.send_chat_action(found[0], "typing")
            except TelegramError:
                return  # a sign that is missing is no harm
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), TYPING_SECONDS)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._small.add(task)
        task.add_done_callback(self._small.discard)
