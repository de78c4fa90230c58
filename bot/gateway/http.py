"""What every handler shares: errors as JSON, web origins, the customer's token, one line of log per request."""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import (
    BadRequestError,
    ForbiddenOriginError,
    HelpdeskError,
    InvalidError,
    NotAuthorizedError,
    NotFoundError,
    TooLargeError,
)
from bot.gateway.accounts.model import address_key
from bot.gateway.conversations.model import Conversation
from bot.gateway.conversations.tokens import token_hash
from bot.gateway.keys import METRICS, SETTINGS, STORE
from bot.gateway.origins import is_allowed

log = structlog.get_logger("gateway.access")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Model = TypeVar("Model", bound=BaseModel)
REQUEST_ID = web.RequestKey("REQUEST_ID", str)
_HTTP_ERRORS: dict[int, type[HelpdeskError]] = {404: NotFoundError, 413: TooLargeError}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Body(BaseModel):
    """Base of request bodies; fields that we do not know are left aside."""

    model_config = ConfigDict(extra="ignore")


def json_answer(data: Any, status: int = 200) -> web.Response:
    """A JSON answer that no cache keeps."""
    text = json.dumps(data, ensure_ascii=False)
    return web.json_response(text=text, status=status, headers={"Cache-Control": "no-store"})


def checked(model: type[Model], data: Any) -> Model:
    """The data as this model; InvalidError with the names of the wrong fields, never their values."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        places = (".".join(map(str, each["loc"])) or "body" for each in error.errors(include_input=False))
        raise InvalidError(fields=list(dict.fromkeys(places))) from error


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The JSON body as this model; BadRequestError when it is no JSON."""
    try:
        data = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON.") from error
    return checked(model, data)


def number_in(request: web.Request, name: str, default: int, most: int) -> int:
    """A whole number of the query, cut at `most`; InvalidError when it is none."""
    text = request.query.get(name, str(default))
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        raise InvalidError(fields=[name])
    return min(int(text), most)


def client_address(request: web.Request) -> str:
    """The customer's address: behind n trusted proxies, the n-th last entry of `X-Forwarded-For`."""
    proxies = request.app[SETTINGS].trusted_proxies
    entries = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    if proxies and len(entries) >= proxies and entries[-proxies].strip():
        return entries[-proxies].strip()
    return request.remote or "unknown"


def customer_address_key(request: web.Request) -> str:
    """A keyed digest (64 hex digits) of the customer's address, as it is too little to keep it."""
    key = request.app[SETTINGS].derived_key("customer address")
    return hmac.new(key.encode(), address_key(client_address(request)).encode(), hashlib.sha256).hexdigest()


async def access_conversation(request: web.Request) -> Conversation:
    """The conversation of the path, for the bearer of its token. NotAuthorizedError or NotFoundError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthorizedError
    return await request.app[STORE].access(request.match_info["conversation_id"], token_hash(token.strip()))


def check_origin(request: web.Request) -> None:
    """ForbiddenOriginError for a web page that may not; programs that are no browsers send no origin."""
    origin = request.headers.get("Origin")
    settings = request.app[SETTINGS]
    if origin is not None and not is_allowed(
        origin, request.host, settings.public_url, settings.allowed_origins, settings.demo
    ):
        raise ForbiddenOriginError


@web.middleware
async def request_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost layer: an id, the checks of the origin, errors as JSON, log and metrics."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if re.fullmatch(r"[\w.-]{1,64}", given, re.ASCII) else secrets.token_hex(8)
    request[REQUEST_ID] = request_id
    started = time.monotonic()
    response = await _respond(request, handler)
    if not response.prepared:
        response.headers["X-Request-ID"] = request_id
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            _allow_origin(request, response)
    _note(request, response.status, time.monotonic() - started)
    return response


async def _respond(request: web.Request, handler: Handler) -> web.StreamResponse:
    headers: dict[str, str] = {}
    try:
        if request.path.startswith("/api/"):
            check_origin(request)
            if request.method == "OPTIONS":
                return web.Response(status=204)
        return await handler(request)
    except HelpdeskError as caught:
        error, status = caught, caught.status
    except web.HTTPException as caught:
        if caught.status < 400:
            return caught
        error = _HTTP_ERRORS.get(caught.status, BadRequestError)(caught.reason)
        status = caught.status
        headers = {name: value for name, value in caught.headers.items() if name == "Allow"}
    except Exception:
        log.exception("unexpected error", request_id=request[REQUEST_ID], method=request.method)
        error, status = HelpdeskError("Unexpected error."), 500
    answer = json_answer(error.to_json(request[REQUEST_ID]), status)
    answer.headers.update(headers)
    if "retry_after" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    return answer


def _allow_origin(request: web.Request, response: web.StreamResponse) -> None:
    """The headers by which a browser lets another site's page read the answer; tokens, no cookies."""
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is None or response.status == ForbiddenOriginError.status:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-ID"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"


def _note(request: web.Request, status: int, seconds: float) -> None:
    """Log the route, never its parameters' values, a query or a body: those are the customer's."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "unknown"
    request.app[METRICS].requests.labels(method=request.method, route=route, status=str(status)).inc()
    log.info(
        "request",
        request_id=request[REQUEST_ID],
        method=request.method,
        route=route,
        conversation_id=request.match_info.get("conversation_id"),
        status=status,
        ms=round(seconds * 1000, 1),
    )
