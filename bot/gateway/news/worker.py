"""Tells customers what the backend sent: each piece of news once, in the conversation that they used last."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFoundError
from bot.gateway.conversations.model import Conversation, Outcome
from bot.gateway.news.model import News, State, news_outcome
from bot.gateway.news.store import NewsStore
from bot.gateway.switchboard import Switchboard

log = logging.getLogger(__name__)

PAUSE_AFTER_TROUBLE = 5.0


class Teller:
    """The loop that tells; whatever ends it, what is not told is still in the store."""

    def __init__(self, store: NewsStore, switchboard: Switchboard) -> None:
        self._store = store
        self._switchboard = switchboard
        self._new = asyncio.Event()

    def wake(self) -> None:
        """There is something new."""
        self._new.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._new.clear()
            try:
                await self.work()
            except (SQLAlchemyError, OSError):
                log.exception("the news could not be worked on")
                await asyncio.sleep(PAUSE_AFTER_TROUBLE)
                continue
            await self._new.wait()

    async def work(self) -> None:
        """Tell everything that waits. One that cannot be told does not hold up the others."""
        while found := await self._store.waiting():
            for news in found:
                state = await self._tell(news)
                self._switchboard.metrics.news.labels(type=news.type, state=state.value).inc()

    async def _tell(self, news: News) -> State:
        conversation_id = await self._store.conversation_of(news)
        if conversation_id is None:
            return await self._end(news, State.UNREACHABLE)
        try:
            return await self._tell_in(conversation_id, news)
        except (SQLAlchemyError, OSError):
            raise
        except NotFoundError:  # the conversation was removed meanwhile
            return await self._end(news, State.UNREACHABLE)
        except Exception:
            log.exception("news cannot be told: %s", news.type)
            return await self._end(news, State.FAILED)

    async def _tell_in(self, conversation_id: str, news: News) -> State:
        """The message and the mark that it was told are one transaction, under the lock of the conversation."""
        became = State.TOLD

        async def settle(connection: AsyncConnection) -> bool:
            nonlocal became
            if await self._store.is_stale(connection, news, conversation_id):
                became = State.STALE
            now = self._switchboard.now()
            settled = await self._store.settle(connection, news, became, now, conversation_id)
            return settled and became is State.TOLD

        def decide(conversation: Conversation) -> Outcome:
            return news_outcome(conversation, news, self._switchboard.texts.render)

        await self._switchboard.write(conversation_id, decide, key=news.reply_key, settle=settle)
        return became

    async def _end(self, news: News, state: State) -> State:
        log.warning("news is not told: %s, %s", news.type, state.value)
        await self._store.end(news, state, self._switchboard.now())
        return state
