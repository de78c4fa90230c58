"""A handoff meets the world: who is there, how many wait, what time it is. The customer is told once, and truly."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.formats import clock
from bot.gateway.conversations.model import Conversation, Kind, Outcome, Owner, Said, Sender
from bot.gateway.conversations.standing import Standards, urgency
from bot.gateway.conversations.tables import conversations, messages
from bot.gateway.desk.card import card_from
from bot.gateway.desk.hours import Hours
from bot.gateway.desk.index import add_numbers
from bot.gateway.desk.model import Render, activity, raised
from bot.gateway.desk.presence import count_online

# The expected time comes from so many waits of late, if there were any.
LATE_WAITS = 20
FEWEST_WAITS = 5


@dataclass(frozen=True)
class Reception:
    """`minutes_per_case` is the guess while nothing is known; `booked_within` counts from the next opening.

    `first_answer` is the time within which the queue should be answered; by it and the priority the queue is sorted.
    """

    render: Render
    hours: Hours = field(default_factory=Hours)
    minutes_per_case: float = 5.0
    booked_within: timedelta = timedelta(hours=1)
    first_answer: timedelta = Standards().first

    async def receive(
        self, connection: AsyncConnection, before: Conversation, outcome: Outcome, now: datetime
    ) -> Outcome:
        """The outcome of a handoff, with what the customer is told and what the next human finds."""
        if outcome.reason == "transferred":
            return outcome
        changes = {**outcome.changes, **await self._card(connection, before, outcome, now)}
        reason, priority = outcome.reason, raised(before.priority, outcome.reason)
        changes["priority"] = priority
        language = outcome.language or before.language
        if not self.hours.is_open(now):
            promised = self.hours.opening_after(now) + self.booked_within
            words = self.render("utter_handoff_booked", language, promised_at=clock(promised)).text
            changes |= {"booked": True, "due_at": promised, "waiting_since": before.waiting_since or now}
            changes["handoff_reason"] = reason
            said = (*outcome.said, activity("booked", reason=reason), Said(words, sender=Sender.BOT))
            # From an agent it goes back to the bot, with a dialog of its own.
            fresh = before.owner is not Owner.BOT
            return replace(outcome, said=said, owner=Owner.BOT, reason=None, changes=changes, fresh_sender=fresh)
        words = await self._words(connection, before, priority, language, now)
        said = (*outcome.said, activity("handed_off", reason=reason), Said(words, sender=Sender.SYSTEM))
        return replace(outcome, said=said, changes={**changes, "booked": False, "queue_told_at": now})

    async def _words(
        self, connection: AsyncConnection, before: Conversation, priority: str, language: str, now: datetime
    ) -> str:
        key = urgency(priority, now + self.first_answer)
        waiting = sa.select(sa.func.count()).where(
            conversations.c.place == "queue",
            conversations.c.urgency <= key,
            conversations.c.conversation_id != before.conversation_id,
        )
        place = 1 + int(await connection.scalar(waiting) or 0)
        online = await count_online(connection, now)
        if not online:
            return self.render("utter_handoff_away", language, place=place).text
        minutes = await self._minutes(connection, place, online)
        return self.render("utter_handoff_online", language, place=place, minutes=minutes).text

    async def _minutes(self, connection: AsyncConnection, place: int, online: int) -> int:
        """How long it may take: the middle of the last waits, else so many cases by so many people."""
        query = (
            sa.select(messages.c.activity)
            .where(messages.c.kind == Kind.ACTIVITY.value, messages.c.text == "claimed")
            .order_by(messages.c.created_at.desc())
            .limit(LATE_WAITS)
        )
        waits = sorted(
            float(each["waited"]) for each in await connection.scalars(query) if each and each.get("waited") is not None
        )
        guess = self.minutes_per_case * math.ceil(place / online)
        if len(waits) >= FEWEST_WAITS:
            guess = max(waits[len(waits) // 2] / 60, self.minutes_per_case * (math.ceil(place / online) - 1))
        return max(1, math.ceil(guess))

    async def _card(
        self, connection: AsyncConnection, before: Conversation, outcome: Outcome, now: datetime
    ) -> dict[str, Any]:
        """The handover card; what the gateway knows by itself where the dialog told nothing."""
        first = (
            sa.select(messages.c.text)
            .where(messages.c.conversation_id == before.conversation_id, messages.c.kind == Kind.INCOMING.value)
            .where(messages.c.text != "")
            .order_by(messages.c.position)
            .limit(1)
        )
        asked = await connection.scalar(first) or ""
        if outcome.card is None and before.handover:  # nothing new was found out since the last handoff
            card = {**before.handover, "reason": outcome.reason, "at": now.isoformat()}
        else:
            card = card_from(outcome.card, outcome.reason or "other", asked, before.order_no, now)
        if card["order_no"]:
            await add_numbers(connection, before.conversation_id, [("order_no", card["order_no"])], now)
            return {"handover": card, "order_no": card["order_no"]}
        return {"handover": card}
