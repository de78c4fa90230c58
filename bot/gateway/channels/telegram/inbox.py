"""Works on what was received: one chat's updates in their order, different chats in parallel."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot.errors import InvalidError, NotFoundError, RateLimitedError
from bot.gateway.channels.telegram.client import Bot
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.model import Arrival, What
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.conversations.model import (
    Conversation,
    IncomingMessage,
    Origin,
    Outcome,
    Owner,
    Said,
    Sender,
    greeting,
)
from bot.gateway.conversations.tokens import new_token, token_hash
from bot.gateway.desk.model import activity
from bot.gateway.language import check_language
from bot.gateway.limiter import Limit, Limiter
from bot.gateway.resume.model import Result
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import let_finish

log = logging.getLogger(__name__)

CHANNEL = "telegram"
MOST_ERRORS = 5
INTENTS = {"status": "ticket_progress", "human": "request_human"}


@dataclass(frozen=True)
class Pace:
    """Seconds: for the next picture of an album, after something went wrong, between tries to fetch and to send."""

    album: float = 1.0
    pause: float = 1.0
    files: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)
    sender: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 60.0)


class Inbox:
    """The workers of this process. Whatever ends one, its updates are still in the store."""

    def __init__(
        self, store: TelegramStore, bot: Bot, switchboard: Switchboard, limiter: Limiter, files: Files, pace: Pace
    ) -> None:
        self._store = store
        self._bot = bot
        self._switchboard = switchboard
        self._limiter = limiter
        self._files = files
        self._pace = pace
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._stopped = False
        # Works on what the staff wrote; without a group there is nothing of the kind.
        self.of_staff: Callable[[Arrival], Awaitable[None]] = _ignore

    def wake(self, chat_id: int) -> None:
        """Something of this chat waits."""
        self._again.add(chat_id)
        if chat_id not in self._tasks and not self._stopped:
            self._tasks[chat_id] = asyncio.create_task(self._run(chat_id), name="telegram chat")

    async def resume(self) -> None:
        """At the start: take up again what was not worked on."""
        for chat_id in await self._store.waiting_chats():
            self.wake(chat_id)

    async def stop(self) -> None:
        """End all workers; what they were at is taken up at the next start."""
        self._stopped = True
        await let_finish(tuple(self._tasks.values()))

    async def _run(self, chat_id: int) -> None:
        errors = 0
        try:
            while chat_id in self._again and not self._stopped:
                self._again.discard(chat_id)
                try:
                    while not self._stopped and (arrival := await self._store.next_of(chat_id)):
                        await self._work(arrival, give_up=errors >= MOST_ERRORS)
                        errors = 0
                except Exception as error:
                    # The database may be away for a moment; the update stays where it is.
                    log.exception("an update could not be worked on")
                    errors += not isinstance(error, SQLAlchemyError | OSError)
                    self._again.add(chat_id)
                    await asyncio.sleep(self._pace.pause)
        finally:
            self._again.discard(chat_id)
            self._tasks.pop(chat_id, None)

    async def _work(self, arrival: Arrival, *, give_up: bool) -> None:
        """One that fails again and again, whatever it is, does not hold up the chat; the log has it."""
        if give_up:
            log.error("an update was given up: %s", arrival.what)
        else:
            await self._handle(arrival)
        await self._store.finish(arrival.update_id, self._switchboard.now(), arrival.command if arrival.album else None)

    async def _handle(self, arrival: Arrival) -> None:
        if arrival.what is What.STAFF:
            await self.of_staff(arrival)
        elif arrival.what is What.GROUP:
            await self._answer_group(arrival)
        elif arrival.what in (What.BLOCKED, What.UNBLOCKED):
            await self._membership(arrival)
        else:
            conversation = await self._conversation(arrival)
            await self._slow_down(conversation)
            if arrival.what is What.COMMAND:
                await self._command(arrival, conversation)
            elif arrival.what is What.UNREADABLE:
                await self._say(arrival, conversation, "utter_telegram_unreadable")
                if arrival.text:
                    await self._receive(arrival, conversation)
            elif arrival.what is What.PICTURE:
                await self._picture(arrival, conversation)
            elif not await self._is_unchanged(arrival, conversation):
                await self._receive(arrival, conversation)

    async def _conversation(self, arrival: Arrival) -> Conversation:
        """The chat's conversation, opened and greeted if it is the first time."""
        conversation_id = await self._store.conversation_of(arrival.chat_id, self._switchboard.now())
        try:
            conversation = await self._switchboard.store.conversation(conversation_id)
        except NotFoundError:
            columns = {
                "conversation_id": conversation_id,
                "token_hash": token_hash(new_token()),  # nobody gets it: there is no way in but the chat
                "channel": CHANNEL,
                "customer_id": f"{CHANNEL}:{arrival.chat_id}",
                "customer_name": arrival.name,
                "identity": None,
                "language": check_language(arrival.app_language),
            }
            conversation = await self._switchboard.store.create(columns, self._switchboard.now())
            self._switchboard.metrics.conversations.inc()
        if conversation.last_seq:
            return conversation
        return await self._greet(conversation, self._key(arrival))

    async def _greet(self, conversation: Conversation, key: str) -> Conversation:
        written = await self._switchboard.write(
            conversation.conversation_id,
            lambda it: Outcome(said=greeting(it.language, self._switchboard.texts.render)),
            key=key,
        )
        return written.conversation if written else conversation

    async def _slow_down(self, conversation: Conversation) -> None:
        """Too many messages are answered later, none is refused: Telegram would not send it again."""
        while True:
            try:
                await self._limiter.check(Limit.MESSAGES, conversation.conversation_id)
            except RateLimitedError as error:
                await asyncio.sleep(float(error.details["retry_after"]))
                continue
            return

    async def _receive(
        self, arrival: Arrival, conversation: Conversation, *, more: bool = False, intent: str | None = None
    ) -> None:
        conversation_id = conversation.conversation_id
        if arrival.resume_code and not await self._may_resume(conversation_id):
            arrival = replace(arrival, resume_code=None, resume_refused=Result.LIMITED.value)
        # What was edited is answered as new words; which ones they were is kept.
        quoted = arrival.message_no if arrival.edited else arrival.reply_to
        incoming = IncomingMessage(
            text=arrival.text,
            button_id=arrival.button_id,
            picture_id=arrival.picture_id,
            external_id=f"{self._store.bot_id}:{arrival.update_id}",
            redacted=arrival.redacted,
            more=more,
            resume_code=arrival.resume_code,
            resume_refused=Result(arrival.resume_refused) if arrival.resume_refused else None,
            intent=intent,
            origin=Origin.EDIT if arrival.edited else None,
            quotes=await self._store.message_at(conversation_id, quoted),
        )
        try:
            saved = await self._switchboard.receive(conversation_id, incoming)
        except InvalidError:
            # A button of a message that is not in this conversation.
            await self._say(arrival, conversation, "utter_button_stale")
            return
        if arrival.message_no is not None:
            await self._store.keep_received(saved.message.message_id, arrival.message_no, self._switchboard.now())
        if arrival.redacted:
            await self._say(arrival, conversation, "utter_telegram_delete_secret")

    async def _is_unchanged(self, arrival: Arrival, conversation: Conversation) -> bool:
        """An edit that left the words: Telegram tells one, too, when a link got its preview. Codes look all alike."""
        if not arrival.edited or arrival.resume_code or arrival.resume_refused:
            return False
        return await self._store.words_of(conversation.conversation_id, arrival.message_no) == arrival.text

    async def _may_resume(self, conversation_id: str) -> bool:
        try:
            await self._limiter.check(Limit.RESUME, conversation_id)
        except RateLimitedError:
            return False
        return True

    async def _command(self, arrival: Arrival, conversation: Conversation) -> None:
        if intent := INTENTS.get(arrival.command or ""):
            await self._receive(arrival, conversation, intent=intent)
        elif arrival.command == "language":
            await self._language(arrival, conversation)
        elif arrival.command == "help" or conversation.owner is not Owner.BOT:
            await self._say(arrival, conversation, "utter_telegram_help")
        else:
            await self._greet(conversation, self._key(arrival))  # whom this very update has greeted hears it once

    async def _language(self, arrival: Arrival, conversation: Conversation) -> None:
        """The language that is named, else the other one; kept first, so that trying again does not turn it back."""
        if arrival.language is None:
            other = "en" if conversation.language == "zh" else "zh"
            arrival = replace(arrival, language=check_language(arrival.argument.lower(), other))
            await self._store.keep(arrival)
        language = str(arrival.language)
        await self._switchboard.choose_language(conversation.conversation_id, language)
        if conversation.owner is not Owner.BOT or conversation.language == language:
            await self._say(arrival, replace(conversation, language=language), "utter_telegram_language")

    async def _picture(self, arrival: Arrival, conversation: Conversation) -> None:
        following = await self._next_of_album(arrival)
        if following and arrival.text:
            # What is written below an album is for all of it, so it is said with the last picture.
            text = "\n".join(each for each in (arrival.text, following.text) if each)
            following = replace(following, text=text, redacted=arrival.redacted or following.redacted)
            arrival = replace(arrival, text="", redacted=False)
            await self._store.keep(arrival, following)
        if arrival.picture_id is None:
            picture_id = await self._files.take(arrival, conversation)
            arrival = replace(arrival, picture_id=picture_id)
            await self._store.keep(arrival)
        if arrival.picture_id is None:
            await self._say(arrival, conversation, "utter_picture_failed")
        if arrival.picture_id or arrival.text:
            await self._receive(arrival, conversation, more=following is not None)

    async def _next_of_album(self, arrival: Arrival) -> Arrival | None:
        """The next picture sent in the same go; the parts of an album come as updates of their own."""
        if arrival.album is None:
            return None
        for wait in (0.0, self._pace.album):
            await asyncio.sleep(wait)
            following = await self._store.next_of(arrival.chat_id, arrival.update_id)
            if following is not None:
                break
        return following if following and following.album == arrival.album else None

    async def _say(self, arrival: Arrival, conversation: Conversation, name: str) -> None:
        """A sentence of the gateway's own, once for this update."""
        sender = Sender.BOT if conversation.owner is Owner.BOT else Sender.SYSTEM
        reply = self._switchboard.texts.render(name, conversation.language)
        await self._switchboard.write(
            conversation.conversation_id,
            lambda _: Outcome(said=(Said(reply.text, sender=sender),)),
            key=f"{self._key(arrival)}:{name[-10:]}",
        )

    def _key(self, arrival: Arrival) -> str:
        return f"{CHANNEL}:{self._store.bot_id}:{arrival.update_id}"

    async def _membership(self, arrival: Arrival) -> None:
        """The customer blocked the bot, or came back; the desk sees it."""
        blocked = arrival.what is What.BLOCKED
        conversation_id = await self._store.known_conversation(arrival.chat_id)
        if conversation_id is None:
            return
        what = activity("unreachable" if blocked else "reachable")
        change = self._store.blocked(arrival.chat_id, self._switchboard.now() if blocked else None)
        await self._switchboard.write(
            conversation_id, lambda _: Outcome(said=(what,)), key=self._key(arrival), settle=change
        )

    async def _answer_group(self, arrival: Arrival) -> None:
        """Nothing about an order is said where others read along. It is marked first: better no hint than two."""
        await self._store.finish(arrival.update_id, self._switchboard.now())
        language = check_language(arrival.app_language)
        text = self._switchboard.texts.render("utter_telegram_group", language, bot=self._bot.username).text
        try:
            await self._bot.send_message(arrival.chat_id, text)
        except TelegramError as error:
            log.warning("a group got no hint: %s", type(error).__name__)


async def _ignore(arrival: Arrival) -> None:
    pass
