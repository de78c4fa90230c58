"""What the helpdesk does by itself when its time has come. Pure rules."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class TimerKind(StrEnum):
    """What is due; the subject is a ticket's number, for `order` an order's."""

    ORDER = "order"  # look at an order again that may have changed
    REQUERY = "requery"  # look at the ticket's order again, by the schedule after a report
    PROMISE = "promise"  # the promised answer
    STEP3 = "step3"  # the ways beyond the ticket open
    CLOSE = "close"  # put a solved case away when it has been quiet for long
    OPERATION = "operation"  # finish what was begun about an order; the subject is the operation's number
    INCIDENTS = "incidents"  # look for incidents; there is one for all


# Then, for as long as a ticket lives.
REQUERY_THEN = timedelta(hours=1)


def next_requery(since: datetime, now: datetime, minutes: Sequence[int]) -> datetime | None:
    """The next time to look at an order again, counted from the report; None after the last."""
    times = (since + timedelta(minutes=each) for each in sorted(minutes))
    return next((each for each in times if each > now), None)


def retry_after(attempt: int) -> timedelta:
    """The pause after a failed try: 5 s, doubling up to ten minutes."""
    return timedelta(seconds=min(5 * 2 ** min(max(attempt, 1) - 1, 10), 600))
