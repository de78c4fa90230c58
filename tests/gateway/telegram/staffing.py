"""A gateway with a group of the staff, an escalated customer, and agents who write in the topic."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.gateway.accounts.model import Account
from bot.gateway.channels.telegram.linking import Links
from bot.gateway.conversations.model import Message
from bot.gateway.keys import ENGINE, STORE, SWITCHBOARD
from bot.settings import Settings
from tests.fakes import FakeRasa
from tests.gateway.desk.talking import HANDOFF
from tests.gateway.desks import add_account
from tests.gateway.gateways import Gateway
from tests.gateway.telegram import payloads as they
from tests.gateway.telegram.forum_api import STAFF, ForumApi

ALICE = they.ALICE
BOB, CAROL, STRANGER = ALICE + 10, ALICE + 11, ALICE + 12


def with_staff(settings: Settings) -> Settings:
    settings.telegram_staff_chat = STAFF
    return settings


async def link(gateway: Gateway, api: ForumApi, username: str, user_id: int, **fields: Any) -> Account:
    """An agent whose Telegram account is known."""
    account = await add_account(gateway, username, **fields)
    code = await Links(gateway.app[ENGINE]).make_code(username, gateway.app[SWITCHBOARD].now())
    api.put(they.text(f"/link {code}", who=user_id))
    await api.until(lambda: any(account.name in each for each in api.texts(user_id)))
    return account


async def escalate(api: ForumApi, rasa: FakeRasa, text: str = "/human", who: int = ALICE) -> int:
    """A customer asks for a person; the number of the topic, once all is there."""
    before, heard = len(api.topics), len(api.texts(who))
    answer, rasa.answer = rasa.answer, lambda _: HANDOFF
    api.put(they.text(text, who=who))
    await api.until(lambda: len(api.topics) > before and len(api.pinned) > before)
    thread = list(api.topics)[-1]
    await api.until(lambda: any("转人工" in each for each in api.in_topic(thread)[1:]))
    # And the customer has been told who comes.
    await api.until(lambda: "passing you on" in api.texts(who)[heard:-1])
    rasa.answer = answer
    return thread


def writes(
    api: ForumApi, thread: int | None, text: str = "", who: int = BOB, kind: str = "message", **fields: Any
) -> they.Json:
    """Somebody writes in the topic; the update."""
    words = {"text": text} if text else {}
    update = they.in_topic(thread, who=who, kind=kind, **words, **fields)
    api.put(update)
    return update


async def taken(api: ForumApi, update: they.Json) -> None:
    """Until the bot has confirmed it: it is saved, and worked on soon."""
    await api.until(lambda: api.offset > update["update_id"])


async def log_of(gateway: Gateway, conversation_id: str) -> list[Message]:
    return await gateway.app[STORE].all_messages(conversation_id)


async def until(condition: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
