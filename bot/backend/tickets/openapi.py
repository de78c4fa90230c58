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
from bot.backend.tickets.model import READABLE, ActorKind, Author, Decision, Demand, Priority, Status, TicketType, Why
from bot.backend.tickets.progress import SHOWN

_NO = path_parameter("ticket_no", "The ticket's number.")
_WHO = query_parameter("customer_ref", "The customer who opened it.")


def text_of(longest: int) -> Schema:
    return {"type": "string", "maxLength": longest}


READABLE_TEXT: Schema = {"type": "string", "maxLength": 4000, "pattern": READABLE}
EVIDENCE = {**array(text_of(64)), "maxItems": 20}
SCORE: Schema = {"type": "integer", "minimum": 1, "maximum": 5}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": r"\S"}
TICKET_NO: Schema = {"type": "string", "pattern": "^TK[0-9]{6}[0-9A-F]{6}$"}

_PATHS: Schema = {
    "/v1/tickets/{ticket_no}/rating": {
        "post": {
            "operationId": "rate_ticket",
            "summary": "How content the customer is, once for each case.",
            "description": "A second rating changes nothing: the answer is 200 with the first. Only a comment of "
            "whoever gave the points without one is added.",
            "parameters": [_NO, PROOF],
            "requestBody": body(ref("RatingBody")),
            "responses": answers(
                {200: ("The first rating.", ref("Rating")), 201: ("Kept.", ref("Rating"))}, 400, 404, 422
            ),
        }
    },
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

REFUND = record(
    {
        "decision": one_of(Decision),
        "amount": nullable(MONEY),
        "expected_at": nullable(TIME),
        "reason": nullable(TEXT),
    }
)
HOLDER = record({"kind": one_of(("queue", "agent", "customer", "upstream", "nobody")), "name": nullable(TEXT)})
STEP3 = record({
    **dict.fromkeys(("offer", "complaint", "platform", "legal"), BOOLEAN),
    "why": nullable(one_of(Why)),
    "at": nullable(TIME),
})  # fmt: skip
_TICKET: Schema = {
    "ticket_no": TICKET_NO,
    "order_no": nullable(TEXT),
    "type": one_of(TicketType),
    "status": one_of(Status),
    "stage": one_of(Stage),
    "holder": HOLDER,
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
    "refund": nullable(REFUND),
    "step3": STEP3,
}  # fmt: skip
_PARTS = dict.fromkeys(("initiated_at", "product", "payment_state", "order_state"), text_of(300))
_SCHEMAS: Schema = {
    "Report": record(
        {
            "order_no": nullable({"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}),
            "type": one_of(TicketType),
            "priority": one_of(Priority),
            "title": text_of(200),
            "content": text_of(4000),
            **_PARTS,
            "demand": nullable(one_of(Demand)),
            "evidence": EVIDENCE,
            "conversation_id": nullable(text_of(128)),
            "customer_ref": CUSTOMER_REF,
            "language": text_of(10),
        },
        optional=("order_no", "priority", "title", "content", *_PARTS, "demand", "evidence", "conversation_id",
                  "language"),
    ),
    "OpenedTicket": record({
        "ticket_no": TICKET_NO,
        "status": one_of(Status),
        "created_at": TIME,
        "reply_by": TIME,
        "joined": BOOLEAN,
    }),
    "Ticket": record(_TICKET),
    "TicketProgress": record({**_TICKET, "rated": {"type": "boolean"}, "history": array(ref("TicketEvent"))}),
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
        "name": NAME,
        "shown": nullable(NAME),
    }, optional=("shown",)),
    "RatingBody": record(
        {"score": SCORE, "comment": text_of(1000), "customer_ref": nullable(CUSTOMER_REF)},
        optional=("comment", "customer_ref"),
    ),
    "Rating": record({"ticket_no": TICKET_NO, "score": SCORE, "comment": TEXT, "created_at": TIME}),
    "TicketMessage": {
        **record(
            {
                "author": one_of(Author),
                "text": text_of(4000),
                "evidence": EVIDENCE,
                "customer_ref": nullable(CUSTOMER_REF),
                "author_name": nullable(NAME),
            },
            optional=("text", "evidence", "customer_ref", "author_name"),
        ),
        "anyOf": [
            {"required": ["text"], "properties": {"text": {"pattern": READABLE}}},
            {"required": ["evidence"],
             "properties": {"author": one_of((Author.CUSTOMER,)), "evidence": {"minItems": 1}}},
        ],
    },
    "AddedMessage": record({
        "message_id": {"type": "integer"},
        "ticket_no": TICKET_NO,
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
