"""The OpenAPI document of the customer API and of the desk; a test holds it against the routes and the answers.

A part of the desk has `OPENAPI = {"paths": {...}, "schemas": {...}}`, written with `bot.gateway.schemas`, and `BODIES`.
"""

from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.errors import all_error_classes
from bot.gateway.accounts import openapi as accounts
from bot.gateway.accounts.http import COOKIE, CSRF_HEADER
from bot.gateway.canned import openapi as canned
from bot.gateway.conversations.bodies import ConversationChange, NewConversation, NewMessage
from bot.gateway.conversations.model import Kind, Owner, Sender, Status
from bot.gateway.desk import openapi as desk
from bot.gateway.desk_facts import openapi as desk_facts
from bot.gateway.http import json_answer
from bot.gateway.reports import openapi as reports
from bot.gateway.schemas import (
    COUNT,
    IDENT,
    TEXT,
    TIME,
    Json,
    answer,
    ident,
    json_body,
    nullable,
    one_of,
    operation,
    parameter,
    record,
    ref,
)

routes = web.RouteTableDef()

PARTS: tuple[Any, ...] = (accounts, desk, desk_facts, canned, reports)
BODIES: tuple[type[BaseModel], ...] = (
    NewConversation,
    ConversationChange,
    NewMessage,
    *(body for part in PARTS for body in part.BODIES),
)


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
            "description": "Talk to the helpdesk as a customer. The widget is one client of it; see docs/api.md. "
            "What begins with /desk is for agents; see docs/desk-api.md.",
        },
        "paths": _paths() | {path: each for part in PARTS for path, each in part.OPENAPI["paths"].items()},
        "components": {
            "securitySchemes": {
                "conversation": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that came with the conversation.",
                },
                "desk": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": "The session of an agent.",
                },
                "csrf": {
                    "type": "apiKey",
                    "in": "header",
                    "name": CSRF_HEADER,
                    "description": "`csrf` of the own account; the Origin has to be the desk's own, too.",
                },
            },
            "schemas": _schemas(),
        },
    }


def _schemas() -> Json:
    _, bodies = models_json_schema(
        [(each, "validation") for each in BODIES], ref_template="#/components/schemas/{model}"
    )
    visible = [each for each in Kind if each is not Kind.NOTE]
    return {
        **bodies["$defs"],
        **{name: each for part in PARTS for name, each in part.OPENAPI["schemas"].items()},
        "Conversation": record(
            {
                "conversation_id": IDENT,
                "language": {"type": "string", "enum": ["zh", "en"]},
                "owner": one_of(Owner),
                "last_seq": COUNT,
                "read_seq": COUNT,
                "created_at": TIME,
            }
        ),
        "Button": record({"id": IDENT, "title": TEXT}),
        "Message": record(
            {
                "message_id": IDENT,
                "seq": {"type": "integer", "minimum": 1},
                "kind": one_of(visible),
                "sender": one_of(Sender),
                "text": TEXT,
                "buttons": {"type": "array", "items": ref("Button")},
                "lasting": {"type": "boolean"},
                "picture_id": nullable(IDENT),
                "image": nullable(TEXT),
                "client_id": nullable(TEXT),
                "created_at": TIME,
                "status": one_of(Status),
            }
        ),
        "PictureLink": record({"url": {"type": "string", "format": "uri-reference"}, "expires_at": TIME}),
        "Error": record(
            {
                "error": record(
                    {"code": {"type": "string", "enum": _codes()}, "message": TEXT},
                    retry_after=COUNT,
                    fields={"type": "array", "items": TEXT},
                ),
                "request_id": TEXT,
            }
        ),
        "Readiness": record(
            {"status": {"type": "string", "enum": ["ready", "degraded", "unavailable"]}},
            dependencies=record(
                {"database": {"type": "boolean"}, "backend": {"type": "boolean"}, "rasa": {"type": "boolean"}}
            ),
        ),
    }


def _codes() -> list[str]:
    return sorted({each.code for each in all_error_classes()})


