"""Pictures that somebody of the staff sends in one go: each is an update of its own, and one has the words below it."""

import asyncio
from dataclasses import replace

from bot.gateway.channels.telegram.model import Arrival
from bot.gateway.channels.telegram.store import TelegramStore


async def as_album_says(store: TelegramStore, arrival: Arrival, wait: float) -> Arrival | None:
    """A command below any picture is for all of them; None for one that is not to be sent because of it.

    With the first one the others may still be on their way.
    """
    if arrival.album is None or arrival.command is not None or arrival.edited:
        return arrival
    others = await store.others_of_album(arrival)
    if not any(done for done, _ in others):
        await asyncio.sleep(wait)
        others = await store.others_of_album(arrival)
    command = next((each for _, each in others if each), None)
    if command is None:
        return arrival
    return replace(arrival, command=command, argument=arrival.text) if command == "note" else None
