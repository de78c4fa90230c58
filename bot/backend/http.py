"""What every handler of the backend shares: JSON in, JSON out, errors, the service token and the clock."""

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.backend.database import SETTINGS
from bot.errors import BadRequestError, HelpdeskError, InvalidError, NotAuthorizedError, NotFoundError, TooLargeError

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Model = TypeVar("Model", bound=BaseModel)

CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("CLOCK")
REQUEST_ID = web.RequestKey("REQUEST_ID", str)
PUBLIC = frozenset({"/healthz", "/openapi.json"})
_HTTP_ERRORS: dict[int, type[HelpdeskError]] = {404: NotFoundError, 413: TooLargeError}
# PostgreSQL stores no NUL, and a lone surrogate has no UTF-8 form on any database.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class Body(BaseModel):
    """Base of all request bodies: unknown fields are refused, texts are stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def now_of(request: web.Request) -> datetime:
    """The time of this request, aware UTC; tests set the application's clock."""
    return request.app[CLOCK]()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_answer(data: Any, status: int = 200) -> web.Response:
    """A JSON answer; Decimal becomes a string, a time ISO 8601 in UTC."""
    return web.json_response(
        data, status=status, dumps=lambda each: json.dumps(each, ensure_ascii=False, default=_plain)
    )


def check_text(value: Any, field: str = "body") -> Any:
    """Refuse texts, also nested ones, that no database can store; returns the value. Raises InvalidError."""
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise InvalidError(fields=[field])
    if isinstance(value, dict):
        for name, each in value.items():
            check_text(name)
            check_text(each, str(name))
    elif isinstance(value, list):
        for each in value:
            check_text(each, field)
    return value


def checked(model: type[Model], data: Any) -> Model:
    """The data as this model; raises InvalidError with the names of the wrong fields."""
    try:
        return model.model_validate(check_text(data))
    except ValidationError as error:
        raise invalid_from(error) from error


def invalid_from(error: ValidationError) -> InvalidError:
    """Name the wrong fields, never their values."""
    places = (".".join(str(part) for part in each["loc"]) or "body" for each in error.errors(include_input=False))
    return InvalidError(fields=list(dict.fromkeys(places)))


def check_query(request: web.Request, *names: str) -> None:
    """Refuse query parameters other than these; raises InvalidError."""
    if unknown := request.query.keys() - set(names):
        raise InvalidError(fields=sorted(unknown))


def moment_in(request: web.Request, name: str) -> datetime:
    """A moment of the query with its zone, needed; raises InvalidError."""
    try:
        moment = datetime.fromisoformat(request.query.get(name, ""))
        if moment.tzinfo is None:
            raise ValueError(name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidError(fields=[name]) from error


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The JSON body as this model; raises BadRequestError (no JSON) or InvalidError (wrong fields)."""

    def refuse(name: str) -> float:
        raise ValueError(name)

    try:
        data = json.loads(await request.read(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON.") from error
    return checked(model, data)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as the contract's JSON with the request's id; unexpected ones are logged, not shown."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if re.fullmatch(r"[\w.-]{1,64}", given, re.ASCII) else secrets.token_hex(8)
    request[REQUEST_ID] = request_id
    headers: dict[str, str] = {}
    try:
        check_text(request.path)
        check_text(list(request.query.values()), "query")
        response = await handler(request)
    except HelpdeskError as caught:
        error, status = caught, caught.status
    except ValidationError as caught:
        error = invalid_from(caught)
        status = error.status
    except web.HTTPException as caught:
        if caught.status < 400:
            raise
        error = _HTTP_ERRORS.get(caught.status, BadRequestError)(caught.reason)
        status = caught.status
        headers = {name: value for name, value in caught.headers.items() if name == "Allow"}
    except Exception:
        log.exception("unexpected error", request_id=request_id, method=request.method, path=request.path)
        error, status = HelpdeskError("Unexpected error."), 500
    else:
        response.headers["X-Request-ID"] = request_id
        return response
    answer = json_answer(error.to_json(request_id), status)
    answer.headers.update({**headers, "X-Request-ID": request_id})
    if "retry_after" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    return answer


@web.middleware
async def token_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only our own processes may call; raises NotAuthorizedError."""
    if request.path not in PUBLIC:
        expected = f"Bearer {request.app[SETTINGS].derived_key('backend')}"
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode()):
            raise NotAuthorizedError
    return await handler(request)
