"""The OpenAPI document of the customer API; a test holds it against the routes and the answers."""

from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.errors import all_error_classes
from bot.gateway.conversations.bodies import ConversationChange, NewConversation, NewMessage
from bot.gateway.conversations.model import Kind, Owner, Sender, Status
from bot.gateway.http import json_answer

routes = web.RouteTableDef()

BODIES: tuple[type[BaseModel], ...] = (NewConversation, ConversationChange, NewMessage)
Json = dict[str, Any]


@routes.get("/openapi.json")
async def show_openapi(request: web.Request) -> web.Response:
    """The document; any page may read it."""
    answer = json_answer(document())
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@cache
def document() -> Json:
    """The document itself."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "到账 DaoZhang customer API",
            "version": "1.0.0",
            "description": "Talk to the helpdesk as a customer. The widget is one client of it; see docs/api.md.",
        },
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "conversation": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that came with the conversation.",
                }
            },
            "schemas": _schemas(),
        },
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: Json, **optional: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _one_of(values: Any) -> Json:
    return {"type": "string", "enum": [each.value for each in values]}


def _nullable(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _schemas() -> Json:
    _, bodies = models_json_schema(
        [(each, "validation") for each in BODIES], ref_template="#/components/schemas/{model}"
    )
    ident: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    text: Json = {"type": "string"}
    count: Json = {"type": "integer", "minimum": 0}
    moment: Json = {"type": "string", "format": "date-time"}
    visible = [each for each in Kind if each is not Kind.NOTE]
    return {
        **bodies["$defs"],
        "Conversation": _object(
            {
                "conversation_id": ident,
                "language": {"type": "string", "enum": ["zh", "en"]},
                "owner": _one_of(Owner),
                "last_seq": count,
                "read_seq": count,
                "created_at": moment,
            }
        ),
        "Button": _object({"id": ident, "title": text}),
        "Message": _object(
            {
                "message_id": ident,
                "seq": {"type": "integer", "minimum": 1},
                "kind": _one_of(visible),
                "sender": _one_of(Sender),
                "text": text,
                "buttons": {"type": "array", "items": _ref("Button")},
                "lasting": {"type": "boolean"},
                "picture_id": _nullable(ident),
                "image": _nullable(text),
                "client_id": _nullable(text),
                "created_at": moment,
                "status": _one_of(Status),
            }
        ),
        "PictureLink": _object({"url": {"type": "string", "format": "uri-reference"}, "expires_at": moment}),
        "Error": _object(
            {
                "error": _object(
                    {"code": {"type": "string", "enum": _codes()}, "message": text},
                    retry_after=count,
                    fields={"type": "array", "items": text},
                ),
                "request_id": text,
            }
        ),
        "Readiness": _object(
            {"status": {"type": "string", "enum": ["ready", "degraded", "unavailable"]}},
            dependencies=_object(
                {"database": {"type": "boolean"}, "backend": {"type": "boolean"}, "rasa": {"type": "boolean"}}
            ),
        ),
    }


def _codes() -> list[str]:
    return sorted({each.code for each in all_error_classes()})


def _answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(
    summary: str,
    answers: dict[str, Json],
    errors: tuple[int, ...] = (),
    *,
    body: Json | None = None,
    token: bool = True,
    **more: Any,
) -> Json:
    """An operation; each of the error statuses is answered with the Error object."""
    statuses = sorted({*errors, *((401, 404) if token else ()), *((400, 422) if body else ())})
    operation: Json = {
        "summary": summary,
        "responses": {**answers, **{str(each): _answer("An error.", _ref("Error")) for each in statuses}},
        **more,
    }
    if token:
        operation["security"] = [{"conversation": []}]
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _json_body(name: str) -> Json:
    return {"application/json": {"schema": _ref(name)}}


def _parameter(name: str, place: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


def _ident(name: str) -> Json:
    return _parameter(name, "path", {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "32 hex digits.")


def _paths() -> Json:
    conversation = {"conversation": _ref("Conversation")}
    one = [_ident("conversation_id")]
    base = "/api/conversations"
    return {
        base: {
            "post": _operation(
                "Open a conversation",
                {"201": _answer("Opened.", _object({**conversation, "token": {"type": "string"}}))},
                (401, 403, 413, 429),
                body=_json_body("NewConversation"),
                token=False,
            )
        },
        f"{base}/{{conversation_id}}": {
            "parameters": one,
            "get": _operation(
                "Read the conversation", {"200": _answer("As it is now.", _object(conversation))}, (403,)
            ),
            "patch": _operation(
                "Choose the language or mark as read",
                {"200": _answer("Changed.", _object(conversation))},
                (403, 413, 429),
                body=_json_body("ConversationChange"),
            ),
        },
        f"{base}/{{conversation_id}}/messages": {
            "parameters": one,
            "get": _operation(
                "Read messages after a sequence number, waiting for the first if asked to",
                {"200": _answer("Oldest first.", _object({"messages": {"type": "array", "items": _ref("Message")}}))},
                (403, 422, 429),
                parameters=[
                    _parameter(
                        "after", "query", {"type": "integer", "minimum": 0, "default": 0}, "The last `seq` had."
                    ),
                    _parameter("limit", "query", {"type": "integer", "minimum": 1, "default": 100}, "At most 200."),
                    _parameter(
                        "wait", "query", {"type": "integer", "minimum": 0, "default": 0}, "Seconds, at most 30."
                    ),
                ],
            ),
            "post": _operation(
                "Send a message",
                {
                    "202": _answer("Saved; the answer follows as messages.", _object({"message": _ref("Message")})),
                    "200": _answer("Saved before under this client_id.", _object({"message": _ref("Message")})),
                },
                (403, 413, 429),
                body=_json_body("NewMessage"),
            ),
        },
        f"{base}/{{conversation_id}}/pictures": {
            "parameters": one,
            "post": _operation(
                "Upload a picture for a later message",
                {"201": _answer("Stored.", _object({"picture_id": {"type": "string"}}))},
                (403, 413, 415, 429, 503),
                body={
                    "multipart/form-data": {
                        "schema": _object({"file": {"type": "string", "contentMediaType": "application/octet-stream"}})
                    }
                },
            ),
        },
        f"{base}/{{conversation_id}}/pictures/{{picture_id}}": {
            "parameters": [*one, _ident("picture_id")],
            "get": _operation(
                "Get a link to a picture of this conversation; it works for a few minutes, so ask each time",
                {"200": _answer("The link, below the address of the API.", _ref("PictureLink"))},
                (403,),
            ),
        },
        f"{base}/{{conversation_id}}/pictures/{{picture_id}}/file": {
            "parameters": [
                *one,
                _ident("picture_id"),
                *(
                    _parameter(name, "query", {"type": "string"}, "As in the link.")
                    for name in ("expires", "signature")
                ),
            ],
            "get": _operation(
                "The picture behind a link; 404 also for an expired one",
                {"200": {"description": "JPEG, PNG or WebP.", "content": {"image/*": {"schema": {"type": "string"}}}}},
                (403, 404, 503),
                token=False,
            ),
        },
        f"{base}/{{conversation_id}}/socket": {
            "parameters": one,
            "get": _operation(
                "WebSocket with JSON frames, see docs/api.md; the token comes in the first frame",
                {"101": {"description": "The protocol is switched."}},
                (400, 403, 404),
                token=False,
            ),
        },
        "/demo/orders": {
            "get": _operation(
                "The orders to try, in the demo only",
                {"200": _answer("The orders.", _object({"orders": {"type": "array", "items": {"type": "object"}}}))},
                (404, 503),
                token=False,
            )
        },
        "/healthz": {
            "get": _operation("The process answers", {"200": _answer("It does.", {"type": "object"})}, token=False)
        },
        "/readyz": {
            "get": {
                **_operation("What the gateway depends on", {}, token=False),
                "responses": {status: _answer("Readiness.", _ref("Readiness")) for status in ("200", "503")},
            }
        },
    }
