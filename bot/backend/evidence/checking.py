"""`POST /v1/evidence/{evidence_id}/check`: what a picture says, and what that is worth."""

from aiohttp import web

from bot.backend.database import DATABASE
from bot.backend.evidence import store
from bot.backend.evidence.bodies import CheckBody
from bot.backend.http import body_of
from bot.backend.ownership import access
from bot.backend.ownership.headers import PROOF_HEADER
from bot.errors import EvidenceReaderDownError, NotFoundError

routes = web.RouteTableDef()


@routes.post("/v1/evidence/{evidence_id}/check")
async def check_evidence(request: web.Request) -> web.Response:
    """The verdict; a picture of another customer looks like one that was never sent."""
    body = await body_of(request, CheckBody)
    async with request.app[DATABASE].begin() as connection:
        found = await store.evidence_of(connection, request.match_info["evidence_id"])
    if not found or found.customer_ref != body.customer_ref:
        raise NotFoundError
    if body.order_no and PROOF_HEADER in request.headers:
        await access.access_order(request, body.order_no, body.customer_ref)
    raise EvidenceReaderDownError
