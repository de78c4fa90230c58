"""The inside of a gateway for tests: store, switchboard, workers and outbox, without HTTP."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.db import make_engine
from bot.gateway.asking import Patience
from bot.gateway.conversations.hub import Hub
from bot.gateway.conversations.model import Conversation, IncomingMessage, Message
from bot.gateway.conversations.store import ConversationStore
from bot.gateway.conversations.tables import pictures
from bot.gateway.desk.reception import Reception
from bot.gateway.metrics import Metrics
from bot.gateway.outbox import Outbox, OutboxStore
from bot.gateway.rasa_client import RasaClient
from bot.gateway.reading import PicturesReady
from bot.gateway.switchboard import Switchboard
from bot.gateway.worker import Workers
from bot.settings import ROOT
from bot.texts import Texts
from tests.fakes import FakeRasa, FakeTickets

TEXTS = Texts.load(ROOT / "domain.yml")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# Short enough for tests, long enough that only a test that wants to waits.
QUICK = Patience(
    timeout=5.0,
    delayed_after=20.0,
    picture_delayed_after=20.0,
    unavailable_after=20.0,
    retry_delays=(0.01,),
    empty_delays=(0.01, 0.02),
    pause_after_error=0.01,
)


class House:
    """A gateway from the store up. `store_class` lets a test break the store."""

    def __init__(
        self,
        url: str,
        rasa: FakeRasa,
        patience: Patience = QUICK,
        make_store: Callable[[Any], ConversationStore] = ConversationStore,
    ) -> None:
        self.rasa = rasa
        self.engine = make_engine(url)
        self.hub = Hub()
        self.store = make_store(self.engine)
        self.store.receive_handoff = Reception(TEXTS.render).receive
        self.switchboard = Switchboard(self.store, self.hub, TEXTS, Metrics())
        ticks = count()
        self.skipped = timedelta(0)
        self.switchboard.now = lambda: NOW + self.skipped + timedelta(milliseconds=next(ticks))
        self.tickets = FakeTickets()
        self.outbox = Outbox(OutboxStore(self.engine), self.switchboard, self.tickets)
        self._patience = patience
        self.pictures: PicturesReady | None = None

    async def __aenter__(self) -> "House":
        self._session = aiohttp.ClientSession()
        client = RasaClient(self._session, self.rasa.url, self.rasa.token, self._patience.timeout)
        self.workers = Workers(self.switchboard, client, self._patience, self.pictures)
        self.switchboard.wake_worker = self.workers.wake
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.workers.stop()
        await self._session.close()
        await self.engine.dispose()

    async def open(self, language: str = "zh", **columns: Any) -> Conversation:
        values = {"customer_id": "c1", "channel": "widget", "token_hash": "hash", "conversation_id": "c1", **columns}
        return await self.switchboard.open_conversation(language=language, **values)

    async def send(self, text: str = "", conversation_id: str = "c1", **fields: Any) -> Message:
        """A message of the customer, answered if it is to be answered."""
        saved = await self.switchboard.receive(conversation_id, IncomingMessage(text=text, **fields))
        await self.workers.settle()
        return saved.message

    async def add_picture(self, evidence_id: str, conversation_id: str = "c1") -> str:
        """A picture that the backend has; its id."""
        values = {"picture_id": f"p-{evidence_id}", "conversation_id": conversation_id, "evidence_id": evidence_id}
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(pictures).values(**values, mime="image/png", created_at=NOW))
        return values["picture_id"]

    async def until(self, text: str, conversation_id: str = "c1") -> None:
        """Wait until the customer sees this text."""
        with self.hub.listen(conversation_id) as client:
            async with asyncio.timeout(30):
                while text not in await self.texts(conversation_id):
                    await client.get()

    async def texts(self, conversation_id: str = "c1", after: int = 1) -> list[str]:
        """What the customer sees after the greeting, `> ` before what they said themselves."""
        messages = await self.store.messages_after(conversation_id, after, 1000)
        return [f"> {each.text}" if each.kind == "incoming" else each.text for each in messages]


def says(name: str, language: str = "zh", **slots: Any) -> str:
    """A sentence of domain.yml."""
    return TEXTS.render(name, language, **slots).text
