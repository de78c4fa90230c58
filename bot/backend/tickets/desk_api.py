"""`/v1/desk`: what agents and programs see of cases and do to them. No customer's request ever leads here."""

from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backend.database import DATABASE, SETTINGS
from bot.backend.evidence.store import known_of
from bot.backend.http import Handler, body_of, check_query, json_answer, moment_in, now_of
from bot.backend.tickets.api import idempotency_key_of
from bot.backend.tickets.approvals import pending_approvals
from bot.backend.tickets.changing import Words, do_action
from bot.backend.tickets.desk import (
    Answer,
    call_from,
    case_in,
    check_future,
    decide,
    decide_refund,
    done_answer,
    once,
    operate,
    standing,
)
from bot.backend.tickets.desk_bodies import (
    ActBody,
    AssignBody,
    CorrectBody,
    DecisionBody,
    MergeBody,
    NoteBody,
    RefundBody,
    RepairBody,
    ReplyBody,
    WaitBody,
)
from bot.backend.tickets.desk_views import approval_view, case_view, query_from, row_view
from bot.backend.tickets.life import Action
from bot.backend.tickets.merging import merge
from bot.backend.tickets.model import ActorKind, Waiting
from bot.backend.tickets.report_cases import cases_between
from bot.backend.tickets.search import find
from bot.backend.tickets.statistics import report_since
from bot.backend.tickets.store import survivor_of, ticket_of
from bot.errors import InvalidError, NotFoundError

routes = web.RouteTableDef()

# What needs nothing but who does it, and may say something to the customer.
PLAIN = {
    "resume": Action.RESUME,
    "resolve": Action.RESOLVE,
    "close": Action.CLOSE,
    "reopen": Action.REOPEN,
}
AT_THE_SHOP = {"requery": Action.REQUERY, "repush": Action.REPUSH, "delivered": Action.DELIVERED}
MOST_DAYS = 366


@routes.get("/v1/desk/tickets")
async def list_cases(request: web.Request) -> web.Response:
    """Cases that fit, page by page."""
    query = query_from(request)
    async with request.app[DATABASE].begin() as connection:
        page = await find(connection, query)
    now = now_of(request)
    return json_answer({"tickets": [row_view(each, now) for each in page.tickets], "next_cursor": page.next_cursor})


@routes.get("/v1/desk/tickets/{ticket_no}")
async def show_case(request: web.Request) -> web.Response:
    """A case with everything; under the number of a merged ticket its survivor."""
    async with request.app[DATABASE].begin() as connection:
        ticket = await ticket_of(connection, request.match_info["ticket_no"])
        if ticket is None:
            raise NotFoundError
        survivor = await survivor_of(connection, ticket)
        return json_answer(await case_view(connection, survivor, now_of(request), request.app[SETTINGS].legal_amount))


@routes.post("/v1/desk/tickets/{ticket_no}/reply")
async def reply(request: web.Request) -> web.Response:
    """Write to the customer; what a program writes is no answer of a human."""
    body = await body_of(request, ReplyBody)
    human = body.actor.kind is ActorKind.AGENT
    return await _act(request, body, Action.REPLY if human else Action.SYSTEM_MESSAGE)


@routes.post("/v1/desk/tickets/{ticket_no}/note")
async def note(request: web.Request) -> web.Response:
    """Write to colleagues; no customer sees it."""
    return await _act(request, await body_of(request, NoteBody), Action.NOTE)


@routes.post("/v1/desk/tickets/{ticket_no}/wait")
async def wait(request: web.Request) -> web.Response:
    """Wait for the customer, who is told what for, or for upstream."""
    body = await body_of(request, WaitBody)
    customer = body.waiting_for is Waiting.CUSTOMER
    return await _act(request, body, Action.WAIT_CUSTOMER if customer else Action.WAIT_UPSTREAM)


@routes.post("/v1/desk/tickets/{ticket_no}/assign")
async def assign(request: web.Request) -> web.Response:
    """Give the case to an agent or back to the queue."""
    body = await body_of(request, AssignBody)
    action = Action.ASSIGN if body.assignee else Action.RELEASE
    return await _act(
        request, body, action, assignee=body.assignee, assignee_shown=body.assignee and body.assignee_shown
    )


@routes.post("/v1/desk/tickets/{ticket_no}/merge")
async def merge_into(request: web.Request) -> web.Response:
    """Make this a part of another case, which survives."""
    body = await body_of(request, MergeBody)
    ticket_no = request.match_info["ticket_no"]
    call = call_from(request, body, idempotency_key_of(request), "merge", ticket_no)

    async def work(connection: AsyncConnection) -> Answer:
        done = await merge(connection, ticket_no, body.into, call.move(Action.MERGE), body.reason)
        return 200, {"action": Action.MERGE.value, "state": "done", **standing(done)}

    return _answer(*await once(call, work))


