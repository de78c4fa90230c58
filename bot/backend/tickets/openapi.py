"""What the OpenAPI document says of `/v1/tickets`."""

from bot.backend.schemas import (
    BOOLEAN,
    CUSTOMER_REF,
    IDEMPOTENCY_KEY,
    MONEY,
    PROOF,
    TEXT,
    TIME,
    Schema,
    answers,
    array,
    body,
    nullable,
    one_of,
    path_parameter,
    query_parameter,
    record,
    ref,
)
from bot.backend.tickets.life import Action, Stage
from bot.backend.tickets.model import ActorKind, Author, Decision, Demand, Priority, Status, TicketType, Why
from bot.backend.tickets.progress import SHOWN

_NO = path_parameter("ticket_no", "The ticket's number.")
_WHO = query_parameter("customer_ref", "The customer who opened it.")


def _text(longest: int) -> Schema:
    return {"type": "string", "maxLength": longest}


_EVIDENCE = {**array(_text(64)), "maxItems": 20}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": r"\S"}
_TICKET_NO: Schema = {"type": "string", "pattern": "^TK[0-9]{6}[0-9A-F]{6}$"}

_PATHS: Schema = {
    "/v1/tickets": {
        "post": {
            "operationId": "open_ticket",
            "summary": "Report a problem.",
            "description": "One ticket per order is open; a second report is added to it (409). Without a proof the "
            "ticket belongs to the customer alone. Evidence that was never uploaded is left out.",
            "parameters": [IDEMPOTENCY_KEY, PROOF],
            "requestBody": body(ref("Report")),
            "responses": answers({201: ("A new ticket.", ref("OpenedTicket"))}, 400, 404, 409, 422),
        },
        "get": {
            "operationId": "tickets",
            "summary": "The tickets of a proven order, or of a customer, newest first.",
            "parameters": [query_parameter("order_no", "Needs its proof."), _WHO, PROOF],
            "responses": answers({200: ("The tickets.", record({"tickets": array(ref("Ticket"))}))}, 404, 422),
        },
    },
    "/v1/tickets/{ticket_no}": {
        "get": {
            "operationId": "ticket",
            "summary": "A ticket, for the customer who opened it or the owner of its order.",
            "description": "Under the number of a ticket that was merged into another it is that other one. The "
            "history has no internal notes and no words of other customers.",
            "parameters": [_NO, _WHO, PROOF],
            "responses": answers({200: ("The ticket with what happened to it.", ref("TicketProgress"))}, 404, 422),
        },
        "patch": {
            "operationId": "update_ticket",
            "summary": "What only an agent knows or decides.",
            "parameters": [_NO],
            "requestBody": body(ref("TicketChange")),
            "responses": answers({200: ("The ticket.", ref("Ticket"))}, 400, 404, 409, 422),
        },
    },
    "/v1/tickets/{ticket_no}/messages": {
        "post": {
            "operationId": "add_ticket_message",
            "summary": "Add words, pictures or both; a customer needs the customer_ref or a proof.",
            "parameters": [_NO, IDEMPOTENCY_KEY, PROOF],
            "requestBody": body(ref("TicketMessage")),
            "responses": answers({201: ("Added.", ref("AddedMessage"))}, 400, 404, 409, 422),
        }
    },
}

_REFUND = record(
    {
        "decision": one_of(Decision),
        "amount": nullable(MONEY),
        "expected_at": nullable(TIME),
        "reason": nullable(TEXT),
    }
)
_TICKET: Schema = {
    "ticket_no": _TICKET_NO,
    "order_no": nullable(TEXT),
    "type": one_of(TicketType),
    "status": one_of(Status),
    "stage": one_of(Stage),
    "holder": record({
        "kind": one_of(("queue", "agent", "customer", "upstream", "nobody")),
        "name": nullable(TEXT),
    }),
    "waiting_for": nullable(one_of(("agent", "customer", "upstream"))),
    "next_promise_at": nullable(TIME),
    "priority": one_of(Priority),
    "demand": nullable(one_of(Demand)),
    "created_at": TIME,
    "reply_by": TIME,
    "last_agent_reply_at": nullable(TIME),
    "resolved_at": nullable(TIME),
    "funds_at_platform": BOOLEAN,
    "stalling": BOOLEAN,
    "amount": nullable(MONEY),
    "refund": nullable(_REFUND),
    "step3": record({
        **dict.fromkeys(("offer", "complaint", "platform", "legal"), BOOLEAN),
        "why": nullable(one_of(Why)),
        "at": nullable(TIME),
    }),
}  # fmt: skip
_PARTS = dict.fromkeys(("initiated_at", "product", "payment_state", "order_state"), _text(300))
_SCHEMAS: Schema = {
    "Report": record(
        {
            "order_no": nullable({"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}),
            "type": one_of(TicketType),
            "priority": one_of(Priority),
            "title": _text(200),
            "content": _text(4000),
            **_PARTS,
            "demand": nullable(one_of(Demand)),
            "evidence": _EVIDENCE,
            "conversation_id": nullable(_text(128)),
            "customer_ref": CUSTOMER_REF,
            "language": _text(10),
        },
        optional=("order_no", "priority", "title", "content", *_PARTS, "demand", "evidence", "conversation_id",
                  "language"),
    ),
    "OpenedTicket": record({
        "ticket_no": _TICKET_NO,
        "status": one_of(Status),
        "created_at": TIME,
        "reply_by": TIME,
        "joined": BOOLEAN,
    }),
    "Ticket": record(_TICKET),
    "TicketProgress": record({**_TICKET, "history": array(ref("TicketEvent"))}),
    "TicketEvent": record({
        "at": TIME,
        "action": one_of(tuple(each for each in Action if each in SHOWN)),
        "by": one_of((ActorKind.CUSTOMER, ActorKind.AGENT, ActorKind.SYSTEM)),
        "name": nullable(TEXT),
        "text": nullable(TEXT),
        "pictures": {"type": "integer"},
    }),
    "Actor": record({
        "kind": one_of((ActorKind.AGENT, ActorKind.SYSTEM, ActorKind.AUTOMATION)),
        "name": _NAME,
    }),
    "TicketMessage": {
        **record(
            {
                "author": one_of(Author),
                "text": _text(4000),
                "evidence": _EVIDENCE,
                "customer_ref": nullable(CUSTOMER_REF),
                "author_name": nullable(_NAME),
            },
            optional=("text", "evidence", "customer_ref", "author_name"),
        ),
        "anyOf": [
            {"required": ["text"], "properties": {"text": {"pattern": r"\S"}}},
            {"required": ["evidence"], "properties": {"evidence": {"minItems": 1}}},
        ],
    },
    "AddedMessage": record({
        "message_id": {"type": "integer"},
        "ticket_no": _TICKET_NO,
        "author": one_of(Author),
        "created_at": TIME,
    }),
    "TicketChange": {
        **record(
            {
                "funds_at_platform": BOOLEAN,
                "stalling": BOOLEAN,
                "status": one_of(Status),
                "actor": nullable(ref("Actor")),
            },
            optional=("funds_at_platform", "stalling", "status", "actor"),
        ),
        "anyOf": [{"required": [name]} for name in ("funds_at_platform", "stalling", "status")],
    },
}  # fmt: skip

OPENAPI = {"paths": _PATHS, "schemas": _SCHEMAS}
