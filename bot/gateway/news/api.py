"""`/hooks`: signed webhooks from our backend, and those from shops on their way to it."""

import json
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from bot.errors import BadRequestError
from bot.gateway.conversations.model import clean_text
from bot.gateway.http import Body, checked, json_answer
from bot.gateway.keys import BACKEND, NEWS, SETTINGS, SWITCHBOARD, TELLER
from bot.gateway.news.model import News
from bot.webhooks import HEADERS, verified_id

routes = web.RouteTableDef()


class Event(Body):
    """What the backend posts. An event that it should not have posted is refused, so that it is counted there."""

    event_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    type: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    sequence: Annotated[int, Field(ge=0, lt=2**63)]
    occurred_at: AwareDatetime
    customer_ref: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    conversation_id: Annotated[str, StringConstraints(max_length=128)] | None = None
    order_no: Annotated[str, StringConstraints(max_length=100)] | None = None
    ticket_no: Annotated[str, StringConstraints(max_length=40)] | None = None
    data: dict[str, Any] = Field(default_factory=dict)


@routes.post("/hooks/backend")
async def receive_event(request: web.Request) -> web.Response:
    """Save, answer, then tell. The same event again is answered in the same way and changes nothing."""
    body = await request.read()
    verified_id(request.app[SETTINGS].derived_key("events"), request.headers, body)
    try:
        event = checked(Event, storable(json.loads(body)))
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON.") from error
    news = News(**{name: getattr(event, name) for name in Event.model_fields})
    is_new = await request.app[NEWS].save(news, request.app[SWITCHBOARD].now())
    request.app[TELLER].wake()
    return json_answer({"saved": is_new})


@routes.post("/hooks/shop")
async def relay_shop_hook(request: web.Request) -> web.Response:
    """Pass a shop's webhook on as it came; the backend, which the world cannot reach, checks its signature."""
    body = await request.read()
    headers = {name: request.headers[name] for name in HEADERS if name in request.headers}
    return json_answer(await request.app[BACKEND].shop_hook(body, headers))


def storable(value: Any) -> Any:
    """JSON without what no database takes."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(name)): storable(each) for name, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list) else value
