"""What the staff writes in the group: answers, notes, commands, corrections; by the same rules as at the desk.

Each change is written under a key of its update, so that the same update twice counts once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import RetryAfter, TelegramError

from bot.errors import ClaimedError, NotOwnerError, RateLimitedError
from bot.gateway.accounts.audit import write_audit
from bot.gateway.accounts.model import Account
from bot.gateway.accounts.store import AccountStore
from bot.gateway.channels.telegram.client import seconds_in
from bot.gateway.channels.telegram.files import Files
from bot.gateway.channels.telegram.forum_album import as_album_says
from bot.gateway.channels.telegram.forum_group import Group, TopicClosedError, TopicGoneError
from bot.gateway.channels.telegram.forum_model import who_text
from bot.gateway.channels.telegram.forum_store import TopicStore, new_words
from bot.gateway.channels.telegram.forum_words import say
from bot.gateway.channels.telegram.linking import Links
from bot.gateway.channels.telegram.model import Arrival, parts_of
from bot.gateway.channels.telegram.store import TelegramStore
from bot.gateway.conversations.model import WIDGET, Conversation, Kind, Message, Origin, Outcome
from bot.gateway.conversations.store import Decide
from bot.gateway.conversations.tables import messages
from bot.gateway.desk.api import person_of
from bot.gateway.desk.model import (
    Draft,
    answer_outcome,
    edit_outcome,
    hand_back_outcome,
    message_outcome,
    reopen_outcome,
    resolve_outcome,
)
from bot.gateway.desk.store import DeskStore
from bot.gateway.limiter import Limit, Limiter
from bot.gateway.switchboard import Switchboard
from bot.redact import redact

log = logging.getLogger(__name__)

ACTIONS = {"bot": "hand_back", "close": "resolve", "reopen": "reopen"}
# Who is not linked hears so once in so many seconds, whatever they write.
HINT_SECONDS = 600.0


class Staff:
    """Works on one update at a time."""

    def __init__(
        self,
        group: Group,
        language: str,
        engine: AsyncEngine,
        topics: TopicStore,
        store: TelegramStore,
        links: Links,
        accounts: AccountStore,
        desk: DeskStore,
        switchboard: Switchboard,
        limiter: Limiter,
        files: Files,
        album: float,
    ) -> None:
        self._group = group
        self._language = language
        self._engine = engine
        self._topics = topics
        self._store = store
        self._links = links
        self._accounts = accounts
        self._desk = desk
        self._switchboard = switchboard
        self._limiter = limiter
        self._files = files
        self._album = album
        self._hinted: dict[int, float] = {}
        self.wake_sender: Callable[[str], None] = lambda conversation_id: None
        self.tell_desk: Callable[[str], Awaitable[None]] = _nobody

    async def handle(self, arrival: Arrival) -> None:
        """Whatever was written, nothing reaches a customer unless it is an answer of who is linked."""
        if arrival.command == "link":
            if not arrival.edited:
                await self._link(arrival)
            return
        conversation_id = await self._topics.conversation_in(arrival.thread_id)
        if conversation_id is None:
            return  # people talk with each other
        account = await self._account(arrival.user_id)
        if account is None:
            await self._hint_to_link(arrival)
            return
        told = await as_album_says(self._store, arrival, self._album)
        if told is None:
            return
        arrival = told
        conversation = await self._switchboard.store.conversation(conversation_id)
        try:
            await (self._edit if arrival.edited else self._act)(arrival, account, conversation)
        except (NotOwnerError, ClaimedError):
            await self._refuse(arrival, account, conversation_id)

    async def _account(self, user_id: int) -> Account | None:
        """Who is linked and may work."""
        username = await self._links.username_of(user_id) if user_id else None
        found = await self._accounts.find(username) if username else None
        return None if found is None or found[0].disabled else found[0]

    async def _link(self, arrival: Arrival) -> None:
        now, language = self._switchboard.now(), self._language
        try:
            await self._limiter.check(Limit.RESUME, f"telegram-link:{arrival.user_id}")
        except RateLimitedError:
            await self._say(arrival, say("link_later", language))
            return
        username = await self._links.use(arrival.user_id, arrival.argument, now) if arrival.user_id else None
        found = await self._accounts.find(username) if username else None
        if found is None or found[0].disabled:
            # Who is linked hears so: the process may have died right after it used the code.
            account = await self._account(arrival.user_id)
            words = f"\n{say('linked', language, name=account.name)}" if account else ""
            await self._say(arrival, say("link_failed", language) + words)
            return
        await self._audit(found[0], "account.linked", None, details={"telegram": str(arrival.user_id)})
        await self._say(arrival, say("linked", found[0].language, name=found[0].name))

    async def _hint_to_link(self, arrival: Arrival) -> None:
        now = asyncio.get_running_loop().time()
        if self._hinted.get(arrival.user_id, 0.0) > now:
            return
        self._hinted[arrival.user_id] = now + HINT_SECONDS
        await self._say(arrival, say("link_first", self._language))

    async def _act(self, arrival: Arrival, account: Account, conversation: Conversation) -> None:
        command, language = arrival.command, account.language
        if command == "who":
            ticket_no = await self._topics.ticket_of(conversation.conversation_id)
            await self._say(arrival, who_text(conversation, ticket_no, self._switchboard.now(), language))
        elif command in ACTIONS:
            await self._change(arrival, account, conversation)
        elif command == "note" and not (arrival.argument or arrival.file_id):
            await self._say(arrival, say("empty_note", language))
        elif command not in (None, "note"):
            await self._say(arrival, say("unknown", language, commands=say("commands", language)))
        elif not (arrival.text or arrival.file_id):
            await self._say(arrival, say("unreadable", language))
        else:
            await self._write(arrival, account, conversation)

    async def _change(self, arrival: Arrival, account: Account, conversation: Conversation) -> None:
        by, now, note = person_of(account), self._switchboard.now(), redact(arrival.argument).text
        action = ACTIONS[arrival.command or ""]
        decides: dict[str, Decide] = {
            "hand_back": lambda it: hand_back_outcome(it, by, note),
            "resolve": lambda it: resolve_outcome(it, by, self._switchboard.texts.render),
            "reopen": lambda it: reopen_outcome(it, by, now),
        }
        written = await self._switchboard.write(conversation.conversation_id, decides[action], key=self._key(arrival))
        if written is not None:
            await self._audit(account, f"conversation.{action}", conversation)
        elif await self._written(arrival) is None:
            await self._say(arrival, say("already", account.language))

    async def _write(self, arrival: Arrival, account: Account, conversation: Conversation) -> None:
        """A note, or an answer, which claims what nobody has."""
        is_note = arrival.command == "note"
        by, now = person_of(account), self._switchboard.now()
        picture_id = None
        if arrival.file_id:
            if not is_note:
                answer_outcome(conversation, by, Draft("", ""), now)  # nothing is fetched for an answer that is refused
            picture_id = arrival.picture_id or await self._files.take(arrival, conversation, account.username)
            if picture_id is None:
                await self._say(arrival, say("picture_failed", account.language))
                return
            await self._store.keep(replace(arrival, picture_id=picture_id))
        text = redact(arrival.argument if is_note else arrival.text).text
        quotes = await self._topics.message_at(arrival.reply_to) if arrival.reply_to else None
        draft = Draft("", text, is_note, picture_id, Origin.TOPIC, quotes)
        rule = message_outcome if is_note else partial(answer_outcome, now=now)
        written = await self._switchboard.write(
            conversation.conversation_id, lambda it: rule(it, by, draft), key=self._key(arrival)
        )
        message = await self._written(arrival)
        if message is not None:
            await self._topics.keep_own(message.message_id, arrival.message_no, now)
        if written is not None:
            details = {"kind": "note" if is_note else "reply", "via": "telegram_topic"}
            await self._audit(account, "message.sent", conversation, details=details)

    async def _edit(self, arrival: Arrival, account: Account, conversation: Conversation) -> None:
        """Other words for a message of the topic. What the customer has is edited, or followed by a correction."""
        message_id = await self._topics.message_at(arrival.message_no, own=True)
        message = await self._desk.message(messages.c.message_id == message_id) if message_id else None
        if message is None or message.author != account.username:
            if arrival.command is None:
                await self._say(arrival, say("not_changed", account.language))
            return
        text = redact(arrival.argument if arrival.command == "note" else arrival.text).text
        if text == message.text or await self._written(arrival) is not None:
            return
        by, key, conversation_id = person_of(account), self._key(arrival), conversation.conversation_id
        picture = message.picture_id is not None
        is_note = message.kind is Kind.NOTE
        if not text or (is_note and arrival.command != "note") or (not is_note and arrival.command is not None):
            await self._say(arrival, say("not_changed", account.language))
            return
        fits = len(parts_of(text, (), picture)) == 1
        if is_note or (conversation.channel != WIDGET and fits):
            written = await self._switchboard.write(
                conversation_id,
                lambda it: edit_outcome(it, by, message.text, note=is_note),
                key=key,
                settle=new_words(message.message_id, text, delivered=not is_note),
            )
            if written is not None:
                self.wake_sender(conversation_id)
                await self.tell_desk(message.message_id)
                await self._audit(account, "message.edited", conversation)
                return
        await self._correct(arrival, account, conversation, message, text)

    async def _correct(
        self, arrival: Arrival, account: Account, conversation: Conversation, message: Message, text: str
    ) -> None:
        by, now, render = person_of(account), self._switchboard.now(), self._switchboard.texts.render

        def decide(it: Conversation) -> Outcome:
            words = render("utter_correction", it.language, text=text).text
            return answer_outcome(it, by, Draft("", words, origin=Origin.TOPIC, quotes=message.message_id), now)

        written = await self._switchboard.write(conversation.conversation_id, decide, key=self._key(arrival))
        correction = await self._written(arrival)
        if correction is not None:
            await self._topics.keep_own(correction.message_id, arrival.message_no, now)
        if written is not None:
            await self._audit(account, "message.sent", conversation, details={"via": "telegram_topic"})
            await self._say(arrival, say("corrected", account.language))

    async def _refuse(self, arrival: Arrival, account: Account, conversation_id: str) -> None:
        """Who has it, as it is now."""
        conversation = await self._switchboard.store.conversation(conversation_id)
        if conversation.agent is None or conversation.state == "resolved":
            await self._say(arrival, say("is_resolved", account.language))
            return
        name = conversation.agent_name or conversation.agent
        is_action = arrival.command in ACTIONS or arrival.edited
        await self._say(arrival, say("owned_action" if is_action else "owned", account.language, name=name))

    async def _written(self, arrival: Arrival) -> Message | None:
        """What an earlier or this work on the update has written: the message, else the first line of history."""
        found = [await self._desk.message(messages.c.reply_key == f"{self._key(arrival)}:{index}") for index in (1, 0)]
        there = [each for each in found if each is not None]
        return next((each for each in there if each.kind in (Kind.OUTGOING, Kind.NOTE)), there[0] if there else None)

    def _key(self, arrival: Arrival) -> str:
        return f"topic:{self._store.bot_id}:{arrival.update_id}"

    async def _audit(
        self, account: Account, action: str, conversation: Conversation | None, details: dict[str, str] | None = None
    ) -> None:
        async with self._engine.begin() as connection:
            await write_audit(
                connection,
                at=self._switchboard.now(),
                username=account.username,
                action=action,
                conversation_id=conversation.conversation_id if conversation else None,
                order_no=conversation.order_no if conversation else None,
                details=details or {"via": "telegram_topic"},
            )

    async def _say(self, arrival: Arrival, text: str) -> None:
        """An answer to who wrote, which may be missed but is not doubled."""
        for _ in range(3):
            try:
                await self._group.answer(arrival.chat_id, arrival.thread_id, text, arrival.message_no)
            except RetryAfter as error:
                await asyncio.sleep(seconds_in(error))
                continue
            except (TelegramError, TopicGoneError, TopicClosedError) as error:
                log.warning("somebody of the staff got no answer: %s", type(error).__name__)
            return


async def _nobody(message_id: str) -> None:
    pass
