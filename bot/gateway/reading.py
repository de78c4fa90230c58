"""Waiting until the pictures of a turn are read, so that nothing else waits with them."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from bot.errors import EvidenceReaderBusyError, HelpdeskError
from bot.gateway.conversations.model import Conversation, Turn

log = logging.getLogger(__name__)


class Readings(Protocol):
    """What this needs of the backend's client."""

    async def check_evidence(self, evidence_id: str, customer_ref: str) -> Mapping[str, Any]:
        """`POST /v1/evidence/{evidence_id}/check`; EvidenceReaderBusyError while others' pictures are read first."""


class PicturesReady:
    """Asks the backend until it has read every picture of a turn, for at most `patience` seconds.

    Whatever goes wrong is left to the action, which has an answer for it.
    """

    def __init__(self, backend: Readings, patience: float = 60.0, pause: float = 0.5) -> None:
        self._backend = backend
        self._patience = patience
        self._pause = pause

    async def wait(self, conversation: Conversation, turn: Turn) -> None:
        """Return when the check of each picture answers at once, or when waiting longer is no use."""
        ids = json.loads(turn.ask[turn.ask.index("{") :]).get("evidence_id", "").split(",")
        try:
            async with asyncio.timeout(self._patience):
                await asyncio.gather(*(self._one(each, conversation.customer_id) for each in ids if each))
        except TimeoutError:
            log.warning("a picture was not read in time")

    async def _one(self, evidence_id: str, customer_ref: str) -> None:
        while True:
            try:
                await self._backend.check_evidence(evidence_id, customer_ref)
            except EvidenceReaderBusyError:
                await asyncio.sleep(self._pause)
                continue
            except HelpdeskError as error:
                log.warning("a picture could not be read: %s", error.code)
            return
