"""Pictures of Telegram: fetched at once, checked, and kept like those of the widget."""

import asyncio
import logging

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.backend.client import BackendClient
from bot.clock import Clock
from bot.errors import HelpdeskError, NotFoundError
from bot.gateway.channels.telegram.client import Bot
from bot.gateway.channels.telegram.model import LARGEST_FILE, Arrival
from bot.gateway.conversations.model import Conversation
from bot.gateway.conversations.pictures import REFUSALS, mime_of
from bot.gateway.conversations.rows import new_id
from bot.gateway.conversations.tables import pictures
from bot.gateway.static import EXAMPLES

log = logging.getLogger(__name__)


class Files:
    """In and out. `places` limits how many are in memory at once; `delays` are the seconds between tries."""

    def __init__(
        self, bot: Bot, backend: BackendClient, engine: AsyncEngine, places: asyncio.Semaphore, now: Clock
    ) -> None:
        self._bot = bot
        self._backend = backend
        self._engine = engine
        self._places = places
        self._now = now
        self.most = LARGEST_FILE
        self.delays: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)

    async def take(self, arrival: Arrival, conversation: Conversation, author: str | None = None) -> str | None:
        """Fetch and keep the picture; its id, or None when it is refused or cannot be had. `author`: an agent's."""
        for delay in (*self.delays, None):
            try:
                async with self._places:
                    return await self._take(arrival, conversation, author)
            except (*REFUSALS, BadRequest, Forbidden, InvalidToken) as error:
                log.info("a picture was refused: %s", type(error).__name__)
                return None
            except (TelegramError, HelpdeskError) as error:
                log.warning("a picture cannot be had now: %s", type(error).__name__)
            if delay is not None:
                await asyncio.sleep(delay)
        return None

    async def _take(self, arrival: Arrival, conversation: Conversation, author: str | None) -> str | None:
        if arrival.file_id is None or arrival.file_size > self.most:
            return None
        file = await self._bot.get_file(arrival.file_id)
        if (file.file_size or 0) > self.most:
            return None
        data = bytes(await file.download_as_bytearray())
        if len(data) > self.most or mime_of(data[:12]) is None:
            return None
        evidence = await self._backend.upload_evidence(data, f"desk:{author}" if author else conversation.customer_id)
        values = {
            "picture_id": new_id(),
            "conversation_id": conversation.conversation_id,
            "evidence_id": str(evidence["evidence_id"]),
            "mime": str(evidence["mime"]),
            "author": author,
            "created_at": self._now(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(sa.insert(pictures).values(values))
        return str(values["picture_id"])

    async def show(self, picture_id: str | None, image: str | None) -> bytes | None:
        """What goes with a message: a picture of an agent, or one that explains; None when it is gone."""
        if image is not None:
            path = EXAMPLES / image.rpartition("/")[2]
            return path.read_bytes() if path.is_file() else None
        query = sa.select(pictures.c.evidence_id).where(pictures.c.picture_id == picture_id)
        async with self._engine.connect() as connection:
            evidence_id = await connection.scalar(query)
        if evidence_id is None:
            return None
        try:
            data, _ = await self._backend.evidence(evidence_id)
        except NotFoundError:
            return None
        return data