def _paths() -> Json:
    conversation = {"conversation": ref("Conversation")}
    one = [ident("conversation_id")]
    base = "/api/conversations"
    return {
        base: {
            "post": operation(
                "Open a conversation",
                {"201": answer("Opened.", record({**conversation, "token": {"type": "string"}}))},
                (401, 403, 413, 429),
                body=json_body("NewConversation"),
                token=False,
            )
        },
        f"{base}/{{conversation_id}}": {
            "parameters": one,
            "get": operation("Read the conversation", {"200": answer("As it is now.", record(conversation))}, (403,)),
            "patch": operation(
                "Choose the language or mark as read",
                {"200": answer("Changed.", record(conversation))},
                (403, 413, 429),
                body=json_body("ConversationChange"),
            ),
        },
        f"{base}/{{conversation_id}}/messages": {
            "parameters": one,
            "get": operation(
                "Read messages after a sequence number, waiting for the first if asked to",
                {"200": answer("Oldest first.", record({"messages": {"type": "array", "items": ref("Message")}}))},
                (403, 422, 429),
                parameters=[
                    parameter("after", "query", {"type": "integer", "minimum": 0, "default": 0}, "The last `seq` had."),
                    parameter("limit", "query", {"type": "integer", "minimum": 1, "default": 100}, "At most 200."),
                    parameter("wait", "query", {"type": "integer", "minimum": 0, "default": 0}, "Seconds, at most 30."),
                ],
            ),
            "post": operation(
                "Send a message",
                {
                    "202": answer("Saved; the answer follows as messages.", record({"message": ref("Message")})),
                    "200": answer("Saved before under this client_id.", record({"message": ref("Message")})),
                },
                (403, 413, 429),
                body=json_body("NewMessage"),
            ),
        },
        f"{base}/{{conversation_id}}/pictures": {
            "parameters": one,
            "post": operation(
                "Upload a picture for a later message",
                {"201": answer("Stored.", record({"picture_id": {"type": "string"}}))},
                (403, 413, 415, 429, 503),
                body={
                    "multipart/form-data": {
                        "schema": record({"file": {"type": "string", "contentMediaType": "application/octet-stream"}})
                    }
                },
            ),
        },
        f"{base}/{{conversation_id}}/pictures/{{picture_id}}": {
            "parameters": [*one, ident("picture_id")],
            "get": operation(
                "Get a link to a picture of this conversation; it works for a few minutes, so ask each time",
                {"200": answer("The link, below the address of the API.", ref("PictureLink"))},
                (403,),
            ),
        },
        f"{base}/{{conversation_id}}/pictures/{{picture_id}}/file": {
            "parameters": [
                *one,
                ident("picture_id"),
                *(parameter(name, "query", {"type": "string"}, "As in the link.") for name in ("expires", "signature")),
            ],
            "get": operation(
                "The picture behind a link; 404 also for an expired one",
                {"200": {"description": "JPEG, PNG or WebP.", "content": {"image/*": {"schema": {"type": "string"}}}}},
                (403, 404, 503),
                token=False,
            ),
        },
        f"{base}/{{conversation_id}}/socket": {
            "parameters": one,
            "get": operation(
                "WebSocket with JSON frames, see docs/api.md; the token comes in the first frame",
                {"101": {"description": "The protocol is switched."}},
                (400, 403, 404),
                token=False,
            ),
        },
        "/hooks/telegram": {
            "post": operation(
                "An update of Telegram, only with the webhook on; the secret is in X-Telegram-Bot-Api-Secret-Token",
                {"200": answer("Taken; `saved` is false for what is no JSON.", record({"saved": {"type": "boolean"}}))},
                (401, 404, 503),
                token=False,
                requestBody={"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
            )
        },
        "/demo/orders": {
            "get": operation(
                "The orders to try, in the demo only",
                {"200": answer("The orders.", record({"orders": {"type": "array", "items": {"type": "object"}}}))},
                (404, 503),
                token=False,
            )
        },
        "/healthz": {
            "get": operation("The process answers", {"200": answer("It does.", {"type": "object"})}, token=False)
        },
        "/readyz": {
            "get": {
                **operation("What the gateway depends on", {}, token=False),
                "responses": {status: answer("Readiness.", ref("Readiness")) for status in ("200", "503")},
            }
        },
    }
