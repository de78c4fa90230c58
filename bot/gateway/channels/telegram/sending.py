"""Sends what conversations say to Telegram: saved as pending, sent part by part, marked.

The Bot API knows no idempotency key. A part is written down as `sending` before its call. Where it certainly had no
effect (no connection, 429, 5xx) that is taken back and the part is sent again as it is. Where nobody can know (no
answer came, or the process died) it is sent again with a line before it that says so: nothing is lost, and nothing
is doubled silently.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.errors import HelpdeskError
from bot.gateway.channels.telegram.client import Bot, keyboard, seconds_in, was_not_done
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.formatting import formatted
from bot.gateway.channels.telegram.model import Part, parts_of
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.conversations.model import Message, Outcome
from bot.gateway.desk.model import activity
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import let_finish

log = logging.getLogger(__name__)

# No chat of this id, or one that is gone.
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked")
STOP_SECONDS = 5.0


class Later(Exception):  # noqa: N818  (no error: it goes on)
    """Try again after so many seconds; 0: after the usual pause."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Undeliverable(Exception):  # noqa: N818  (no error: what Telegram decided)
    """It will never arrive; `gone`: nor will anything else."""

    def __init__(self, reason: str, *, gone: bool) -> None:
        super().__init__(reason)
        self.gone = gone


