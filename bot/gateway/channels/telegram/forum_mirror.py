"""Copies escalated conversations into topics of the staff's group; the log is the source, each topic has a place in it.

What has to be done is read from the database, so nothing is lost when the process dies. A copy is written down as
`sending` before its call, as an answer to a customer is (`sending.py`). One loop serves the whole group, one call for
each conversation in turn, as a group takes few messages a minute.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.errors import HelpdeskError
from bot.gateway.channels.telegram.client import seconds_in, was_not_done
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.forum_group import Group, TopicClosedError, TopicGoneError
from bot.gateway.channels.telegram.forum_model import Copy, Topic, card_of, card_text, is_shown, next_copy, topic_name
from bot.gateway.channels.telegram.forum_store import ESCALATED, TopicStore
from bot.gateway.channels.telegram.forum_words import say
from bot.gateway.conversations.model import Conversation, Message
from bot.gateway.desk.store import DeskStore
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import let_finish

log = logging.getLogger(__name__)

MOST_WAITING = 50
LOOK_SECONDS = 15.0
STOP_SECONDS = 5.0


class Mirror:
    """The loop of the one gateway that has the token."""

    def __init__(
        self,
        group: Group,
        language: str,
        topics: TopicStore,
        desk: DeskStore,
        switchboard: Switchboard,
        files: Files,
        product_of: Callable[[Conversation], Awaitable[str | None]],
        delays: tuple[float, ...],
        album: float,
    ) -> None:
        self._group = group
        self._language = language
        self._topics = topics
        self._desk = desk
        self._switchboard = switchboard
        self._files = files
        self._product_of = product_of
        self._delays = delays
        self._album = album
        self._new = asyncio.Event()
        self._steps: set[asyncio.Task[bool]] = set()
        # Until when another picture is expected, and after which.
        self._pictures: dict[str, tuple[str, float]] = {}

    def wake(self) -> None:
        """Something was written somewhere."""
        self._new.set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._set_menu()
        failures = 0
        while True:
            self._new.clear()
            moved, pause = await self._round()
            failures = failures + 1 if pause is not None else 0
            if pause is not None:
                await asyncio.sleep(pause or self._delays[min(failures, len(self._delays)) - 1])
            elif not moved:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._new.wait(), LOOK_SECONDS)

    async def _set_menu(self) -> None:
        menu = [(each, say(f"menu_{each}", self._language)) for each in ("note", "who", "bot", "close", "reopen")]
        try:
            await self._group.set_commands(menu)
        except TelegramError as error:
            log.warning("the group has no menu of its own: %s", error)

    async def stop(self) -> None:
        """A call that is on its way gets a moment to end and to be marked."""
        await let_finish(tuple(self._steps), STOP_SECONDS)

    async def _round(self) -> tuple[bool, float | None]:
        """A step for each conversation: whether there was any, and how long to wait after trouble (0: as usual)."""
        moved, pause = False, None
        try:
            for conversation_id in await self._topics.waiting():
                await self._group.budget.room()
                step = asyncio.create_task(self._safe_step(conversation_id))
                self._steps.add(step)
                step.add_done_callback(self._steps.discard)
                try:
                    moved = await asyncio.shield(step) or moved
                except RetryAfter as error:
                    return moved, seconds_in(error)
                except (TelegramError, HelpdeskError) as error:
                    log.warning("a topic cannot be kept now: %s: %s", type(error).__name__, error)
                    pause = 0.0
                except Exception:
                    log.exception("a topic cannot be kept now")
                    pause = 0.0
        except Exception:
            log.exception("the topics cannot be kept now")
            pause = 0.0
        return moved, pause

    async def _safe_step(self, conversation_id: str) -> bool:
        try:
            return await self._step(conversation_id)
        except TopicGoneError:
            log.info("a topic is gone; another one is made")
            await self._topics.change(conversation_id, thread_id=None, card=None, closed=False)
        except TopicClosedError:
            if topic := await self._topics.topic(conversation_id):
                await self._reopen(topic)
        return True

    async def _step(self, conversation_id: str) -> bool:
        """The next thing to do for a conversation; False when it has to wait."""
        conversation = await self._switchboard.store.conversation(conversation_id)
        topic = await self._topics.topic(conversation_id)
        if topic is None:
            await self._topics.plan(conversation_id, self._switchboard.now())
            return True
        if topic.closed:
            await self._reopen(topic)
        elif topic.thread_id is None and conversation.place == "resolved":
            await self._close(topic)  # a topic that is gone is made again when somebody has to do something
        elif topic.thread_id is None:
            await self._create(conversation)
        elif topic.card != card_of(conversation) and conversation.place in ESCALATED:
            await self._show_card(conversation, topic)
        else:
            return await self._copy(conversation, topic)
        return True

    async def _create(self, conversation: Conversation) -> None:
        """When the process dies right after the call, an empty topic is left over."""
        name = topic_name(conversation, await self._product_of(conversation), self._language)
        thread_id = await self._group.create(name)
        await self._topics.change(conversation.conversation_id, thread_id=thread_id, name=name)

    async def _reopen(self, topic: Topic) -> None:
        if topic.thread_id is not None:
            await self._group.reopen(topic.thread_id)
        await self._topics.change(topic.conversation_id, closed=False)

    async def _close(self, topic: Topic) -> None:
        if topic.thread_id is not None:
            await self._group.close(topic.thread_id)
        await self._topics.change(topic.conversation_id, closed=True)

    async def _show_card(self, conversation: Conversation, topic: Topic) -> None:
        """Sent, pinned, kept; the topic gets the name of an order that became known."""
        product = await self._product_of(conversation)
        text, name = card_text(conversation, product, self._language), topic_name(conversation, product, self._language)
        assert topic.thread_id is not None
        if name != topic.name:
            await self._group.rename(topic.thread_id, name)
            await self._topics.change(conversation.conversation_id, name=name)
        number = await self._group.say(topic.thread_id, text)
        await self._topics.change(conversation.conversation_id, card=card_of(conversation))
        await self._group.pin(number)

    async def _copy(self, conversation: Conversation, topic: Topic) -> bool:
        conversation_id = conversation.conversation_id
        waiting = await self._desk.messages(conversation_id, MOST_WAITING, after=topic.position)
        shown = [each for each in waiting if is_shown(each)]
        states = await self._topics.states([each.message_id for each in shown])
        doubtful = {message_id for (message_id, _), state in states.items() if state == "sending"}
        copy = next_copy(shown, doubtful, conversation.customer_name, self._language)
        if copy is None:
            if waiting:
                await self._topics.change(conversation_id, position=waiting[-1].position)
            elif conversation.place == "resolved":
                await self._close(topic)
            return True
        if self._expects_more(conversation_id, copy, waiting[-1]):
            return False
        await self._send(topic, copy, states)
        return True

    def _expects_more(self, conversation_id: str, copy: Copy, last: Message) -> bool:
        """Pictures that are sent in one go come one by one; each further one moves the end."""
        if not copy.pictures or copy.messages[-1].message_id != last.message_id:
            self._pictures.pop(conversation_id, None)
            return False
        loop = asyncio.get_running_loop()
        known = self._pictures.get(conversation_id)
        if known is None or known[0] != last.message_id:
            self._pictures[conversation_id] = (last.message_id, loop.time() + self._album)
            loop.call_later(self._album + 0.01, self.wake)
            return True
        if loop.time() < known[1]:
            return True
        del self._pictures[conversation_id]
        return False

    async def _send(self, topic: Topic, copy: Copy, states: dict[tuple[str, int], str]) -> None:
        passed = (topic.conversation_id, copy.messages[-1].position)
        count = 1 if copy.pictures else len(copy.texts)
        for part in range(count):
            state = states.get((copy.ids[0], part))
            if state == "sent":
                continue
            again, last = state == "sending", part == count - 1
            await self._topics.begin(copy.ids, part, self._switchboard.now())
            try:
                numbers = await self._call(topic, copy, part, again=again)
            except (TopicGoneError, TopicClosedError, RetryAfter) as error:
                if not again or isinstance(error, TopicGoneError):
                    await self._topics.undo(copy.ids, part)
                raise
            except BadRequest as error:
                log.warning("Telegram refuses a copy: %s", error)
                await self._topics.undo(copy.ids, part)
                numbers = []
            except (TelegramError, HelpdeskError) as error:
                if not again and (isinstance(error, HelpdeskError) or was_not_done(error)):
                    await self._topics.undo(copy.ids, part)
                raise
            ids = copy.ids[: len(numbers)]
            await self._topics.mark(ids, part, numbers, self._switchboard.now(), passed=passed if last else None)

    async def _call(self, topic: Topic, copy: Copy, part: int, *, again: bool) -> list[int]:
        """The numbers under which the messages stand now."""
        texts = list(copy.texts)
        if again:
            texts[part] = f"{say('again', self._language)}\n{texts[part]}"
        reply_to = await self._reply_to(copy.messages[0]) if part == 0 else None
        if not copy.pictures:
            return [await self._group.say(topic.thread_id, texts[part], reply_to)] * len(copy.ids)
        pictures = [await self._files.show(each.picture_id, None) for each in copy.messages]
        if all(pictures):
            return await self._group.show(topic.thread_id, [each for each in pictures if each], texts, reply_to)
        text = "\n".join(each for each in (*texts, say("picture_gone", self._language)) if each)
        return [await self._group.say(topic.thread_id, text, reply_to)] * len(copy.ids)

    async def _reply_to(self, message: Message) -> int | None:
        return await self._topics.number_of(message.quotes) if message.quotes else None
