"""Answers the turns: one worker per conversation keeps their order, different conversations run in parallel."""

import asyncio
import logging
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.errors import BotUnavailableError
from bot.gateway.asking import Patience, ask_until_answered
from bot.gateway.conversations.joining import Joined, is_picture, join_pictures
from bot.gateway.conversations.model import (
    BotAnswer,
    Conversation,
    Owner,
    Turn,
    answer_outcome,
    delayed_outcome,
)
from bot.gateway.desk.carrying import knowledge_before
from bot.gateway.desk.model import HAND_BACK, score_in, score_outcome
from bot.gateway.rasa_client import RasaClient
from bot.gateway.reading import PicturesReady
from bot.gateway.switchboard import Switchboard
from bot.gateway.tasks import end

log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
MOST_ERRORS = 3
LOOK_AGAIN_SECONDS = 0.05


class Workers:
    """The workers of this process. Whatever ends one, its turns are still in the store."""

    def __init__(
        self, switchboard: Switchboard, rasa: RasaClient, patience: Patience, pictures: PicturesReady | None = None
    ) -> None:
        self._switchboard = switchboard
        self._store = switchboard.store
        self._rasa = rasa
        self._pictures = pictures
        self._patience = patience
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        # Until when another picture is expected; forgotten in a crash, then each is answered by itself.
        self._more: dict[str, float] = {}
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    def wake(self, conversation_id: str, more: bool = False) -> None:
        """There is a turn to answer; with `more` it may wait a little for the picture that follows."""
        self._again.add(conversation_id)
        if more:
            self._more[conversation_id] = time.monotonic() + self._patience.next_picture
        else:
            self._more.pop(conversation_id, None)
        if conversation_id not in self._tasks:
            task = asyncio.create_task(self._run(conversation_id), name=f"worker {conversation_id}")
            self._tasks[conversation_id] = task

    async def resume(self) -> None:
        """At the start: take up again what was not delivered or not answered."""
        await self._switchboard.deliver_pending()
        for conversation_id in await self._store.unanswered():
            self.wake(conversation_id)

    async def stop(self) -> None:
        """End all workers; what they were working on is taken up at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until there is nothing left to do."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values())

    async def _run(self, conversation_id: str) -> None:
        errors = 0
        try:
            while conversation_id in self._again:
                self._again.discard(conversation_id)
                try:
                    while joined := await self._next(conversation_id):
                        # A turn that fails again and again must not become silence: a human gets it.
                        await self._answer(joined, ask=errors < MOST_ERRORS)
                        errors = 0
                except Exception:
                    # The database may be away for a moment; the turn stays where it is.
                    log.exception("a turn could not be worked on")
                    errors += 1
                    self._again.add(conversation_id)
                    await asyncio.sleep(self._patience.pause_after_error)
        finally:
            self._again.discard(conversation_id)
            self._tasks.pop(conversation_id, None)

    async def _next(self, conversation_id: str) -> Joined | None:
        """What to answer next; of pictures that come one after the other, all of them."""
        waiting = await self._store.waiting_turns(conversation_id)
        if waiting and all(is_picture(each) for each in waiting) and self._expects_more(conversation_id):
            # Where an agent answers nobody would end the sign.
            if (await self._store.conversation(conversation_id)).owner is Owner.BOT:
                self._switchboard.hub.set_typing(conversation_id, True)
            while self._expects_more(conversation_id):  # noqa: ASYNC110  (each further picture moves the end)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            waiting = await self._store.waiting_turns(conversation_id)
        return join_pictures(waiting) if waiting else None

    def _expects_more(self, conversation_id: str) -> bool:
        if time.monotonic() < self._more.get(conversation_id, 0.0):
            return True
        self._more.pop(conversation_id, None)
        return False

    async def _answer(self, joined: Joined, ask: bool) -> None:
        turn = joined.turn
        started = time.monotonic()
        conversation = await self._store.conversation(turn.conversation_id)
        answer: BotAnswer | None = None
        outcome = "not_asked"
        if (score := score_in(turn.ask)) is not None and not turn.stale:
            await self._keep_score(joined, score)
            return
        if ask and conversation.owner is Owner.BOT and not turn.stale:
            turn, answer = await self._ask(conversation, turn)
            outcome = "unavailable" if answer is None else "answered"
        render = self._switchboard.texts.render
        await self._switchboard.write(
            turn.conversation_id,
            lambda it: answer_outcome(it, turn, answer, render, self._switchboard.now()),
            answers=turn.turn_id,
            also=joined.earlier,
        )
        self._switchboard.metrics.turns.labels(outcome=outcome).observe(time.monotonic() - started)

    async def _keep_score(self, joined: Joined, score: int) -> None:
        """The customer's points go to nobody but the desk; the dialog has asked nothing."""
        turn, render = joined.turn, self._switchboard.texts.render
        await self._switchboard.write(
            turn.conversation_id, lambda it: score_outcome(it, score, render), answers=turn.turn_id, also=joined.earlier
        )

    async def _ask(self, conversation: Conversation, turn: Turn) -> tuple[Turn, BotAnswer | None]:
        """The turn as it was asked and its answer; None when Rasa gives none in time or must not be asked."""
        hub = self._switchboard.hub
        turn = turn if turn.sender_id else replace(turn, sender_id=conversation.sender_id)
        task = asyncio.create_task(self._in_its_place(conversation, turn))
        try:
            hub.set_typing(turn.conversation_id, True)
            patience = self._patience
            delay = patience.picture_delayed_after if is_picture(turn) else patience.delayed_after
            done, _ = await asyncio.wait({task}, timeout=delay)
            if not done:
                await self._say_delayed(turn)
                rest = max(0.0, patience.unavailable_after - delay)
                done, _ = await asyncio.wait({task}, timeout=rest)
            return turn, task.result() if done else None
        except BotUnavailableError:
            return turn, None
        finally:
            hub.set_typing(turn.conversation_id, False)
            await end(task)

    async def _in_its_place(self, conversation: Conversation, turn: Turn) -> BotAnswer | None:
        """Patience runs while a place is waited for, too: this customer knows nothing of the others."""
        async with self._places:
            return await self._answer_of_rasa(conversation, turn)

    async def _answer_of_rasa(self, conversation: Conversation, turn: Turn) -> BotAnswer | None:
        if self._pictures and is_picture(turn):
            await self._pictures.wait(conversation, turn)
        resumed = await self._store.resumed_by(conversation.conversation_id)
        news = await self._store.news_before(turn.turn_id)
        metadata = metadata_of(conversation, turn, resumed, news, self._switchboard.now())
        if turn.ask == HAND_BACK:
            metadata["before"] = await knowledge_before(self._rasa, conversation)
        return await ask_until_answered(self._rasa, turn, metadata, self._patience, partial(self._before_asking, turn))

    async def _before_asking(self, turn: Turn) -> bool:
        conversation = await self._store.conversation(turn.conversation_id)
        if conversation.owner is not Owner.BOT or conversation.sender_id != turn.sender_id:
            return False
        await self._store.mark_asked(turn.turn_id, conversation.sender_id, self._switchboard.now())
        return True

    async def _say_delayed(self, turn: Turn) -> None:
        render = self._switchboard.texts.render
        name = "utter_picture_reading" if is_picture(turn) else "utter_bot_delayed"
        await self._switchboard.write(
            turn.conversation_id, lambda it: delayed_outcome(it, render, name), key=f"{turn.turn_id}:delayed"
        )


def metadata_of(
    conversation: Conversation, turn: Turn, resumed: list[str], news: str | None, now: datetime
) -> dict[str, Any]:
    """What Rasa's components and the actions get to know besides the text."""
    return {
        "message_id": turn.turn_id,
        "conversation_id": conversation.conversation_id,
        "customer_id": conversation.customer_id,
        "language": conversation.language,
        "channel": conversation.channel,
        "address_key": conversation.address_key,
        "identity": conversation.identity_at(now),
        "resumed": resumed,
        "news": news,
    }