class Sender:
    """One task for each chat that something is sent to; the order of each conversation is kept."""

    def __init__(
        self,
        store: TelegramStore,
        bot: Bot,
        switchboard: Switchboard,
        files: Files,
        delays: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 60.0),
    ) -> None:
        self._store = store
        self._bot = bot
        self._switchboard = switchboard
        self._files = files
        self._delays = delays
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopped = False
        self._calls: set[asyncio.Task[None]] = set()
        # Awaited with the id of a message whose delivery ended.
        self.tell_desk: Callable[[str], Awaitable[None]] = _nobody

    def wake(self, conversation_id: str) -> None:
        """Something may have to be sent."""
        self._again.add(conversation_id)
        if conversation_id not in self._tasks and not self._stopped:
            task = asyncio.create_task(self._run(conversation_id), name=f"telegram sender {conversation_id}")
            self._tasks[conversation_id] = task

    async def resume(self) -> None:
        """At the start: take up again what was not sent."""
        for conversation_id in await self._store.undelivered():
            self.wake(conversation_id)

    async def stop(self) -> None:
        """End; calls that are on their way get a moment to be marked."""
        self._stopped = True
        await let_finish(tuple(self._tasks.values()))
        await let_finish(tuple(self._calls), STOP_SECONDS)

    async def _run(self, conversation_id: str) -> None:
        failures = 0
        try:
            while conversation_id in self._again and not self._stopped:
                self._again.discard(conversation_id)
                try:
                    await self._work(conversation_id)
                    failures = 0
                    continue
                except Later as later:
                    pause = later.seconds
                except Exception:
                    log.exception("messages cannot be sent to Telegram now")
                    pause = 0.0
                self._again.add(conversation_id)
                await asyncio.sleep(pause or self._delays[min(failures, len(self._delays) - 1)])
                failures += 1
        finally:
            self._again.discard(conversation_id)
            self._tasks.pop(conversation_id, None)

    async def _work(self, conversation_id: str) -> None:
        found = await self._store.chat_of(conversation_id)
        if found is None:
            return
        chat_id, reachable = found
        for message in await self._switchboard.store.pending(conversation_id, channel="telegram"):
            try:
                if not reachable:
                    raise Undeliverable("unreachable", gone=True)
                if await self._deliver(chat_id, message):
                    await self.tell_desk(message.message_id)
                    continue
            except Undeliverable as why:
                reachable = reachable and not why.gone
                await self._give_up(chat_id, message, why)
            else:
                await self._switchboard.store.mark_sent([message.message_id])
                self._switchboard.metrics.messages.labels(kind="outgoing").inc()
            await self.tell_desk(message.message_id)
            if self._stopped:
                return

    async def _deliver(self, chat_id: int, message: Message) -> bool:
        """True: it was there before, has other words now, and is marked."""
        picture = message.image is not None or message.picture_id is not None
        for place, part in enumerate(parts_of(message.text, message.buttons, picture)):
            state = await self._store.begin(message.message_id, place, self._switchboard.now())
            if state == "sent":
                continue
            if state == "edited":
                await self._to_its_end(self._edit(chat_id, message))
                return True
            await self._to_its_end(self._send(chat_id, message, place, part, again=state == "sending"))
        return False

    async def _to_its_end(self, work: Coroutine[Any, Any, None]) -> None:
        """When this task is ended, the call goes on to its mark."""
        call = asyncio.create_task(work)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        await asyncio.shield(call)

    async def _edit(self, chat_id: int, message: Message) -> None:
        """Twice is as good as once. What the customer has deleted stays so, which the desk sees."""
        number = await self._store.number_of(message.message_id)
        markup = keyboard(message.buttons)
        try:
            if message.picture_id or message.image:
                await self._bot.edit_message_caption(chat_id, number, caption=message.text, reply_markup=markup)
            else:
                await self._bot.edit_message_text(message.text, chat_id, number, reply_markup=markup)
        except RetryAfter as error:
            raise Later(seconds_in(error)) from error
        except (BadRequest, Forbidden) as error:
            if "not modified" not in str(error).lower():
                log.warning("Telegram refuses an edit: %s", type(error).__name__)
                await self._switchboard.write(
                    message.conversation_id, lambda _: Outcome(said=(activity("edit_refused"),))
                )
        except TelegramError as error:
            raise Later from error
        if not await self._store.mark_edited(message.message_id, message.text, self._switchboard.now()):
            raise Later(0.01)

    async def _send(self, chat_id: int, message: Message, place: int, part: Part, *, again: bool) -> None:
        """One call and its mark."""
        try:
            message_no = await self._call(chat_id, message, part, again=again, first=place == 0)
        except RetryAfter as error:
            if not again:
                await self._store.undo(message.message_id, place)
            raise Later(seconds_in(error)) from error
        except (Forbidden, ChatMigrated, BadRequest) as error:
            if not again:
                await self._store.undo(message.message_id, place)
            gone = not isinstance(error, BadRequest) or any(each in str(error).lower() for each in _GONE)
            log.warning("Telegram refuses a message: %s", type(error).__name__)
            raise Undeliverable(type(error).__name__, gone=gone) from error
        except (TelegramError, HelpdeskError) as error:
            # An attempt that may have arrived is not forgotten by one that certainly did not.
            if not again and (isinstance(error, HelpdeskError) or was_not_done(error)):
                await self._store.undo(message.message_id, place)
            log.warning("Telegram did not take a message: %s", type(error).__name__)
            raise Later from error
        await self._store.mark(message.message_id, place, message_no, self._switchboard.now())

    async def _call(self, chat_id: int, message: Message, part: Part, *, again: bool, first: bool) -> int:
        text = part.text
        if again:
            language = (await self._switchboard.store.conversation(message.conversation_id)).language
            line = self._switchboard.texts.render("utter_telegram_again", language).text
            text = f"{line}\n{text}".strip()
        picture = await self._files.show(message.picture_id, message.image) if part.picture else None
        number = await self._store.number_of(message.quotes) if first and message.quotes else None
        reply = ReplyParameters(number, allow_sending_without_reply=True) if number else None
        if picture is None and not text:
            return 0  # a picture that is no longer kept
        try:
            return await self._post(chat_id, formatted(text), picture, part, reply, ParseMode.MARKDOWN_V2)
        except BadRequest as error:
            if "can't parse entities" not in str(error).lower():
                raise
            log.error("Telegram could not read the format of a message")
            return await self._post(chat_id, text, picture, part, reply, None)

    async def _post(
        self,
        chat_id: int,
        text: str,
        picture: bytes | None,
        part: Part,
        reply: ReplyParameters | None,
        mode: str | None,
    ) -> int:
        markup = keyboard(part.buttons)
        if picture is None:
            sent = await self._bot.send_message(
                chat_id, text, parse_mode=mode, reply_markup=markup, reply_parameters=reply
            )
        else:
            sent = await self._bot.send_photo(
                chat_id,
                picture,
                caption=text or None,
                parse_mode=mode if text else None,
                reply_markup=markup,
                reply_parameters=reply,
                filename="picture",
            )
        return sent.message_id

    async def _give_up(self, chat_id: int, message: Message, why: Undeliverable) -> None:
        """The message failed, which the desk sees; that nothing arrives any more is written down once."""
        what = activity("unreachable" if why.gone else "undelivered")
        await self._switchboard.write(
            message.conversation_id,
            lambda _: Outcome(said=(what,)),
            key=f"telegram:failed:{message.message_id}",
            settle=self._store.blocked(chat_id, self._switchboard.now()) if why.gone else None,
        )
        await self._store.mark_failed(message.message_id)


async def _nobody(message_id: str) -> None:
    pass
