"""`/desk/api/conversations`: lists, one conversation, search, and who owns what."""

from typing import Any

from aiohttp import web

from bot.errors import InvalidError
from bot.gateway.accounts.http import ACCOUNTS, account_of, audit
from bot.gateway.accounts.model import Account, Role
from bot.gateway.conversations.model import Conversation, clean_text
from bot.gateway.conversations.store import Decide, Settle, Written
from bot.gateway.desk.bodies import Claim, HandBack, PresenceChange, PriorityChange, Resolve, Tags, Transfer
from bot.gateway.desk.keys import DESK, DESK_HUB, KEEPER, PRESENCES, SEARCH
from bot.gateway.desk.model import (
    Person,
    claim_outcome,
    hand_back_outcome,
    masked,
    priority_outcome,
    reopen_outcome,
    resolve_outcome,
    tags_outcome,
    transfer_outcome,
)
from bot.gateway.desk.rows import message_of, moment, row_of
from bot.gateway.desk.store import SORTS, VIEWS, Wanted, set_tags
from bot.gateway.desk.summing_up import keep_summary
from bot.gateway.http import body_of, json_answer, number_in
from bot.gateway.keys import STORE, SWITCHBOARD
from bot.redact import redact

routes = web.RouteTableDef()

BASE = "/desk/api/conversations"
ONE = f"{BASE}/{{conversation_id:[0-9a-f]{{32}}}}"
MOST_ROWS = 100
LAST_MESSAGES = 50
LONGEST_QUERY = 200


def person_of(account: Account) -> Person:
    """An account as the rules of ownership see it."""
    return Person(account.username, account.name, account.team, account.role.covers(Role.SUPERVISOR))


def id_of(request: web.Request) -> str:
    return request.match_info["conversation_id"]


@routes.get(BASE)
async def list_conversations(request: web.Request) -> web.Response:
    """One page of a list, and how long the lists are."""
    account = await account_of(request)
    query = request.query
    view = _choice(request, "view", VIEWS, "queue")
    by_urgency = view in ("queue", "mine", "booked")
    sort = _choice(request, "sort", SORTS, "urgency" if by_urgency else "newest")
    filters = {name: query.get(name) or None for name in ("team", "channel", "tag")}
    wanted = Wanted(view=view, username=account.username, sort=sort, **filters)
    limit = max(1, number_in(request, "limit", 50, MOST_ROWS))
    found, cursor = await request.app[DESK].page(wanted, limit, query.get("cursor") or None)
    counts = await request.app[DESK].counts(account.username)
    return json_answer({"conversations": [row_of(each) for each in found], "next_cursor": cursor, "counts": counts})


def _choice(request: web.Request, name: str, known: tuple[str, ...], default: str) -> str:
    value = request.query.get(name) or default
    if value not in known:
        raise InvalidError(fields=[name])
    return value


@routes.get(ONE)
async def open_conversation(request: web.Request) -> web.Response:
    """Everything about one conversation; the look is written down."""
    account, conversation_id = await account_of(request), id_of(request)
    desk = request.app[DESK]
    facts = await desk.facts(conversation_id)
    conversation = await request.app[STORE].conversation(conversation_id)
    await audit(request, "conversation.opened", conversation_id, conversation.order_no)
    found = await desk.messages(conversation_id, LAST_MESSAGES + 1)
    mark = await desk.mark_of(conversation_id, account.username)
    shown = found[-LAST_MESSAGES:]
    return json_answer(
        {
            "conversation": row_of(conversation),
            "handover": dict(conversation.handover) if conversation.handover else None,
            "messages": [message_of(each, conversation.read_seq) for each in shown],
            "more_before": len(found) > LAST_MESSAGES,
            "customer": _customer(facts, conversation),
            "draft": mark.draft,
            "read_position": mark.read_position,
            "watchers": request.app[DESK_HUB].watchers(conversation_id),
        }
    )


def _customer(facts: dict[str, Any], conversation: Conversation) -> dict[str, Any]:
    row = facts["row"]
    return {
        "channel": row_of(conversation)["channel"],
        "name": masked(row.customer_name),
        "signed": conversation.identity is not None,
        "page_url": row.page_url,
        "language": conversation.language,
        "score": row.score,
        "created_at": moment(conversation.created_at),
        "earlier": [row_of(each) for each in facts["earlier"]],
    }


@routes.get("/desk/api/search")
async def search(request: web.Request) -> web.Response:
    """By order, payment or ticket number, the end of a phone, or words."""
    await account_of(request)
    query = clean_text(request.query.get("q", ""))[:LONGEST_QUERY]
    if not query:
        raise InvalidError(fields=["q"])
    found, cursor = await request.app[SEARCH].find(query, request.query.get("cursor") or None)
    await audit(request, "search", details={"found": len(found)})
    rows = [{**row_of(each.conversation), "match": {"field": each.field, "snippet": each.snippet}} for each in found]
    return json_answer({"conversations": rows, "next_cursor": cursor})


