"""`/desk/api`: the facts of a conversation, and what agents do to cases, in their own name."""

import json
import re
from typing import Any

from aiohttp import web

from bot.errors import BadRequestError, HelpdeskError, InvalidError, NotFoundError
from bot.gateway.accounts.http import ACCOUNTS, account_of, audit, audit_orders, signed_in
from bot.gateway.accounts.model import Account, Role
from bot.gateway.conversations.api import ID
from bot.gateway.desk_facts.gathering import facts_of
from bot.gateway.desk_facts.store import subject_of
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, ENGINE
from bot.gateway.news.api import storable
from bot.redact import redact

routes = web.RouteTableDef()

ACTIONS = (
    "reply", "note", "wait", "resume", "assign", "requery", "repush", "delivered", "refund", "resolve", "close",
    "reopen", "merge",
)  # fmt: skip
KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,200}")
# Of a body only what names no customer's words goes to the log.
_LOGGED = ("decision", "amount", "assignee", "waiting_for", "into", "promised_at", "until", "expected_at")


@routes.get(f"/desk/api/conversations/{ID}/facts")
async def show_facts(request: web.Request) -> web.Response:
    """What the backend knows about this conversation; 503 while it is away."""
    subject = await subject_of(request.app[ENGINE], request.match_info["conversation_id"])
    facts = await facts_of(request.app, subject)
    numbers = [order["order_no"] for order in facts["orders"]]
    await audit_orders(request, "facts.read", subject.conversation_id, numbers)
    return json_answer(facts)


@routes.post("/desk/api/tickets/{ticket_no}/{action:" + "|".join(ACTIONS) + "}")
async def act(request: web.Request) -> web.Response:
    """Do something to a case; 202 when a second person has to approve it."""
    ticket_no, action, account = (
        request.match_info["ticket_no"],
        request.match_info["action"],
        await account_of(request),
    )
    body = await _body(request)
    key = _key(request)
    if action == "assign":
        body["assignee_shown"] = await _shown_assignee(request, body.get("assignee"))
    if body.get("evidence"):
        await _check_pictures(request, ticket_no, body["evidence"])
    await _note(request, f"ticket.{action}", body, ticket_no=ticket_no)
    try:
        done = await request.app[BACKEND].act_on_ticket(ticket_no, action, _as(account, body), key)
    except HelpdeskError as error:
        await audit(request, f"ticket.{action}.refused", details={"code": error.code}, ticket_no=ticket_no)
        raise
    return json_answer(done, 202 if done.get("state") == "approval_needed" else 200)


@routes.get("/desk/api/approvals")
async def list_approvals(request: web.Request) -> web.Response:
    """What waits for a second person, the oldest first."""
    await audit(request, "approvals.read")
    return json_answer({"approvals": await request.app[BACKEND].approvals()})


@routes.post("/desk/api/approvals/{approval_no}")
@signed_in(Role.SUPERVISOR)
async def decide(request: web.Request) -> web.Response:
    """The word of the second person, who must be another one than the first."""
    account, approval_no = await account_of(request), request.match_info["approval_no"]
    body = await _body(request)
    key = _key(request)
    await _note(request, "approval.decide", {**body, "approval_no": approval_no})
    try:
        done = await request.app[BACKEND].decide_approval(approval_no, _as(account, body), key)
    except HelpdeskError as error:
        details = {"code": error.code, "approval_no": approval_no}
        await audit(request, "approval.decide.refused", details=details)
        raise
    return json_answer(done)


def _as(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """The body in the name of who is signed in. Usernames are unique, so nobody is their own second person."""
    return {**body, "actor": {"kind": "agent", "name": account.username, "shown": account.name}}


def _key(request: web.Request) -> str:
    """The key under which the same call is done once; InvalidError without one."""
    key = request.headers.get(KEY_HEADER, "")
    if not _KEY.fullmatch(key):
        raise InvalidError(fields=[KEY_HEADER])
    return key


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object without secrets in its words; who does it cannot be said in it."""
    try:
        body = storable(json.loads(await request.read() or b"{}"))
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise InvalidError(fields=["body"])
    if "actor" in body:
        raise InvalidError(fields=["actor"])
    return body | {name: redact(body[name]).text for name in ("text", "reason") if isinstance(body.get(name), str)}


async def _shown_assignee(request: web.Request, username: Any) -> str | None:
    """How customers know the assignee. A case is given to somebody who has an account, or back to the queue (None)."""
    if username is None:
        return None
    found = await request.app[ACCOUNTS].find(username) if isinstance(username, str) else None
    if found is None or found[0].disabled:
        raise InvalidError("There is nobody of this name.", fields=["assignee"])
    return found[0].name


async def _check_pictures(request: web.Request, ticket_no: str, evidence: Any) -> None:
    """Only pictures of the conversation that the case was reported in may go along with words to its customer."""
    case = await request.app[BACKEND].desk_ticket(ticket_no)
    try:
        allowed = (await subject_of(request.app[ENGINE], case["conversation_id"] or "")).pictures
    except NotFoundError:
        allowed = {}
    if not isinstance(evidence, list) or not all(isinstance(each, str) and each in allowed for each in evidence):
        raise InvalidError(fields=["evidence"])


async def _note(request: web.Request, action: str, body: dict[str, Any], *, ticket_no: str | None = None) -> None:
    """Write down what is about to be done, before it is: nothing happens that is not in the log."""
    shown = {name: str(body[name])[:100] for name in (*_LOGGED, "approval_no") if body.get(name) is not None}
    await audit(request, action, details=shown, ticket_no=ticket_no)
