"""The OpenAPI document of the backend, put together from what each part says of its paths.

A part has `OPENAPI = {"paths": {...}, "schemas": {...}}`, written by hand with `bot.backend.schemas`; a test holds
the whole against the code.
"""

from typing import Any

from aiohttp import web

from bot.backend.changes.openapi import OPENAPI as CHANGES
from bot.backend.evidence.openapi import OPENAPI as EVIDENCE
from bot.backend.facts.openapi import OPENAPI as FACTS
from bot.backend.http import json_answer
from bot.backend.incidents.openapi import OPENAPI as INCIDENTS
from bot.backend.orders.openapi import OPENAPI as ORDERS
from bot.backend.ownership.openapi import OPENAPI as OWNERSHIP
from bot.backend.payments.openapi import OPENAPI as PAYMENTS
from bot.backend.schemas import COUNT, TEXT, Schema, answers, record
from bot.backend.tickets.desk_openapi import OPENAPI as DESK
from bot.backend.tickets.openapi import OPENAPI as TICKETS

routes = web.RouteTableDef()

PARTS: tuple[dict[str, Schema], ...] = (OWNERSHIP, ORDERS, PAYMENTS, TICKETS, DESK, EVIDENCE, CHANGES, INCIDENTS, FACTS)

_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": TEXT, "message": TEXT},
            "required": ["code", "message"],
            "additionalProperties": True,
        },
        "request_id": TEXT,
    },
    "required": ["error", "request_id"],
    "additionalProperties": False,
}


def _public(operation: str, summary: str, responses: Schema) -> Schema:
    """A path without the service token."""
    without_token = {status: answer for status, answer in responses.items() if status != "401"}
    return {"get": {"operationId": operation, "summary": summary, "security": [], "responses": without_token}}


# Those that the gateway has not taken yet, and those that were given up.
_EVENTS = record({"waiting": COUNT, "dead": COUNT})

_PATHS = {
    "/healthz": _public(
        "health",
        "Whether the backend and its database answer.",
        answers({200: ("They do.", record({"status": TEXT, "events": _EVENTS}))}, 422, 503),
    ),
    "/openapi.json": _public("openapi", "This document.", answers({200: ("This document.", {"type": "object"})}, 422)),
}


def make_document() -> dict[str, Any]:
    """The document as a dict; raises ValueError when two parts describe the same."""
    paths, schemas = dict(_PATHS), {"Error": _ERROR}
    for part in PARTS:
        for known, new in ((paths, part["paths"]), (schemas, part.get("schemas", {}))):
            if twice := known.keys() & new.keys():
                raise ValueError(f"described twice: {sorted(twice)}")
            known.update(new)
    return {
        "openapi": "3.1.0",
        "info": {"title": "DaoZhang order backend", "version": "1"},
        "security": [{"service_token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"service_token": {"type": "http", "scheme": "bearer"}},
        },
    }


@routes.get("/openapi.json")
async def show_document(request: web.Request) -> web.Response:
    return json_answer(make_document())
