"""The facts of a conversation and the actions on cases in the OpenAPI document."""

from typing import Any

from bot.gateway.desk_facts.api import ACTIONS, KEY_HEADER
from bot.gateway.desk_facts.model import CAUSES
from bot.gateway.schemas import (
    BOOLEAN,
    TEXT,
    TIME,
    Json,
    answer,
    array,
    desk_operation,
    ident,
    nullable,
    parameter,
    record,
    ref,
)

BODIES: tuple[Any, ...] = ()

_ANY: Json = {"type": "object"}
_STATE = record({"value": TEXT, "source": TEXT})
_SCHEMAS: Json = {
    "OrderFacts": record(
        {
            "order_no": TEXT,
            **dict.fromkeys(
                (
                    "product",
                    "product_line",
                    "amount",
                    "currency",
                    "created_at",
                    "paid_at",
                    "delivery_type",
                    "supplier",
                    "open_ticket_no",
                    "account_masked",
                ),
                nullable(TEXT),
            ),
            "states": record(dict.fromkeys(("payment", "order", "delivery", "account", "input"), _STATE)),
            "late": BOOLEAN,
            "reachable": BOOLEAN,
            "proven": BOOLEAN,
            **dict.fromkeys(("payment", "refund", "risk", "incident"), nullable(_ANY)),
            "diagnosis": record(
                {
                    "code": TEXT,
                    "cause": nullable({"type": "string", "enum": list(CAUSES)}),
                    "rule": TEXT,
                    "next": TEXT,
                    "reasons": array(TEXT),
                    "source": TEXT,
                }
            ),
            "version": TEXT,
        }
    ),
    "EvidenceFacts": record(
        {
            "evidence_id": TEXT,
            "url": {"type": "string", "format": "uri-reference"},
            "created_at": TIME,
            "state": {"type": "string", "enum": ["read", "unread", "deleted"]},
            "kind": nullable(TEXT),
            "verdict": nullable(TEXT),
            "judged_for": nullable(TEXT),
            "fields": _ANY,
            "missing": array(TEXT),
            "conflicts": array(TEXT),
            "duplicate_of": nullable(
                {"type": "string", "enum": ["same_picture", "near_duplicate", "same_transaction"]}
            ),
        }
    ),
    "CaseFacts": record(
        {
            "ticket_no": TEXT,
            "status": TEXT,
            "promises": array(
                record(
                    {
                        "kind": {"type": "string", "enum": ["next_word", "first_answer", "refund"]},
                        "due_at": TIME,
                        "state": {"type": "string", "enum": ["open", "overdue", "kept"]},
                    }
                )
            ),
        }
    )
    | {"description": "The case as `GET /v1/desk/tickets/{ticket_no}` of the backend has it, and its promises."},
    "Incident": record({"incident_no": TEXT, "scope": TEXT, "name": TEXT, "opened_at": TIME, "concerns": BOOLEAN})
    | {"description": "`concerns`: it explains one of the orders."},
    "Done": record({}, state=TEXT, approval_no=TEXT, ticket_no=TEXT)
    | {"description": "What the backend's `/v1/desk` answers."},
}
_KEY = {
    **parameter(KEY_HEADER, "header", {"type": "string", "pattern": "^[!-~]{1,200}$"}, "The same key: done once."),
    "required": True,
}
_BODY = {"required": True, "content": {"application/json": {"schema": _ANY}}}
_DONE = answer("Done.", ref("Done"))
_ASKED = answer("A second person has to approve it.", ref("Done"))
_FAILURES = (400, 404, 409, 413, 422, 503)

_PATHS: Json = {
    "/desk/api/conversations/{conversation_id}/facts": {
        "parameters": [ident("conversation_id")],
        "get": desk_operation(
            "Orders, pictures, cases and disturbances of a conversation; 503 while the backend is away",
            {
                "200": answer(
                    "What is known.",
                    record(
                        {
                            "orders": array(ref("OrderFacts")),
                            "evidence": array(ref("EvidenceFacts")),
                            "tickets": array(ref("CaseFacts")),
                            "incidents": array(ref("Incident")),
                            "fetched_at": TIME,
                        }
                    ),
                )
            },
            (404, 503),
        ),
    },
    "/desk/api/tickets/{ticket_no}/{action}": {
        "parameters": [
            parameter("ticket_no", "path", TEXT, "The case."),
            parameter("action", "path", {"type": "string", "enum": list(ACTIONS)}, "What to do."),
            _KEY,
        ],
        "post": desk_operation(
            "Do something to a case, in the name of who is signed in; the body is that of the backend without `actor`",
            {"200": _DONE, "202": _ASKED},
            _FAILURES,
            changes=True,
            requestBody=_BODY,
        ),
    },
    "/desk/api/approvals": {
        "get": desk_operation(
            "What waits for a second person",
            {"200": answer("The oldest first.", record({"approvals": array(_ANY)}))},
            (503,),
        )
    },
    "/desk/api/approvals/{approval_no}": {
        "parameters": [parameter("approval_no", "path", TEXT, "What waits."), _KEY],
        "post": desk_operation(
            "The word of the second person, for supervisors; 409 `action_refused` for the first person themselves",
            {"200": _DONE},
            _FAILURES,
            changes=True,
            requestBody=_BODY,
        ),
    },
}
OPENAPI: Json = {"paths": _PATHS, "schemas": _SCHEMAS}
