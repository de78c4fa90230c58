"""`POST /v1/hooks/shop`: a shop tells us of a change. `POST /v1/demo/events`: the demo plays the shop."""

import secrets

from aiohttp import web

from bot.backend.changes.applying import take_change
from bot.backend.changes.bodies import DemoEventBody, ShopEventBody
from bot.backend.changes.model import ShopChange
from bot.backend.database import DATABASE, SETTINGS
from bot.backend.http import body_of, json_answer, now_of
from bot.errors import InvalidError, NotFoundError
from bot.webhooks import verified_id

routes = web.RouteTableDef()


@routes.post("/v1/hooks/shop")
async def take_shop_event(request: web.Request) -> web.Response:
    """A signed webhook as it came, body and headers untouched; 404 without a secret. 200 also when nothing changes."""
    secret = request.app[SETTINGS].shop_webhook_secret.get_secret_value()
    if not secret:
        raise NotFoundError
    webhook_id = verified_id(secret, request.headers, await request.read())
    if len(webhook_id) > 128:
        raise InvalidError(fields=["webhook-id"])
    body = await body_of(request, ShopEventBody)
    return await _take(request, webhook_id, body.change())


@routes.post("/v1/demo/events")
async def take_demo_event(request: web.Request) -> web.Response:
    """The same without a signature; 404 outside the demo."""
    if not request.app[SETTINGS].demo:
        raise NotFoundError
    body = await body_of(request, DemoEventBody)
    return await _take(request, f"demo-{secrets.token_hex(8)}", body.change_at(now_of(request)))


async def _take(request: web.Request, webhook_id: str, change: ShopChange) -> web.Response:
    async with request.app[DATABASE].begin() as connection:
        outcome = await take_change(connection, webhook_id, change, now_of(request))
    return json_answer({"outcome": outcome})
