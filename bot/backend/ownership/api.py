"""`POST /v1/verify`: an order or payment number and one factor become a proof."""

import asyncio
import secrets
import time
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import body_of, json_answer, now_of
from bot.backend.ownership import access, model, store
from bot.backend.ownership.bodies import VerifyBody
from bot.errors import HelpdeskError, OrderNotFoundError, VerifyLockedError
from bot.numbers import normalize_number

routes = web.RouteTableDef()


@routes.post("/v1/verify")
async def verify(request: web.Request) -> web.Response:
    """A missing order and a wrong factor have the same answer after the same time."""
    started = time.monotonic()
    body = await body_of(request, VerifyBody)
    error: HelpdeskError | None = None
    answer: dict[str, Any] = {}
    try:
        answer = await do_verify(request, body)
    except HelpdeskError as caught:
        error = caught
    await asyncio.sleep(model.padded_seconds(time.monotonic() - started, request.app[SETTINGS].verify_floor))
    if error:
        raise error
    return json_answer(answer)


async def do_verify(request: web.Request, body: VerifyBody) -> dict[str, Any]:
    """Count the try, compare, and take the try back when it was right: all in one transaction."""
    settings = request.app[SETTINGS]
    key = settings.derived_key("ownership")
    async with request.app[DATABASE].begin() as connection:
        order_no = await access.order_no_of(connection, normalize_number(body.reference))
        limits, now = access.limits_from(settings), now_of(request)
        keys = limits.keys(order_no, body.customer_ref) | limits.address_keys(body.address_key, now)
        # A signed identity is no guess: it is not counted, and no stranger's guesses lock it out.
        signed = body.factor.type is model.Factor.IDENTITY
        count = access.tries_left if signed else access.count_try
        left = await count(connection, keys, request)
        owner = await store.owner_of(connection, order_no)
        stored = owner.digests.get(body.factor.type) if owner else None
        fits = model.factor_fits(key, order_no, body.factor.type, body.factor.value, stored)
        if fits:
            token = secrets.token_urlsafe(32)
            proof = store.Proof(order_no, body.customer_ref)
            if not signed:
                await store.give_back_try(connection, keys)
            await store.save_proof(connection, token, proof, now, timedelta(seconds=settings.proof_ttl))
    if not fits and not left and signed:
        raise VerifyLockedError(retry_after=settings.verify_lockout)
    if not fits:  # raised only now, so that the count stays
        raise OrderNotFoundError(tries_left=left)
    return {"token": token, "expires_in": settings.proof_ttl, "order_no": order_no}
