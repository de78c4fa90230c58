"""`POST /v1/evidence/{evidence_id}/check`: what a picture says, and what that is worth."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.backend.database import DATABASE
from bot.backend.evidence import store
from bot.backend.evidence.answers import ReadFields
from bot.backend.evidence.bodies import CheckBody
from bot.backend.evidence.judging import claim_of, judge
from bot.backend.evidence.model import Facts, Judgement, Verdict
from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.readings import READINGS
from bot.backend.http import body_of, json_answer, now_of
from bot.backend.ownership import access
from bot.backend.ownership.headers import PROOF_HEADER
from bot.backend.payments.api import answer_for_owner
from bot.backend.payments.model import Verdict as ClaimVerdict
from bot.errors import NotFoundError

routes = web.RouteTableDef()

# Seconds until a reading has to be there; the client waits a little longer.
PATIENCE = 12.0
_CLAIM_VERDICTS = {
    Verdict.MATCHED: ClaimVerdict.MATCHED,
    Verdict.CLAIMED: ClaimVerdict.CLAIMED,
    Verdict.CONFLICT: ClaimVerdict.CONFLICT,
    Verdict.DUPLICATE: ClaimVerdict.CONFLICT,
}


@routes.post("/v1/evidence/{evidence_id}/check")
async def check_evidence(request: web.Request) -> web.Response:
    """The verdict; a picture of another customer, or one that was deleted, looks like one that was never sent."""
    body = await body_of(request, CheckBody)
    async with request.app[DATABASE].begin() as connection:
        found = await store.evidence_of(connection, request.match_info["evidence_id"])
    if not found or found.purged_at or found.customer_ref != body.customer_ref:
        raise NotFoundError
    proven = body.order_no if PROOF_HEADER in request.headers else None
    if proven:
        await access.access_order(request, proven, body.customer_ref)
    reading = await request.app[READINGS].reading_of(found.sha256, PATIENCE)
    facts, judgement = await judge(request.app, found, reading, proven, now_of(request))
    checked = await _checked(request, body.customer_ref, facts, judgement)
    return json_answer(answer_from(found.evidence_id, reading, judgement, checked))


async def _checked(
    request: web.Request, customer_ref: str, facts: Facts, judgement: Judgement
) -> dict[str, Any] | None:
    """The answer of `/v1/payments/verify` for what was read; None without a proven order or with too few fields."""
    verdict = _CLAIM_VERDICTS.get(judgement.verdict) if judgement.verdict else None
    if not facts.order_no or not facts.reading or not verdict:
        return None
    mismatches = tuple(name for name in facts.conflicts if name != "status") if verdict is ClaimVerdict.CONFLICT else ()
    finding = replace(facts.finding, verdict=verdict, mismatches=mismatches, missing=())
    said = None if facts.shows_no_payment else True
    claim = claim_of(facts.reading, facts.order_no)
    return await answer_for_owner(request.app, claim, customer_ref, finding, now_of(request), said)


def answer_from(
    evidence_id: str, reading: Reading | None, judgement: Judgement, checked: dict[str, Any] | None
) -> dict[str, Any]:
    """The body of the answer, an `answers.EvidenceCheck`."""
    read = {**reading.to_json(), "method": reading.method} if reading else {}
    return {
        "evidence_id": evidence_id,
        "kind": reading.kind if reading else None,
        "verdict": judgement.verdict,
        "reading": {name: read.get(name) for name in ReadFields.__annotations__},
        "missing": list(judgement.missing),
        "page": judgement.page,
        "conflicts": list(judgement.conflicts),
        "duplicate": judgement.duplicate,
        "checked": checked,
    }
