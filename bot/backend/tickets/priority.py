"""How soon an agent should look: amount × wait × repeats × broken promises on top of what the case is. Pure rules."""

from datetime import timedelta
from decimal import Decimal

from bot.backend.tickets.model import Priority

# From this amount (in the order's currency) on, the factor is …
AMOUNTS = ((Decimal("500.00"), Decimal("2")), (Decimal("100.00"), Decimal("1.5")))
# From this share of the promised time on, the factor is …
WAITS = ((Decimal("1"), Decimal("2")), (Decimal("0.5"), Decimal("1.5")))
PER_REPEAT, MOST_REPEATS = Decimal("0.5"), 4
PER_BROKEN_PROMISE, MOST_BROKEN = Decimal("2"), 3
# The product that lifts a case by one, two, three levels.
LEVELS = (Decimal("2"), Decimal("4"), Decimal("8"))


def pressure_of(amount: Decimal | None, waited: timedelta, promise: timedelta, repeats: int, broken: int) -> Decimal:
    """The product of the four factors, each at least 1; an unknown amount counts as a small one.

    `waited` is how long the customer has been without an answer, `promise` within what time one was promised.
    """
    share = Decimal(waited / promise) if promise else Decimal(1)
    by_amount = next((factor for least, factor in AMOUNTS if amount is not None and amount >= least), Decimal(1))
    by_wait = next((factor for least, factor in WAITS if share >= least), Decimal(1))
    by_repeats = 1 + PER_REPEAT * min(repeats, MOST_REPEATS)
    return by_amount * by_wait * by_repeats * PER_BROKEN_PROMISE ** min(broken, MOST_BROKEN)


def priority_of(base: Priority, pressure: Decimal) -> Priority:
    """What the case itself asks for, lifted by the pressure."""
    ranks = list(Priority)
    lifted = ranks.index(base) + sum(pressure >= level for level in LEVELS)
    return ranks[min(lifted, len(ranks) - 1)]
