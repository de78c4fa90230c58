"""`POST /v1/payments/verify`: compare what a customer says about a payment with the records."""

import asyncio
import time
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import body_of, json_answer, now_of
from bot.backend.orders.asking import diagnose_for
from bot.backend.orders.cases import Said
from bot.backend.orders.model import Order, OrderFacts, Payment, Source, diagnose
from bot.backend.orders.views import diagnosis_without_order
from bot.backend.ownership import access
from bot.backend.ownership.headers import PROOF_HEADER
from bot.backend.ownership.model import padded_seconds
from bot.backend.ownership.store import give_back_try, owner_of
from bot.backend.payments import store
from bot.backend.payments.bodies import VerifyPaymentBody
from bot.backend.payments.model import Claim, Finding, PaymentRecord, Tolerance, Verdict, check_claim, confirmed_by
from bot.errors import HelpdeskError
from bot.settings import Settings

routes = web.RouteTableDef()


@routes.post("/v1/payments/verify")
async def verify_payment(request: web.Request) -> web.Response:
    """The verdict, and what it means for the order."""
    body = await body_of(request, VerifyPaymentBody)
    if body.order_no and PROOF_HEADER in request.headers:
        await access.access_order(request, body.order_no, body.customer_ref)
        return json_answer(await verify_for_owner(request, body.claim_for(body.order_no), body.customer_ref))
    started = time.monotonic()
    error: HelpdeskError | None = None
    answer: dict[str, Any] = {}
    try:
        answer = await verify_for_stranger(request, body.claim_for(None), body.customer_ref)
    except HelpdeskError as caught:
        error = caught
    await asyncio.sleep(padded_seconds(time.monotonic() - started, request.app[SETTINGS].verify_floor))
    if error:
        raise error
    return json_answer(answer)


async def verify_for_owner(request: web.Request, claim: Claim, customer_ref: str) -> dict[str, Any]:
    """With proof: the claim is compared with all records of its numbers and its order, and feeds the diagnosis."""
    now = now_of(request)
    async with request.app[DATABASE].begin() as connection:
        records = await store.records_for(connection, claim)
        others = await store.other_claims_for(connection, claim)
        finding = check_claim(claim, records, now, tolerance_from(request.app[SETTINGS]), others)
        await store.save_claim(connection, customer_ref, claim, finding.verdict, now)
    return await answer_for_owner(request.app, claim, customer_ref, finding, now)


async def answer_for_owner(
    app: web.Application, claim: Claim, customer_ref: str, finding: Finding, now: datetime, paid: bool | None = True
) -> dict[str, Any]:
    """The answer after the claim was saved; `paid`: whether the customer says so."""
    assert claim.order_no
    diagnosis = await diagnose_for(app, claim.order_no, customer_ref, now, Said(paid=paid))
    payment = diagnosis["order"]["states"]["payment"]
    return _answer(finding, payment["value"], payment["source"], True, diagnosis)


async def verify_for_stranger(request: web.Request, claim: Claim, customer_ref: str) -> dict[str, Any]:
    """Without proof a record speaks only when number and amount fit; any other guess counts as a wrong try.

    A wrong guess is answered as if there were no records at all. Raises VerifyLockedError after too many.
    """
    now = now_of(request)
    async with request.app[DATABASE].begin() as connection:
        record = await _confirmed(connection, request, claim, customer_ref)
        finding = check_claim(claim, [record] if record else [], now, tolerance_from(request.app[SETTINGS]))
        await store.save_claim(connection, customer_ref, claim, finding.verdict, now)
        known = bool(record and record.order_no and await owner_of(connection, record.order_no))
    payment, source = _payment(finding)
    # What is wrong with a known order is told after the proof.
    rule = None if known else diagnose(OrderFacts(order=Order.NOT_FOUND, payment=payment))
    return _answer(finding, payment, source, known, diagnosis_without_order(rule.diagnosis) if rule else None)


async def _confirmed(
    connection: AsyncConnection, request: web.Request, claim: Claim, customer_ref: str
) -> PaymentRecord | None:
    """The record that the guess hits. The try is counted before the records are looked at."""
    if not claim.numbers or claim.amount is None:
        return None
    tried_before = await store.claim_is_known(connection, customer_ref, claim)
    keys: dict[str, int] = {}
    limits = access.limits_from(request.app[SETTINGS])
    if not tried_before:  # the same guess again tells nothing new
        for number in claim.numbers:
            keys |= limits.keys(await access.order_no_of(connection, number), customer_ref)
        await access.count_try(connection, keys, request)
    record = confirmed_by(claim, await store.records_for(connection, claim), tolerance_from(request.app[SETTINGS]))
    if record and keys:
        await give_back_try(connection, keys)
    return record


def _payment(finding: Finding) -> tuple[Payment, Source]:
    """The payment axis as far as a stranger may know it."""
    if finding.verdict is Verdict.CONFLICT:
        return Payment.CONFLICT, Source.USER_CLAIM
    if finding.verdict is Verdict.MATCHED and finding.record:
        return Payment(finding.record.state), Source.GATEWAY
    claimed = finding.verdict is Verdict.CLAIMED
    return (Payment.CLAIMED_PAID if claimed else Payment.UNKNOWN), Source.USER_CLAIM


def tolerance_from(settings: Settings) -> Tolerance:
    return Tolerance(amount=settings.amount_tolerance, hub=settings.hub_amount_tolerance)


def _answer(
    finding: Finding, payment: str, source: str, order_known: bool, diagnosis: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "verdict": finding.verdict,
        "payment": payment,
        "source": source,
        "mismatches": list(finding.mismatches),
        "missing": list(finding.missing),
        "order_known": order_known,
        "diagnosis": diagnosis,
    }
