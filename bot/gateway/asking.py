"""Getting an answer out of Rasa: retrying without asking twice, and waking it up when it hides a failure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.errors import BotUnavailableError
from bot.gateway.conversations.model import BotAnswer, Turn, TurnState
from bot.gateway.rasa_client import RasaClient
from bot.settings import Settings


@dataclass(frozen=True)
class Patience:
    """How long to wait, all in seconds: for a request, before a sentence, between tries."""

    timeout: float
    delayed_after: float
    unavailable_after: float
    retry_delays: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    # After an empty answer the question is put again at about 2, 5, 10 and 20 s: an action server that died needs
    # some seconds to come back, and a busy machine takes longer.
    empty_delays: tuple[float, ...] = (2.0, 3.0, 5.0, 10.0)
    pause_after_error: float = 2.0
    # A picture has to be read first: this long without a word, and for the next one of several sent in one go.
    picture_delayed_after: float = 1.5
    next_picture: float = 6.0

    @classmethod
    def from_settings(cls, settings: Settings) -> "Patience":
        return cls(settings.bot_timeout, settings.bot_delayed_after, settings.bot_unavailable_after)


async def ask_until_answered(
    rasa: RasaClient,
    turn: Turn,
    metadata: dict[str, Any],
    patience: Patience,
    before_asking: Callable[[], Awaitable[bool]],
) -> BotAnswer | None:
    """The answer of Rasa to a turn; None when the bot no longer owns the conversation.

    `before_asking` is awaited before each question; it saves that the turn was asked and says whether to go on.
    Tries for ever, so the caller limits the time. BotUnavailableError when Rasa goes on answering nothing.
    """
    maybe_asked = turn.state is TurnState.ASKED
    sender_id = turn.sender_id or ""
    failures = empties = 0
    while True:
        try:
            # Rasa saves a turn only at its end, so what is in the tracker is complete.
            answer = await rasa.find_answer(sender_id, turn.turn_id) if maybe_asked else None
            if answer is None:
                if not await before_asking():
                    return None
                maybe_asked = True
                answer = await rasa.ask(sender_id, turn.ask, metadata)
        except BotUnavailableError:
            await asyncio.sleep(patience.retry_delays[min(failures, len(patience.retry_delays) - 1)])
            failures += 1
            continue
        if not answer.empty:
            return answer
        if empties == len(patience.empty_delays):
            raise BotUnavailableError("Rasa answers nothing.")
        await asyncio.sleep(patience.empty_delays[empties])
        empties += 1
        try:
            await rasa.take_back(sender_id, turn.turn_id)
        except BotUnavailableError:
            continue  # The next look into the tracker finds what there is to do.
