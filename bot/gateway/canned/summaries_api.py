"""`/desk/api/conversations/{id}/…`: the summary of a conversation (小结) and a supervisor's score (质检)."""

from typing import Any

from aiohttp import web

from bot.gateway.accounts.http import account_of, audit, signed_in
from bot.gateway.accounts.model import Role
from bot.gateway.canned.bodies import NewQuality, NewSummary
from bot.gateway.canned.rendering import CANNED
from bot.gateway.canned.store import Row
from bot.gateway.canned.tables import quality_scores, summaries
from bot.gateway.conversations.api import ID
from bot.gateway.http import body_of, json_answer
from bot.gateway.keys import SWITCHBOARD

routes = web.RouteTableDef()

_ONE = f"/desk/api/conversations/{ID}"


@routes.get(f"{_ONE}/summary")
async def show_summary(request: web.Request) -> web.Response:
    """Summary and score, as far as there are any."""
    conversation_id = request.match_info["conversation_id"]
    found = await request.app[CANNED].finished(conversation_id)
    await audit(request, "summary.read", conversation_id)
    return json_answer(_view(*found))


@routes.put(f"{_ONE}/summary")
async def keep_summary(request: web.Request) -> web.Response:
    """What it was and how it ended; a later one replaces it."""
    return await _keep(request, summaries, (await body_of(request, NewSummary)).model_dump(), "summary.write")


@routes.put(f"{_ONE}/quality")
@signed_in(Role.SUPERVISOR)
async def keep_quality(request: web.Request) -> web.Response:
    """How well it was done, for supervisors."""
    return await _keep(request, quality_scores, (await body_of(request, NewQuality)).model_dump(), "quality.write")


async def _keep(request: web.Request, table: Any, values: dict[str, Any], action: str) -> web.Response:
    account, conversation_id = await account_of(request), request.match_info["conversation_id"]
    store = request.app[CANNED]
    await store.finished(conversation_id)
    await store.keep(table, conversation_id, account.username, values, request.app[SWITCHBOARD].now())
    await audit(request, action, conversation_id)
    return json_answer(_view(*await store.finished(conversation_id)))


def _view(summary: Row | None, quality: Row | None) -> dict[str, Any]:
    return {
        "summary": _pick(summary, "cause", "text", "result"),
        "quality": _pick(quality, "score", "points", "comment"),
    }


def _pick(row: Row | None, *names: str) -> dict[str, Any] | None:
    if row is None:
        return None
    by = {"by": row["username"], "at": row["updated_at"].isoformat()}
    return {**{name: row[name] for name in names}, **by}
