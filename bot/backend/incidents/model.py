"""When many similar cases are one incident, and whom it concerns. Pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.backend.orders.model import Diagnosis

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Scope(StrEnum):
    """What the cases of an incident have in common, the narrowest first."""

    PRODUCT = "product"
    SUPPLIER = "supplier"
    CHANNEL = "channel"


_GOODS, _MONEY = (Scope.PRODUCT, Scope.SUPPLIER), (Scope.CHANNEL,)
_D = Diagnosis
# What stands still between payment and goods, and where the fault then lies. A mere claim of a payment counts for
# nothing: whoever wants to could make an incident with it.
COUNTED: Mapping[Diagnosis, tuple[Scope, ...]] = {
    _D.QUEUE_BACKLOG: _GOODS,
    _D.UPSTREAM_STUCK: _GOODS,
    _D.UPSTREAM_FAILED: _GOODS,
    _D.STATE_LAG: _MONEY,
    _D.CALLBACK_MISSING: _MONEY,
    _D.PAYMENT_PROCESSING: _MONEY,
    _D.PAYMENT_HELD: _MONEY,
}
# These are no sign of an incident, but while there is one their customers had better know.
CONCERNED: Mapping[Diagnosis, tuple[Scope, ...]] = {**COUNTED, _D.IN_WINDOW: _GOODS}


@dataclass(frozen=True)
class Group:
    """What an incident is about, and how many cases speak for it."""

    scope: Scope
    name: str
    cases: int = 0


def groups_of(diagnosis: Diagnosis, common: Mapping[Scope, str | None]) -> list[tuple[Scope, str]]:
    """The incidents that would concern such a case, the narrowest first; `common` names what is known of it."""
    named = ((scope, common.get(scope)) for scope in CONCERNED.get(diagnosis, ()))
    return [(scope, name) for scope, name in named if name]


def group_to_open(groups: Iterable[Group], cases: int) -> Group | None:
    """The next incident: the narrowest that has enough cases, of several the largest."""
    ranks = list(Scope)
    enough = [each for each in groups if each.cases >= cases]
    return min(enough, key=lambda each: (ranks.index(each.scope), -each.cases, each.name), default=None)


def incident_no_from(now: datetime, chance: str) -> str:
    """`IN` + Chinese date + six hex digits of chance."""
    return f"IN{now.astimezone(SHANGHAI):%y%m%d}{chance[:6].upper()}"
