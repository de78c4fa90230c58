"""The only ways to an order: a proof in the header, and the count of wrong tries that guards every guess."""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import now_of
from bot.backend.ownership import store
from bot.backend.ownership.headers import PROOF_HEADER
from bot.backend.ownership.model import Limits
from bot.backend.ownership.store import Proof
from bot.backend.payments.store import order_no_of_payment
from bot.errors import OrderNotFoundError, VerifyLockedError
from bot.settings import Settings


def limits_from(settings: Settings) -> Limits:
    lockout = timedelta(seconds=settings.verify_lockout)
    return Limits(settings.verify_tries, settings.verify_tries_of_address, lockout)


async def proof_in(request: web.Request) -> Proof | None:
    """The valid proof that came with this request."""
    token = request.headers.get(PROOF_HEADER, "")
    if not token:
        return None
    async with request.app[DATABASE].begin() as connection:
        return await store.proof_of(connection, token, now_of(request))


async def proven_order_no(request: web.Request) -> str | None:
    """The number of the order that this request may see; None without a valid proof."""
    proof = await proof_in(request)
    return proof.order_no if proof else None


async def access_order(request: web.Request, order_no: str, customer_ref: str | None = None) -> Proof:
    """The proof of this order that came with the request.

    Raises OrderNotFoundError without one; a missing order looks the same.
    `customer_ref`: who the request says it is for, where it says so; another customer's proof is none.
    """
    proof = await proof_in(request)
    if proof is None or proof.order_no != order_no or customer_ref not in (None, proof.customer_ref):
        raise OrderNotFoundError
    return proof


async def order_no_of(connection: AsyncConnection, number: str) -> str:
    """The order that a payment number leads to; any other number is taken for an order's own."""
    return await order_no_of_payment(connection, number) or number


async def count_try(connection: AsyncConnection, keys: Mapping[str, int], request: web.Request) -> int:
    """Count a try; the tries left, 0 when this one locked. Raises VerifyLockedError when locked before.

    Call it BEFORE comparing a guess, in the same transaction, and give the try back when the guess was right: then
    guesses sent at the same time cannot pass the limit together. An error rolls the count back.
    """
    left = await store.take_try(connection, keys, limits_from(request.app[SETTINGS]), now_of(request))
    if left is None:
        await _check_not_locked(connection, keys, request)
        raise VerifyLockedError(retry_after=1)  # the lock ended between the two statements
    return left


async def tries_left(connection: AsyncConnection, keys: Mapping[str, int], request: web.Request) -> int:
    """How many wrong tries are left; 0 while one of the keys is locked. Nothing is counted."""
    return await store.tries_left(connection, keys, limits_from(request.app[SETTINGS]), now_of(request))


async def _check_not_locked(connection: AsyncConnection, keys: Mapping[str, int], request: web.Request) -> None:
    limits = limits_from(request.app[SETTINGS])
    seconds = await store.locked_for(connection, keys, limits, now_of(request))
    if seconds:
        raise VerifyLockedError(retry_after=seconds)
