"""Put together what a picture says, what the records say and who used it before, and keep what follows."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence import reading_store
from bot.backend.evidence.model import BILLS, Facts, Judgement, OrderSeen, Verdict, recorded_verdict, verdict_of
from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.reuse import NEAR_BITS, Duplicate, Use, bits_apart, is_near, is_taken, use_key
from bot.backend.evidence.store import Evidence
from bot.backend.orders.cases import Case, case_of
from bot.backend.orders.model import PAID_ORDERS, Order
from bot.backend.payments.api import tolerance_from
from bot.backend.payments.bodies import LONGEST_NUMBER
from bot.backend.payments.model import Claim, Finding, check_claim
from bot.backend.payments.model import Verdict as ClaimVerdict
from bot.backend.payments.store import other_claims_for, records_for, save_claim
from bot.numbers import normalize_number

# Of so many pictures that were read last it is looked at whether they look like a new one.
MOST_HASHES = 5000


async def judge(
    app: web.Application, evidence: Evidence, reading: Reading | None, order_no: str | None, now: datetime,
    *, keep: bool = True,
) -> tuple[Facts, Judgement]:  # fmt: skip
    """The verdict for a customer, and for the order if it is proven; then the claim of a bill feeds its diagnosis.

    Without `keep` nothing follows from it: the picture is not used up and no claim is saved.
    """
    if reading is None or reading.kind not in BILLS:
        facts = Facts(reading=reading, finding=Finding(ClaimVerdict.INCOMPLETE), order_no=order_no)
        return facts, verdict_of(facts)
    read = _normalised(reading)
    case = await case_of(app, order_no, now) if order_no else None
    looks_known = await _looks_known(app, evidence, read, order_no)
    claim = claim_of(read, order_no)
    async with app[DATABASE].begin() as connection:
        async with connection.begin_nested() as savepoint:
            duplicate = await _use(connection, _keys(app, evidence, read), Use(evidence.customer_ref, order_no), now)
            facts = await _facts(connection, app, read, claim, case, now)
            duplicate = duplicate or facts.duplicate or (Duplicate.NEAR_DUPLICATE if looks_known else None)
            facts = replace(facts, duplicate=duplicate)
            judgement = verdict_of(facts)
            if judgement.verdict is Verdict.CONFLICT or not keep:  # what is contradicted keeps nothing from others
                await savepoint.rollback()
        if not keep:
            return facts, judgement
        if facts.confirmed:
            for key in _keys(app, evidence, read).values():
                await reading_store.take_use(connection, key, Use(evidence.customer_ref, order_no), now)
        recorded = recorded_verdict(judgement, facts)
        if order_no and recorded:
            await save_claim(connection, evidence.customer_ref, claim, recorded, now)
    return facts, judgement


def claim_of(reading: Reading, order_no: str | None) -> Claim:
    """What the picture says, as if the customer had typed it."""
    names = ("channel", "transaction_no", "merchant_no", "amount", "paid_at")
    return Claim(order_no=order_no, **{name: getattr(reading, name) for name in names})


async def _facts(
    connection: AsyncConnection, app: web.Application, reading: Reading, claim: Claim, case: Case | None, now: datetime
) -> Facts:
    """What the records say; without a proven order they are not asked."""
    tolerance = tolerance_from(app[SETTINGS])
    if case is None:
        return Facts(reading=reading, finding=check_claim(claim, (), now, tolerance), tolerance=tolerance)
    others = await other_claims_for(connection, claim)
    finding = check_claim(claim, await records_for(connection, claim), now, tolerance, others)
    of_another = finding.record and finding.record.transaction_no == claim.transaction_no
    taken = others or (of_another and "transaction_no" in finding.mismatches)
    return Facts(
        reading=reading,
        finding=finding,
        order_no=case.order_no,
        order=_order_seen(case),
        own=case.evidence.record,
        duplicate=Duplicate.SAME_TRANSACTION if taken else None,
        tolerance=tolerance,
    )


def _order_seen(case: Case) -> OrderSeen | None:
    record = case.record
    if record is None:
        return None
    return OrderSeen(
        amount=record.amount,
        created_at=record.created_at,
        paid=record.order in PAID_ORDERS,
        refunded=record.order in (Order.REFUNDING, Order.REFUNDED),
    )


def _keys(app: web.Application, evidence: Evidence, reading: Reading) -> dict[Duplicate, str]:
    """What can be used once, always in this order, so that two customers at once do not wait for each other."""
    secret = app[SETTINGS].derived_key("evidence")
    keys = {Duplicate.SAME_PICTURE: use_key(secret, "picture", evidence.sha256)}
    if reading.transaction_no:
        keys[Duplicate.SAME_TRANSACTION] = use_key(secret, "transaction", reading.transaction_no)
    return keys


async def _use(connection: AsyncConnection, keys: dict[Duplicate, str], mine: Use, now: datetime) -> Duplicate | None:
    """Put picture and payment to this use; how they are known from elsewhere, if another came first."""
    found = None
    for how, key in keys.items():
        first = await reading_store.first_use(connection, key, mine, now)
        if is_taken(first, mine):
            found = found or how
        elif mine.order_no and not first.order_no:
            await reading_store.take_use(connection, key, mine, now)
    return found


async def _looks_known(app: web.Application, evidence: Evidence, reading: Reading, order_no: str | None) -> bool:
    """Whether another customer or order has a picture that may be this one, sent another way."""
    if not reading.picture_hash:
        return False
    secret, mine = app[SETTINGS].derived_key("evidence"), Use(evidence.customer_ref, order_no)
    async with app[DATABASE].begin() as connection:
        hashes = await reading_store.newest_hashes(connection, MOST_HASHES)
        near = [
            sha256
            for sha256, looks in hashes
            if sha256 != evidence.sha256 and bits_apart(looks, reading.picture_hash) <= NEAR_BITS
        ]
        others = await reading_store.readings_of(connection, near)
        keys = [use_key(secret, "picture", sha) for sha, read in others.items() if is_near(reading, _normalised(read))]
        firsts = await reading_store.uses_of(connection, keys)
    return any(is_taken(first, mine) for first in firsts.values())


def _normalised(reading: Reading) -> Reading:
    """The numbers in the spelling of the records."""
    numbers = {name: getattr(reading, name) for name in ("transaction_no", "merchant_no", "order_no")}
    found: dict[str, Any] = {name: normalize_number(each)[:LONGEST_NUMBER] for name, each in numbers.items() if each}
    return replace(reading, **found)
