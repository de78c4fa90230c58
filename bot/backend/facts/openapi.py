"""What the OpenAPI document says of the facts for agents."""

from bot.backend.evidence.model import CONFLICT_FIELDS, KEY_FIELDS, Verdict
from bot.backend.evidence.reading.model import Kind, Status
from bot.backend.evidence.reuse import Duplicate
from bot.backend.facts.model import HIDDEN
from bot.backend.orders.model import Diagnosis, Source
from bot.backend.orders.openapi import OPENAPI as ORDERS
from bot.backend.orders.plans import Next
from bot.backend.payments.numbers import Channel
from bot.backend.schemas import (
    BOOLEAN,
    CUSTOMER_REF,
    MONEY,
    TEXT,
    TIME,
    Schema,
    answers,
    array,
    nullable,
    one_of,
    path_parameter,
    query_parameter,
    record,
    ref,
)

_MOST = 50
_VERSION: Schema = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
_ORDER = {name: schema for name, schema in ORDERS["schemas"]["Order"]["properties"].items() if name not in HIDDEN}
_DIAGNOSIS = record(
    {
        "diagnosis": one_of(Diagnosis),
        "rule": {"type": "string", "pattern": r"^R\d\d$"},
        "cause": one_of(("C0", "C1", "C2", "C3", "C4", "C?")),
        "next": one_of(Next),
        "reasons": array(TEXT),
        "source": one_of(Source),
    }
)
_READING = {
    "channel": one_of(Channel),
    "status": one_of(Status),
    "amount": MONEY,
    "paid_at": TIME,
    **dict.fromkeys(("order_no", "payee", "method", "transaction_no_masked", "merchant_no_masked"), TEXT),
}


def _list(name: str, description: str, pattern: str, *, needed: bool) -> Schema:
    schema = {**array({"type": "string", "pattern": pattern}), "maxItems": _MOST, "minItems": 1 if needed else 0}
    return {**query_parameter(name, description, schema, required=needed), "style": "form", "explode": True}


_PATHS: Schema = {
    "/v1/desk/orders/{order_no}": {
        "get": {
            "operationId": "desk_order",
            "summary": "An order with its diagnosis, without a proof.",
            "description": "While the order's source is down, `reachable` is false and the diagnosis ORDER_UNKNOWN. "
            "`version` changes with every fact.",
            "parameters": [path_parameter("order_no", "The order's number.")],
            "responses": answers({200: ("The order.", ref("DeskOrder"))}, 404, 422),
        }
    },
    "/v1/desk/orders": {
        "get": {
            "operationId": "desk_orders",
            "summary": "Which orders a customer has proved and asked about.",
            "parameters": [query_parameter("customer_ref", "Who.", CUSTOMER_REF, required=True)],
            "responses": answers(
                {
                    200: (
                        "The last asked first.",
                        record({"orders": array(record({"order_no": TEXT, "seen_at": TIME}))}),
                    )
                },
                422,
            ),
        }
    },
    "/v1/desk/evidence": {
        "get": {
            "operationId": "desk_evidence",
            "summary": "Pictures and what they are worth; looking uses none of them up.",
            "parameters": [
                _list("evidence_id", "Unknown ones are left out.", "^[0-9a-f]{32}$", needed=True),
                _list(
                    "order_no",
                    "The verdict is about the one that the picture names, else the first.",
                    "^[0-9A-Za-z-]{1,64}$",
                    needed=False,
                ),
            ],
            "responses": answers(
                {200: ("In the order that was asked for.", record({"evidence": array(ref("DeskEvidence"))}))}, 422
            ),
        }
    },
}

OPENAPI: dict[str, dict[str, Schema]] = {
    "paths": _PATHS,
    "schemas": {
        "DeskOrder": record(
            {
                **_ORDER,
                "reachable": BOOLEAN,
                "supplier": nullable(TEXT),
                "risk": nullable(ref("AccountRisk")),
                "diagnosis": _DIAGNOSIS,
                "incident": nullable(ref("IncidentHint")),
                "version": _VERSION,
            }
        ),
        "DeskEvidence": record(
            {
                "evidence_id": TEXT,
                "created_at": TIME,
                "state": one_of(("read", "unread", "deleted")),
                "kind": nullable(one_of(Kind)),
                "verdict": nullable(one_of(Verdict)),
                "judged_for": nullable(TEXT),
                "reading": record({name: nullable(schema) for name, schema in _READING.items()}),
                "missing": array(one_of(KEY_FIELDS)),
                "conflicts": array(one_of(CONFLICT_FIELDS)),
                "duplicate": nullable(one_of(Duplicate)),
            }
        ),
    },
}
