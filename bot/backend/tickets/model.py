"""Tickets: their states, who shares one, and when the customer may go beyond it. Pure rules."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
# However short the promise, nobody is sent to a complaint within the first day.
OVERDUE_AFTER = timedelta(hours=24)
# A sign that can be read: no blank, no control sign, none that is invisible or for private use.
READABLE = (
    r"[^\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff]"
)
_READABLE = re.compile(READABLE)
_ORIGINAL_WAY = re.compile(
    r"原\s*路\s*(退|返)|原\s*渠\s*道\s*(退|返)|original (payment )?(method|way|channel|route)", re.IGNORECASE
)


class Status(StrEnum):
    """`open` waits for an agent; `pending` is in an agent's hands, or waits for the customer or upstream."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


LIVE = (Status.OPEN, Status.PENDING)


class Waiting(StrEnum):
    """Whom a pending ticket waits for; without one it is in an agent's hands."""

    CUSTOMER = "customer"
    UPSTREAM = "upstream"


class Decision(StrEnum):
    """What the shop decided about a refund."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Priority(StrEnum):
    """How soon an agent should look, the least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Author(StrEnum):
    """Who wrote a message of a ticket."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class ActorKind(StrEnum):
    """Who does something; `automation` is a rule or a program that acts for the shop, `system` this helpdesk itself."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"
    AUTOMATION = "automation"


@dataclass(frozen=True)
class Actor:
    """Somebody who does something; a customer's name is their customer_ref and never shown.

    `shown` is how customers know an agent, where that is not the name itself.
    """

    kind: ActorKind
    name: str
    shown: str | None = None


class TicketType(StrEnum):
    """What a ticket is about."""

    LOOKUP_FAILED = "LOOKUP_FAILED"
    PAID_NO_ORDER = "PAID_NO_ORDER"
    REFUND_NOT_SEEN = "REFUND_NOT_SEEN"
    DUPLICATE_PAYMENT = "DUPLICATE_PAYMENT"
    STATES_DISAGREE = "STATES_DISAGREE"
    FUNDS_HELD = "FUNDS_HELD"
    STATE_LAG = "STATE_LAG"
    CALLBACK_MISSING = "CALLBACK_MISSING"
    PAYMENT_VERIFY = "PAYMENT_VERIFY"
    ACCOUNT_REVIEW = "ACCOUNT_REVIEW"
    WRONG_TARGET = "WRONG_TARGET"
    UPSTREAM_PROOF = "UPSTREAM_PROOF"
    FIX_INPUT = "FIX_INPUT"
    UPSTREAM_FAIL = "UPSTREAM_FAIL"
    MANUAL_OVERDUE = "MANUAL_OVERDUE"
    QUEUE_BACKLOG = "QUEUE_BACKLOG"
    UPSTREAM_STUCK = "UPSTREAM_STUCK"
    CARD_MISSING = "CARD_MISSING"
    OTHER = "OTHER"


class Demand(StrEnum):
    """What the customer asks the shop to do."""

    VERIFY_FUNDS = "VERIFY_FUNDS"
    CHECK_LOGS = "CHECK_LOGS"
    RESEND_OR_REFUND = "RESEND_OR_REFUND"
    REFUND_DUPLICATE = "REFUND_DUPLICATE"
    FIX_INPUT = "FIX_INPUT"
    ACCOUNT_REVIEW = "ACCOUNT_REVIEW"
    UPSTREAM_PROOF = "UPSTREAM_PROOF"
    URGE_UPSTREAM = "URGE_UPSTREAM"
    FIND_ORDER = "FIND_ORDER"


