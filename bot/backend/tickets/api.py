"""`/v1/tickets`: reports become tickets, messages are added, agents change them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.changes.applying import remember_phase
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.store import known_of
from bot.backend.http import body_of, json_answer, now_of
from bot.backend.orders.store import order_of, orders
from bot.backend.ownership.access import access_order, proof_in
from bot.backend.ownership.headers import PROOF_HEADER
from bot.backend.ownership.store import Proof
from bot.backend.payments.store import newest_claim_of
from bot.backend.tickets import store
from bot.backend.tickets.answers import answer_of, save_answer
from bot.backend.tickets.bodies import ChangeBody, MessageBody, RatingBody, TicketBody
from bot.backend.tickets.changing import Done, Words, do_action, tell, write_row
from bot.backend.tickets.life import Action, Refusal, stage_of, steps_to
from bot.backend.tickets.looking import Looker, case_for, cases_for, progress_view
from bot.backend.tickets.model import Actor, ActorKind, Author, Ticket, digest_of
from bot.backend.tickets.moves import Move
from bot.backend.tickets.progress import view_of
from bot.backend.tickets.ratings import Rating, rate
from bot.backend.tickets.reports import open_or_join
from bot.backend.timers import store as timers
from bot.backend.timers.model import TimerKind, next_requery
from bot.errors import (
    ActionRefusedError,
    BadRequestError,
    InvalidError,
    NotFoundError,
    OrderNotFoundError,
    TicketExistsError,
)
from bot.numbers import normalize_number
from bot.settings import Settings

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
            settings = request.app[SETTINGS]
            pictures = await known_of(connection, body.evidence)
            report = body.report(proven_no, claimed_no, amount, pictures, now, promise_in(settings))
            ticket, joined = await open_or_join(connection, report)
            await _requery_later(connection, ticket, now, settings)
            known = _answer(ticket, joined)
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
    looker = _looker(proof, customer_ref)
    async with request.app[DATABASE].begin() as connection:
        if order_no:
            if not proof or proof.order_no != normalize_number(order_no):
                raise OrderNotFoundError
            found = await store.tickets_of_order(connection, proof.order_no, proof.customer_ref)
        elif customer_ref:
            found = await store.tickets_of_customer(connection, customer_ref)
        else:
            raise InvalidError(fields=["order_no", "customer_ref"])
        cases = await cases_for(connection, found, looker)
    return json_answer({"tickets": [_view(request, case) for case in cases]})


@routes.get("/v1/tickets/{ticket_no}")
async def show_ticket(request: web.Request) -> web.Response:
    """A case for its customer or for the owner of its order; to others it does not exist."""
    looker = _looker(await proof_in(request), request.query.get("customer_ref"))
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, request.match_info["ticket_no"])
        if not ticket or not looker.may_see(ticket):
            raise NotFoundError
        case = await case_for(connection, ticket, looker)
        legal_amount = request.app[SETTINGS].legal_amount
        return json_answer(await progress_view(connection, case, looker, now_of(request), legal_amount))


@routes.post("/v1/tickets/{ticket_no}/messages")
async def add_message(request: web.Request) -> web.Response:
    """Add words or pictures to a case; under the number of a merged one they go to its survivor."""
    key = idempotency_key_of(request)
    body = await body_of(request, MessageBody)
    ticket_no, now = request.match_info["ticket_no"], now_of(request)
    looker = _looker(await proof_in(request), body.customer_ref)
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, ticket_no)
        if not ticket or (body.author is Author.CUSTOMER and not looker.may_see(ticket)):
            raise NotFoundError
        caller = digest_of(["message", ticket_no, body.customer_ref, key])
        known = await answer_of(connection, caller, digest_of(body.model_dump(mode="json")), now)
        if known is None:
            pictures = await known_of(connection, body.evidence)
            if not body.text and not pictures:
                raise NotFoundError("No such evidence.")
            move = Move(
                action=body.action, actor=body.whom(looker.customer_refs), now=now,
                promise=promise_in(request.app[SETTINGS]), text=bool(body.text),
            )  # fmt: skip
            done = await _write(connection, ticket, move, Words(text=body.text, evidence=pictures))
            answer = {
                "message_id": done.message_id,
                "ticket_no": done.ticket.ticket_no,
                "author": body.author.value,
                "created_at": _iso(now),
            }
            known = CREATED, answer
            await save_answer(connection, caller, *known)
    return json_answer(known[1], known[0])


async def _write(connection: AsyncConnection, ticket: Ticket, move: Move, words: Words) -> Done:
    """The message to the survivor; where a resolved case cannot live again beside another, it only gets the words."""
    row = await store.lock_case(connection, ticket.ticket_no)
    if row is None:
        raise NotFoundError
    try:
        return await do_action(connection, row, move, words)
    except ActionRefusedError as error:
        if error.details["reason"] == Refusal.CLOSED:
            raise NotFoundError("This ticket is closed.") from error
        raise
    except TicketExistsError:
        before = store.ticket_from(row)
        await write_row(connection, row, before, before, move)
        return await tell(connection, row, before, before, move, words)


@routes.post("/v1/tickets/{ticket_no}/rating")
async def rate_ticket(request: web.Request) -> web.Response:
    """201 with the rating, or 200 with the first one of the case."""
    body = await body_of(request, RatingBody)
    looker = _looker(await proof_in(request), body.customer_ref)
    now = now_of(request)
    async with request.app[DATABASE].begin() as connection:
        ticket = await store.ticket_of(connection, request.match_info["ticket_no"])
        if not ticket or not looker.may_see(ticket):
            raise NotFoundError
        case = await case_for(connection, ticket, looker)
        row = await store.locked(connection, case.ticket_no)
        assert row
        customer_ref = body.customer_ref or min(looker.customer_refs)
        rating, first = await rate(connection, row.id, Rating(body.score, body.comment, customer_ref, now))
        if first and row.merged_into is None:
            actor = Actor(ActorKind.CUSTOMER, customer_ref)
            move = Move(action=Action.RATE, actor=actor, now=now, promise=promise_in(request.app[SETTINGS]))
            await do_action(connection, row, move, reason=str(rating.score))
    # Another owner of the same order is not shown what the first one wrote.
    comment = rating.comment if rating.customer_ref in looker.customer_refs else ""
    answer = {"ticket_no": ticket.ticket_no, "score": rating.score, "comment": comment, "created_at": rating.created_at}
    return json_answer(answer, 201 if first else 200)


@routes.patch("/v1/tickets/{ticket_no}")
async def change_ticket(request: web.Request) -> web.Response:
    """What only an agent knows or decides, in one step; the desk's own way is `/v1/desk/tickets`."""
    body = await body_of(request, ChangeBody)
    promise, now = promise_in(request.app[SETTINGS]), now_of(request)
    actor = body.actor.actor() if body.actor else Actor(ActorKind.SYSTEM, "api")
    async with request.app[DATABASE].begin() as connection:
        row = await store.locked(connection, request.match_info["ticket_no"])
        if not row:
            raise NotFoundError
        facts = body.model_dump(exclude_unset=True, include={"funds_at_platform", "stalling"})
        steps = [(Action.CHANGE, facts)] if facts else []
        if body.status:
            steps += [(action, {}) for action in steps_to(stage_of(store.ticket_from(row)), body.status)]
        for action, values in steps:
            move = Move(action=action, actor=actor, now=now, promise=promise, facts=values)
            await do_action(connection, row, move)
            row = await store.locked(connection, row.ticket_no) or row
    return json_answer(_view(request, store.ticket_from(row)))


def promise_in(settings: Settings) -> timedelta:
    """Within what time an answer is promised."""
    return timedelta(hours=settings.reply_promise_hours)


def _looker(proof: Proof | None, customer_ref: str | None) -> Looker:
    return Looker((proof.order_no, proof.customer_ref) if proof else None, customer_ref)


async def _requery_later(connection: AsyncConnection, ticket: Ticket, now: datetime, settings: Settings) -> None:
    """Let the order be looked at by itself, now and some times after each report."""
    record = await order_of(connection, ticket.order_no) if ticket.order_no else None
    if record:  # what changes from this moment on is news
        await remember_phase(connection, record, now)
    if ticket.order_no:
        await timers.schedule_by(connection, TimerKind.ORDER, ticket.order_no, now)
    due_at = next_requery(now, now, settings.requery_minutes)
    if ticket.order_no and due_at:
        await timers.schedule(connection, TimerKind.REQUERY, ticket.ticket_no, due_at)


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


def _view(request: web.Request, ticket: Ticket) -> dict[str, Any]:
    return view_of(ticket, now_of(request), request.app[SETTINGS].legal_amount)