@routes.post(f"{ONE}/claim")
async def claim(request: web.Request) -> web.Response:
    """From the queue, or from the bot without being asked. 409 `claimed`: somebody was faster."""
    account, body = await account_of(request), await _optional_body(request, Claim)
    person, now = person_of(account), request.app[SWITCHBOARD].now()
    return await _change(request, "claim", lambda it: claim_outcome(it, person, now, force=body.force))


@routes.post(f"{ONE}/transfer")
async def transfer(request: web.Request) -> web.Response:
    """To a colleague, or to the queue of a team."""
    account, body = await account_of(request), await body_of(request, Transfer)
    by, note = person_of(account), redact(body.note).text
    to: Person | str = body.team or ""
    if body.to is not None:
        to = await _colleague(request, body.to)
    switchboard = request.app[SWITCHBOARD]
    return await _change(
        request,
        "transfer",
        lambda it: transfer_outcome(it, by, to, note, switchboard.texts.render, switchboard.now()),
        to=body.to or body.team,
    )


async def _colleague(request: web.Request, username: str) -> Person:
    found = await request.app[ACCOUNTS].find(username)
    if found is None or found[0].disabled:
        raise InvalidError(fields=["to"])
    return person_of(found[0])


@routes.post(f"{ONE}/hand_back")
async def hand_back(request: web.Request) -> web.Response:
    """The bot goes on, and knows what it knew."""
    account, body = await account_of(request), await _optional_body(request, HandBack)
    by, note = person_of(account), redact(body.note).text
    return await _change(request, "hand_back", lambda it: hand_back_outcome(it, by, note))


@routes.post(f"{ONE}/resolve")
async def resolve(request: web.Request) -> web.Response:
    """Settled; the summary is kept with it."""
    account, body = await account_of(request), await _optional_body(request, Resolve)
    by, render = person_of(account), request.app[SWITCHBOARD].texts.render
    summary = body.summary
    cause = summary.cause if summary else None
    settle: Settle | None = None
    if summary is not None:
        settle = keep_summary(
            id_of(request), by.username, summary.cause, redact(summary.text).text, request.app[SWITCHBOARD].now()
        )
    return await _change(
        request,
        "resolve",
        lambda it: resolve_outcome(it, by, render, silent=body.silent, cause=cause),
        settle=settle,
    )


@routes.post(f"{ONE}/reopen")
async def reopen(request: web.Request) -> web.Response:
    """Go on with what was settled; it is the caller's then."""
    account = await account_of(request)
    by, now = person_of(account), request.app[SWITCHBOARD].now()
    return await _change(request, "reopen", lambda it: reopen_outcome(it, by, now))


@routes.post(f"{ONE}/tags")
async def change_tags(request: web.Request) -> web.Response:
    """All tags, in place of those before."""
    account, body = await account_of(request), await body_of(request, Tags)
    by, conversation_id = person_of(account), id_of(request)

    async def settle(connection: Any) -> bool:
        return await set_tags(connection, conversation_id, body.tags)

    return await _change(request, "tags", lambda it: tags_outcome(it, by, body.tags), settle=settle)


@routes.post(f"{ONE}/priority")
async def change_priority(request: web.Request) -> web.Response:
    """Before or behind others."""
    account, body = await account_of(request), await body_of(request, PriorityChange)
    by = person_of(account)
    return await _change(request, "priority", lambda it: priority_outcome(it, by, body.priority), to=body.priority)


async def _change(
    request: web.Request, action: str, decide: Decide, settle: Settle | None = None, to: str | None = None
) -> web.Response:
    """Write it under the conversation's lock, note it in the log, and answer the row; also when nothing changed."""
    conversation_id = id_of(request)
    written: Written | None = await request.app[SWITCHBOARD].write(conversation_id, decide, settle=settle)
    conversation = written.conversation if written else await request.app[STORE].conversation(conversation_id)
    await audit(
        request,
        f"conversation.{action}",
        conversation_id,
        conversation.order_no,
        details={"changed": written is not None, **({"to": to} if to else {})},
    )
    return json_answer(row_of(conversation))


async def _optional_body(request: web.Request, model: Any) -> Any:
    """A body may be left out where nothing in it is needed."""
    return await body_of(request, model) if request.can_read_body else model()


@routes.get("/desk/api/presence")
async def show_presence(request: web.Request) -> web.Response:
    """The own presence."""
    return json_answer(await _presence(request))


@routes.put("/desk/api/presence")
async def change_presence(request: web.Request) -> web.Response:
    """Here, away or busy; and how many cases at once."""
    account, body = await account_of(request), await body_of(request, PresenceChange)
    values: dict[str, Any] = {"status": body.status, "name": account.name, "team": account.team}
    if body.capacity is not None:
        values["capacity"] = body.capacity
    await request.app[PRESENCES].change(account.username, **values)
    await request.app[KEEPER].tell()
    return json_answer(await _presence(request))


async def _presence(request: web.Request) -> dict[str, Any]:
    account = await account_of(request)
    row = await request.app[PRESENCES].of(account.username)
    open_cases = (await request.app[PRESENCES].open_cases(account.username)).get(account.username, 0)
    capacity = row["capacity"] if row and row["capacity"] is not None else account.capacity
    return {"status": row["status"] if row else "online", "capacity": capacity, "open": open_cases}
