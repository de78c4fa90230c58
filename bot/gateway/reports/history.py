"""What a report rests on: days, conversations, changes of owner, and cases of the backend (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from bot.times import SHANGHAI

LONGEST_DAYS = 366
# A wait that began in the range may end after it, and what is resolved in the range may have begun before it.
AFTER = timedelta(days=7)
BEFORE = timedelta(days=30)


class Kind(StrEnum):
    """What happened to a conversation, as far as a report cares."""

    HANDOFF = "handoff"
    CLAIM = "claim"
    HAND_BACK = "hand_back"
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Range:
    """Days of Chinese time, both included."""

    first: date
    last: date

    @cached_property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI).astimezone(UTC)

    @cached_property
    def until(self) -> datetime:
        """The end, which is outside."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True)
class Talk:
    """A conversation in which the customer said something; the score is what they gave a human, 1 to 5."""

    conversation_id: str
    channel: str
    created_at: datetime
    score: int | None = None


@dataclass(frozen=True)
class Move:
    """A change of owner; `answered_at`: the first words of a human after it."""

    conversation_id: str
    channel: str
    at: datetime
    kind: Kind
    reason: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """A ticket that was opened in the range. `promise` is kept, broken or open; the score is 1 to 5."""

    conversation_id: str | None
    channel: str | None
    product: str | None
    cause: str
    promise: str
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that one report rests on; the moves reach beyond the range. `cases` is None without the backend."""

    range: Range
    talks: Sequence[Talk]
    moves: Sequence[Move]
    cases: Sequence[Case] | None

    def only(self, channel: str | None, product: str | None) -> "History":
        """What belongs to this channel, and to conversations with a case of this product."""
        talks, moves, cases = self.talks, self.moves, self.cases
        if channel:
            talks = [each for each in talks if each.channel == channel]
            moves = [each for each in moves if each.channel == channel]
            cases = cases if cases is None else [each for each in cases if each.channel == channel]
        if product:
            cases = [each for each in cases or () if each.product == product]
            about = {each.conversation_id for each in cases}
            talks = [each for each in talks if each.conversation_id in about]
            moves = [each for each in moves if each.conversation_id in about]
        return History(range=self.range, talks=talks, moves=moves, cases=cases)


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(SHANGHAI).date()
