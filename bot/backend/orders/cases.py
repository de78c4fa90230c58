"""Put together what is known of one order: its source, its account, its payments and the customer's claims."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.orders.model import (
    FAILED_ORDERS,
    NOT_PAID,
    OPEN_ORDERS,
    PAID,
    PAID_ORDERS,
    UNPAID_ORDERS,
    Account,
    Delivery,
    DeliveryType,
    Input,
    Order,
    OrderFacts,
    Payment,
    Source,
    normalised,
)
from bot.backend.orders.plans import Timing
from bot.backend.orders.records import AccountRisk, OrderRecord
from bot.backend.orders.sources import SOURCES, SourceUnavailableError
from bot.backend.ownership.store import owner_of
from bot.backend.payments.store import evidence_of
from bot.backend.payments.summary import PaymentEvidence
from bot.backend.tickets.store import open_ticket_no_of, refund_under_way
from bot.settings import Settings

log = structlog.get_logger()

# Less than the client waits, so that a source that hangs still becomes an answer.
SOURCE_TIMEOUT = 3.0


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the customer says; it only fills what nobody else knows."""

    symptom: str | None = None
    paid: bool | None = None
    input: Input | None = None
    login_expired: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One order with everything a diagnosis and an answer need; `record` is None when the source gave none."""

    order_no: str
    facts: OrderFacts
    sources: dict[str, Source]
    record: OrderRecord | None
    risk: AccountRisk | None
    evidence: PaymentEvidence
    timing: Timing
    open_ticket_no: str | None

    @property
    def unreachable(self) -> bool:
        """Whether the order's source could not be asked."""
        return self.facts.order is Order.UNKNOWN and self.record is None


async def case_of(app: web.Application, order_no: str, now: datetime, said: Said | None = None) -> Case:
    """Ask the order's source, then our own tables; a source that is down leaves the order UNKNOWN."""
    async with app[DATABASE].begin() as connection:
        owner = await owner_of(connection, order_no)
        evidence = await evidence_of(connection, order_no)
        open_ticket_no = await open_ticket_no_of(connection, order_no)
    record, risk, state = None, None, Order.NOT_FOUND
    if owner:
        try:
            record, risk = await _ask(app, owner.source, order_no)
            state = record.order if record else Order.NOT_FOUND
        except (SourceUnavailableError, TimeoutError) as error:
            log.warning("order source unavailable", source=owner.source, error=type(error).__name__)
            state = Order.UNKNOWN
    timing = _timing(record, evidence, now, app[SETTINGS])
    facts, sources = _facts(state, record, risk, evidence, said or Said(), timing)
    return Case(
        order_no=order_no,
        facts=facts,
        sources=sources,
        record=record,
        risk=risk,
        evidence=evidence,
        timing=timing,
        open_ticket_no=open_ticket_no,
    )


async def with_decision(connection: AsyncConnection, case: Case) -> Case:
    """The case as its customer sees it: an approved refund is under way before the shop's system says so.

    What is told unasked goes by the shop's word alone, for the decision is news of its own.
    """
    if case.facts.order not in OPEN_ORDERS | FAILED_ORDERS:
        return case
    since = await refund_under_way(connection, case.order_no)
    if since is None:
        return case
    facts, timing = replace(case.facts, order=Order.REFUNDING), replace(case.timing, refund_since=since)
    return replace(case, facts=facts, timing=timing)


async def _ask(app: web.Application, name: str, order_no: str) -> tuple[OrderRecord | None, AccountRisk | None]:
    source = app[SOURCES].get(name)
    if source is None:
        raise SourceUnavailableError(name)
    async with asyncio.timeout(SOURCE_TIMEOUT):
        record = await source.find(order_no)
        risk = await source.risk_of(record.account_ref) if record and record.account_ref else None
    return record, risk


def _timing(record: OrderRecord | None, evidence: PaymentEvidence, now: datetime, settings: Settings) -> Timing:
    paid_at = evidence.record.paid_at if evidence.record else None
    if record is None:
        return Timing(now=now, since=paid_at or now, window=timedelta(minutes=settings.delivery_window_minutes))
    by_hand = record.delivery_type is DeliveryType.MANUAL
    usual = settings.manual_window_hours * 60 if by_hand else settings.delivery_window_minutes
    return Timing(
        now=now,
        since=record.paid_at or paid_at or record.created_at,
        refund_since=record.refund.at if record.refund else None,
        window=timedelta(minutes=record.window_minutes or usual),
    )


def _facts(
    state: Order,
    record: OrderRecord | None,
    risk: AccountRisk | None,
    evidence: PaymentEvidence,
    said: Said,
    timing: Timing,
) -> tuple[OrderFacts, dict[str, Source]]:
    """The facts, and who says each axis."""
    sources = dict.fromkeys(("payment", "order", "delivery", "account", "input"), Source.PLATFORM)
    payment, sources["payment"] = _payment(state, evidence, said)
    account, wrong = risk.state if risk else Account.UNKNOWN, record.input if record else Input.UNKNOWN
    if account is Account.UNKNOWN and said.login_expired:
        account, sources["account"] = Account.SESSION_EXPIRED, Source.USER_CLAIM
    if wrong is Input.UNKNOWN and said.input:
        wrong, sources["input"] = said.input, Source.USER_CLAIM
    if evidence.duplicate:
        wrong, sources["input"] = Input.DUPLICATE, Source.GATEWAY
    facts = OrderFacts(
        payment=payment,
        order=state,
        delivery=record.delivery if record else Delivery.UNKNOWN,
        account=account,
        input=wrong,
        delivery_type=record.delivery_type if record else DeliveryType.DIRECT,
        notified=record.notified if record else None,
    )
    known = normalised(facts)
    if known.payment is not facts.payment:
        sources["payment"] = Source.PLATFORM
    late = known.payment in PAID and state in PAID_ORDERS and timing.late
    return OrderFacts(**{**vars(known), "late": late}), sources


def _payment(state: Order, evidence: PaymentEvidence, said: Said) -> tuple[Payment, Source]:
    """The channel's word, unless the customer's evidence contradicts it or nobody can confirm what they say.

    What the shop itself has booked as paid, no picture or number of the customer can put in question.
    """
    known = Payment(evidence.payment) if evidence.payment else Payment.UNKNOWN
    source = Source(evidence.source) if evidence.source else Source.GATEWAY
    if evidence.conflict and state not in PAID_ORDERS:
        return Payment.CONFLICT, Source.USER_CLAIM
    if evidence.claimed and known in NOT_PAID | {Payment.FAILED, Payment.UNKNOWN} and state not in PAID_ORDERS:
        return Payment.CLAIMED_PAID, Source.USER_CLAIM
    if known is Payment.UNKNOWN and said.paid is not None and state in UNPAID_ORDERS:
        return (Payment.CLAIMED_PAID if said.paid else Payment.UNPAID), Source.USER_CLAIM
    return known, source
