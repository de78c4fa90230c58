"""The staff's group as the Bot API knows it: one method for each call, and a budget for all of them."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable
from typing import Any

from telegram import BotCommand, BotCommandScopeChat, InputMediaPhoto, ReplyParameters
from telegram.error import BadRequest

from bot.gateway.channels.telegram.client import Bot

log = logging.getLogger(__name__)

PER_MINUTE = 18  # of the 20 that a group takes; the others are for answers to who writes there
_GONE = ("thread not found", "topic_deleted", "topic_id_invalid")


class TopicGoneError(Exception):
    """The topic is no longer there."""


class TopicClosedError(Exception):
    """Somebody closed the topic."""


class Budget:
    """How many calls a minute the group gets."""

    def __init__(self, most: int = PER_MINUTE, seconds: float = 60.0) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    async def room(self) -> None:
        """Wait until another call is allowed."""
        loop = asyncio.get_running_loop()
        while len(self._times) >= self._most:
            await asyncio.sleep(max(0.0, self._times[0] + self._seconds - loop.time()))
            self._forget(loop.time())

    def count(self) -> None:
        """A call is made."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        self._times.append(now)

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] + self._seconds <= now:
            self._times.popleft()


class Group:
    """Raises TopicGoneError, TopicClosedError, and what the library raises."""

    def __init__(self, bot: Bot, chat_id: int) -> None:
        self._bot = bot
        self.chat_id = chat_id
        self.budget = Budget()

    async def create(self, name: str) -> int:
        """A new topic; its number."""
        made = await self._ask(self._bot.create_forum_topic(self.chat_id, name))
        return int(made.message_thread_id)

    async def rename(self, thread_id: int, name: str) -> None:
        await self._ask(self._bot.edit_forum_topic(self.chat_id, thread_id, name=name))

    async def close(self, thread_id: int) -> None:
        await self._ask(self._bot.close_forum_topic(self.chat_id, thread_id))

    async def reopen(self, thread_id: int) -> None:
        await self._ask(self._bot.reopen_forum_topic(self.chat_id, thread_id))

    async def pin(self, number: int) -> None:
        """A bot that may not pin goes on without."""
        try:
            await self._ask(self._bot.pin_chat_message(self.chat_id, number, disable_notification=True))
        except BadRequest as error:
            log.warning("a card cannot be pinned: %s", error)

    async def say(self, thread_id: int | None, text: str, reply_to: int | None = None) -> int:
        """A text; its number."""
        sent = await self._ask(self._bot.send_message(self.chat_id, text, **_place(thread_id, reply_to)))
        return int(sent.message_id)

    async def answer(self, chat_id: int, thread_id: int | None, text: str, reply_to: int | None) -> None:
        """A word to somebody of the staff, there or in private."""
        await self._ask(self._bot.send_message(chat_id, text, **_place(thread_id, reply_to)))

    async def show(
        self, thread_id: int | None, pictures: list[bytes], texts: list[str], reply_to: int | None = None
    ) -> list[int]:
        """A picture or an album with a text below each; their numbers."""
        place = _place(thread_id, reply_to)
        if len(pictures) == 1:
            caption = texts[0] or None
            call = self._bot.send_photo(self.chat_id, pictures[0], caption=caption, filename="picture", **place)
            return [int((await self._ask(call)).message_id)]
        media = [
            InputMediaPhoto(picture, caption=text or None, filename="picture")
            for picture, text in zip(pictures, texts, strict=True)
        ]
        album = await self._ask(self._bot.send_media_group(self.chat_id, media, **place))
        return [int(each.message_id) for each in album]

    async def set_commands(self, commands: list[tuple[str, str]]) -> None:
        """The menu in the group."""
        menu = [BotCommand(name, words) for name, words in commands]
        await self._ask(self._bot.set_my_commands(menu, scope=BotCommandScopeChat(self.chat_id)))

    async def _ask(self, call: Awaitable[Any]) -> Any:
        """One call; None when it was so already."""
        self.budget.count()
        try:
            return await call
        except BadRequest as error:
            said = str(error).lower()
            if any(each in said for each in _GONE):
                raise TopicGoneError from error
            if "topic_closed" in said:
                raise TopicClosedError from error
            if "not_modified" in said or "not modified" in said:
                return None
            raise


def _place(thread_id: int | None, reply_to: int | None) -> dict[str, Any]:
    """What is answered may have been deleted meanwhile."""
    reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    return {"message_thread_id": thread_id, "reply_parameters": reply}