class Why(StrEnum):
    """Why the customer may go beyond the ticket."""

    OVERDUE = "overdue"
    FUNDS_AT_PLATFORM = "funds_at_platform"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket without its messages.

    `order_no` is set only when its owner has proved it; `claimed_no` is the number that the customer gave, an order's
    or a payment's. `amount` is that of the order, else what the customer claims to have paid. `reply_by` is the first
    promise and never moves, `next_promise_at` the one that holds now. `base_priority` is that of the reports alone.
    `waiting_since`: since when the customer has had no answer. `repeats` counts further reports of the same case.
    `merged_into` is the number of the survivor.
    """

    ticket_no: str
    order_no: str | None
    claimed_no: str | None
    customer_ref: str
    type: TicketType
    status: Status
    priority: Priority
    demand: Demand | None
    created_at: datetime
    reply_by: datetime
    last_agent_reply_at: datetime | None = None
    funds_at_platform: bool = False
    stalling: bool = False
    amount: Decimal | None = None
    conversation_id: str | None = None
    base_priority: Priority = Priority.LOW
    waiting_for: Waiting | None = None
    assignee: str | None = None
    # How customers know them; None: as `assignee`.
    assignee_shown: str | None = None
    waiting_since: datetime | None = None
    next_promise_at: datetime | None = None
    repeats: int = 0
    broken_promises: int = 0
    merged_into: str | None = None
    resolved_at: datetime | None = None
    refund_decision: Decision | None = None
    refund_amount: Decimal | None = None
    refund_expected_at: datetime | None = None
    refund_reason: str | None = None

    @property
    def live(self) -> bool:
        """Whether reports still join it."""
        return self.status in LIVE


def gives_all_back(ticket: Ticket) -> bool:
    """Whether the approved refund is for the goods themselves, so that they are not owed any more.

    A part of the money, or a second payment for the same order, leaves them to be delivered.
    """
    if ticket.refund_decision is not Decision.APPROVED or ticket.type is TicketType.DUPLICATE_PAYMENT:
        return False
    return ticket.refund_amount is None or ticket.amount is None or ticket.refund_amount >= ticket.amount


@dataclass(frozen=True)
class Step3:
    """The ways beyond the ticket; `at` is when they open if nobody answers until then."""

    offer: bool = False
    complaint: bool = False
    platform: bool = False
    legal: bool = False
    why: Why | None = None
    at: datetime | None = None


def step3_of(ticket: Ticket, now: datetime, legal_amount: Decimal) -> Step3:
    """The third step of the article: only once the promise is broken or the shop is known to have the money.

    The authorities are named only above `legal_amount` (in the order's currency) and when an agent saw malice.
    """
    if not ticket.live:
        return Step3()
    due = max(ticket.reply_by, ticket.created_at + OVERDUE_AFTER) if ticket.last_agent_reply_at is None else None
    if ticket.funds_at_platform:
        why = Why.FUNDS_AT_PLATFORM
    elif due and now >= due:
        why = Why.OVERDUE
    else:
        return Step3(at=due)
    large = ticket.amount is not None and ticket.amount > legal_amount
    return Step3(True, True, True, large and ticket.stalling, why, due)


def subject_of(order_no: str | None, claimed_no: str | None, customer_ref: str) -> str:
    """What may have one live ticket: a proven order, else one customer with the number that they gave (64 hex digits).

    A customer without proof thus never shares a ticket with the owner of the order.
    """
    parts = ["order", order_no] if order_no else ["customer", customer_ref, claimed_no]
    return digest_of(parts)


def digest_of(data: Any) -> str:
    """The same 64 hex digits for equal JSON data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def has_words(text: str) -> bool:
    """Whether there is something to read; blanks and invisible signs are nothing."""
    return bool(_READABLE.search(text))


def promises_original_way(text: str) -> bool:
    """Whether this speaks of money going back the way it came, which no shop can promise beforehand."""
    return bool(_ORIGINAL_WAY.search(text))


def ticket_no_from(now: datetime, chance: str) -> str:
    """`TK` + Chinese date + six hex digits of chance."""
    return f"TK{now.astimezone(SHANGHAI):%y%m%d}{chance[:6].upper()}"


def more_urgent(first: Priority, second: Priority) -> Priority:
    """A report can make a ticket more urgent, never less."""
    ranks = list(Priority)
    return max(first, second, key=ranks.index)


def may_see(ticket: Ticket, proof: tuple[str, str] | None, customer_ref: str | None) -> bool:
    """Whose ticket it is: the customer's who opened it, or of the owner of its order.

    `proof` is the proven order number and the customer who proved it.
    """
    if proof and ticket.order_no == proof[0]:
        return True
    return ticket.customer_ref in (customer_ref, proof[1] if proof else None)
