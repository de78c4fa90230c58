"""`/v1/tickets`: reports become tickets, messages are added, agents change them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.store import known_of
from bot.backend.http import body_of, json_answer, now_of
from bot.backend.orders.store import orders
from bot.backend.ownership.access import access_order, proof_in
from bot.backend.ownership.headers import PROOF_HEADER
from bot.backend.payments.store import newest_claim_of
from bot.backend.tickets import store
from bot.backend.tickets.answers import answer_of, save_answer
from bot.backend.tickets.bodies import ChangeBody, MessageBody, TicketBody
from bot.backend.tickets.model import Author, Ticket, digest_of, may_see, takes_message_from, view_of
from bot.errors import BadRequestError, InvalidError, NotFoundError, OrderNotFoundError, TicketExistsError
from bot.numbers import normalize_number

routes = web.RouteTableDef()

CREATED, EXISTS = 201, 409


@routes.post("/v1/tickets")
async def open_ticket(request: web.Request) -> web.Response:
    """201 with the new ticket, or 409 naming the live one that took the report."""
    key = idempotency_key_of(request)
    body = await body_of(request, TicketBody)
    now = now_of(request)
    claimed_no = normalize_number(body.order_no)[:100] or None if body.order_no else None
    proven_no = None
    if claimed_no and PROOF_HEADER in request.headers:
        await access_order(request, claimed_no, body.customer_ref)
        proven_no = claimed_no
    async with request.app[DATABASE].begin() as connection:
        caller = digest_of(["ticket", body.customer_ref, key])
        known = await answer_of(connection, caller, digest_of(body.model_dump(mode="json")), now)
        if known is None:
            amount = await _amount(connection, proven_no, claimed_no, body.customer_ref)
            promised = timedelta(hours=request.app[SETTINGS].reply_promise_hours)
            pictures = await known_of(connection, body.evidence)
            report = body.report(proven_no, claimed_no, amount, pictures, now, now + promised)
            known = _answer(*await store.open_or_join(connection, report))
            await save_answer(connection, caller, *known)
    status, answer = known
    if status == EXISTS:
        raise TicketExistsError(**answer)
    return json_answer(answer, status)


@routes.get("/v1/tickets")
async def list_tickets(request: web.Request) -> web.Response:
    """The tickets of a proven order, or of a customer, newest first."""
    order_no, customer_ref = request.query.get("order_no"), request.query.get("customer_ref")
    proof = await proof_in(request)
    async with request.app[DATABASE].begin() as connection:
        if order_no:
            if not proof or proof.order_no != normalize_number(order_no):
                raise OrderNotFoundError
            found = await store.tickets_of_order(connection, proof.order_no, proof.customer_ref)
        elif customer_ref:
            found = await store.tickets_of_customer(connection, customer_ref)
        else:
            raise InvalidError(fields=["order_no", "customer_ref"])
    return json_answer({"tickets": [_view(request, ticket) for ticket in found]})


@routes.get("/v1/tickets/{ticket_no}")
async def show_ticket(request: web.Request) -> web.Response:
    """A ticket for its customer or for the owner of its order; to others it does not exist."""
    proof = await proof_in(request)
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, request.match_info["ticket_no"])
    seen_by = (proof.order_no, proof.customer_ref) if proof else None
    if not ticket or not may_see(ticket, seen_by, request.query.get("customer_ref")):
        raise NotFoundError
    return json_answer(_view(request, ticket))


@routes.post("/v1/tickets/{ticket_no}/messages")
async def add_message(request: web.Request) -> web.Response:
    """Add words or pictures to a ticket."""
    key = idempotency_key_of(request)
    body = await body_of(request, MessageBody)
    ticket_no, now = request.match_info["ticket_no"], now_of(request)
    proof = await proof_in(request)
    seen_by = (proof.order_no, proof.customer_ref) if proof else None
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, ticket_no)
        visible = ticket and (body.author is not Author.CUSTOMER or may_see(ticket, seen_by, body.customer_ref))
        if not ticket or not visible:
            raise NotFoundError
        caller = digest_of(["message", ticket_no, body.customer_ref, key])
        known = await answer_of(connection, caller, digest_of(body.model_dump(mode="json")), now)
        if known is None:
            if not takes_message_from(body.author, ticket.status):
                raise NotFoundError("This ticket is closed.")
            pictures = await known_of(connection, body.evidence)
            if not body.text and not pictures:
                raise NotFoundError("No such evidence.")
            message_id = await store.add_message(
                connection, ticket, body.author, body.customer_ref, body.text, pictures, now
            )
            answer = {
                "message_id": message_id,
                "ticket_no": ticket_no,
                "author": body.author.value,
                "created_at": _iso(now),
            }
            known = CREATED, answer
            await save_answer(connection, caller, *known)
    return json_answer(known[1], known[0])


@routes.patch("/v1/tickets/{ticket_no}")
async def change_ticket(request: web.Request) -> web.Response:
    """What only an agent knows or decides."""
    body = await body_of(request, ChangeBody)
    changes = body.model_dump(mode="json", exclude_unset=True)
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, request.match_info["ticket_no"])
        if not ticket:
            raise NotFoundError
        other = await store.change(connection, ticket, changes, now_of(request))
        if other:
            raise TicketExistsError(ticket_no=other)
        ticket = await store.ticket_of(connection, ticket.ticket_no)
        assert ticket
    return json_answer(_view(request, ticket))


def idempotency_key_of(request: web.Request) -> str:
    """The key that makes a repetition harmless; raises BadRequestError without a usable one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= 200:
        raise BadRequestError("The header Idempotency-Key is missing or too long.")
    return key


async def _amount(
    connection: AsyncConnection, proven_no: str | None, claimed_no: str | None, customer_ref: str
) -> Decimal | None:
    """The price of a proven order, else what the same customer claimed to have paid under this number."""
    if proven_no:
        found = select(orders.c.amount).where(orders.c.order_no == proven_no)
        return (await connection.execute(found)).scalar_one_or_none()
    claim = await newest_claim_of(connection, customer_ref, [claimed_no]) if claimed_no else None
    return claim.amount if claim else None


def _answer(ticket: Ticket, joined: bool) -> tuple[int, dict[str, Any]]:
    """Status and body as they are kept for repetitions."""
    times = {"created_at": _iso(ticket.created_at), "reply_by": _iso(ticket.reply_by)}
    if joined:
        return EXISTS, {"ticket_no": ticket.ticket_no, **times}
    return CREATED, {"ticket_no": ticket.ticket_no, "status": ticket.status.value, **times, "joined": False}


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _view(request: web.Request, ticket: Ticket) -> Mapping[str, Any]:
    return view_of(ticket, now_of(request), request.app[SETTINGS].legal_amount)