@routes.post("/v1/desk/tickets/{ticket_no}/refund")
async def refund(request: web.Request) -> web.Response:
    """Write down what was decided about a refund."""
    body = await body_of(request, RefundBody)
    ticket_no = request.match_info["ticket_no"]
    call = call_from(request, body, idempotency_key_of(request), "refund", ticket_no)

    async def work(connection: AsyncConnection) -> Answer:
        return await decide_refund(connection, call, ticket_no, body)

    return _answer(*await once(call, work))


@routes.post("/v1/desk/tickets/{ticket_no}/correct_input")
async def correct_input(request: web.Request) -> web.Response:
    """Put right where the order is delivered to, as long as it is not sent."""
    body = await body_of(request, CorrectBody)
    ticket_no = request.match_info["ticket_no"]
    call = call_from(request, body, idempotency_key_of(request), Action.CORRECT_INPUT, ticket_no)

    async def work(connection: AsyncConnection) -> Answer:
        return await operate(connection, call, ticket_no, Action.CORRECT_INPUT, body.reason, body.target)

    return _answer(*await once(call, work))


@routes.get("/v1/desk/approvals")
async def list_approvals(request: web.Request) -> web.Response:
    """What waits for a second person, oldest first."""
    check_query(request)
    now = now_of(request)
    async with request.app[DATABASE].begin() as connection:
        found = await pending_approvals(connection, now)
    return json_answer({"approvals": [approval_view(each, now) for each in found]})


@routes.post("/v1/desk/approvals/{approval_no}")
async def decide_approval(request: web.Request) -> web.Response:
    """The word of the second person."""
    body = await body_of(request, DecisionBody)
    approval_no = request.match_info["approval_no"]
    call = call_from(request, body, idempotency_key_of(request), "approval", approval_no)

    async def work(connection: AsyncConnection) -> Answer:
        return await decide(connection, call, approval_no, body)

    return _answer(*await once(call, work))


@routes.get("/v1/desk/report")
async def show_report(request: web.Request) -> web.Response:
    """Numbers about the cases of the last days."""
    check_query(request, "days")
    text, now = request.query.get("days", "30"), now_of(request)
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MOST_DAYS:
        raise InvalidError(fields=["days"])
    async with request.app[DATABASE].begin() as connection:
        return json_answer(await report_since(connection, now - timedelta(days=int(text)), now))


@routes.get("/v1/desk/report/cases")
async def list_report_cases(request: web.Request) -> web.Response:
    """A short row for each case that was opened in [since, until), page by page."""
    check_query(request, "since", "until", "cursor")
    since, until = moment_in(request, "since"), moment_in(request, "until")
    text = request.query.get("cursor", "0")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise InvalidError(fields=["cursor"])
    async with request.app[DATABASE].begin() as connection:
        cases, more = await cases_between(connection, since, until, int(text), now_of(request))
    return json_answer({"cases": cases, "next_cursor": None if more is None else str(more)})


async def _act(request: web.Request, body: ActBody, action: Action, **facts: object) -> web.Response:
    """Do one thing to one case, with what is written along."""
    ticket_no = request.match_info["ticket_no"]
    call = call_from(request, body, idempotency_key_of(request), action, ticket_no)

    async def work(connection: AsyncConnection) -> Answer:
        row = await case_in(connection, ticket_no)
        check_future(call.now, **body.promise)
        pictures = await known_of(connection, body.evidence)
        if body.evidence and not body.text and not pictures:
            raise NotFoundError("No such evidence.")
        promise_at = next(iter(body.promise.values()), None)
        said = bool(body.text or pictures)
        move = call.move(action, promise_at=promise_at, text=said, facts=facts)
        words = Words(text=body.text, evidence=pictures)
        return done_answer(await do_action(connection, row, move, words, body.reason), action)

    return _answer(*await once(call, work))


def _plain(action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return await _act(request, await body_of(request, ActBody), action)

    return handle


def _at_the_shop(action: Action) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        body = await body_of(request, RepairBody)
        ticket_no = request.match_info["ticket_no"]
        call = call_from(request, body, idempotency_key_of(request), action, ticket_no)

        async def work(connection: AsyncConnection) -> Answer:
            return await operate(connection, call, ticket_no, action, body.reason)

        return _answer(*await once(call, work))

    return handle


def _answer(status: int, answer: dict[str, Any]) -> web.Response:
    return json_answer(answer, status)


for _name, _action in PLAIN.items():
    routes.post(f"/v1/desk/tickets/{{ticket_no}}/{_name}")(_plain(_action))
for _name, _action in AT_THE_SHOP.items():
    routes.post(f"/v1/desk/tickets/{{ticket_no}}/{_name}")(_at_the_shop(_action))
