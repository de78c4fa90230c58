"""`/v1/tickets` in OpenAPI."""

from bot.backend.schemas import (
    FLAG,
    KEY,
    MOMENT,
    MONEY,
    PROOF,
    TEXT,
    Json,
    an_object,
    answers,
    body_of,
    in_path,
    in_query,
    nullable,
    one_of,
)
from bot.backend.tickets.bodies import ChangeBody, MessageBody, TicketBody
from bot.backend.tickets.model import Author, Demand, Priority, Status, TicketType, Why
from bot.errors import (
    BadRequestError,
    IdempotencyMismatchError,
    InvalidError,
    NotAuthorizedError,
    NotFoundError,
    OrderNotFoundError,
    TicketExistsError,
)

TICKET_NO: Json = {"type": "string", "pattern": "^TK[0-9]{6}[0-9A-F]{6}$"}
STEP3 = an_object(
    {
        "offer": FLAG,
        "complaint": FLAG,
        "platform": FLAG,
        "legal": FLAG,
        "why": nullable(one_of(Why)),
        "at": nullable(MOMENT),
    }
)
TICKET = an_object(
    {
        "ticket_no": TICKET_NO,
        "order_no": nullable(TEXT),
        "type": one_of(TicketType),
        "status": one_of(Status),
        "priority": one_of(Priority),
        "demand": nullable(one_of(Demand)),
        "created_at": MOMENT,
        "reply_by": MOMENT,
        "last_agent_reply_at": nullable(MOMENT),
        "funds_at_platform": FLAG,
        "stalling": FLAG,
        "amount": nullable(MONEY),
        "step3": STEP3,
    }
)
OPENED = an_object(
    {"ticket_no": TICKET_NO, "status": one_of([Status.OPEN]), "created_at": MOMENT, "reply_by": MOMENT, "joined": FLAG}
)
MESSAGE = an_object(
    {"message_id": {"type": "integer"}, "ticket_no": TICKET_NO, "author": one_of(Author), "created_at": MOMENT}
)
_REFUSED = (BadRequestError, NotAuthorizedError, InvalidError)

OPENAPI: Json = {
    "/v1/tickets": {
        "post": {
            "operationId": "openTicket",
            "summary": "Report a problem. One ticket is live per order: a second report is added to it (409).",
            "parameters": [KEY, PROOF],
            "requestBody": body_of(TicketBody),
            "responses": answers(
                201, "A new ticket", OPENED, *_REFUSED, OrderNotFoundError, TicketExistsError, IdempotencyMismatchError
            ),
        },
        "get": {
            "operationId": "listTickets",
            "summary": "The tickets of a proven order, or of a customer, newest first.",
            "parameters": [in_query("order_no"), in_query("customer_ref"), PROOF],
            "responses": answers(
                200,
                "Tickets",
                an_object({"tickets": {"type": "array", "items": TICKET}}),
                *_REFUSED,
                OrderNotFoundError,
            ),
        },
    },
    "/v1/tickets/{ticket_no}": {
        "get": {
            "operationId": "showTicket",
            "summary": "A ticket, for the customer who opened it or the owner of its order.",
            "parameters": [in_path("ticket_no"), in_query("customer_ref"), PROOF],
            "responses": answers(200, "The ticket", TICKET, *_REFUSED, NotFoundError),
        },
        "patch": {
            "operationId": "changeTicket",
            "summary": "What only an agent knows or decides.",
            "parameters": [in_path("ticket_no")],
            "requestBody": body_of(ChangeBody),
            "responses": answers(200, "The ticket", TICKET, *_REFUSED, NotFoundError, TicketExistsError),
        },
    },
    "/v1/tickets/{ticket_no}/messages": {
        "post": {
            "operationId": "addTicketMessage",
            "summary": "Add words, pictures or both.",
            "parameters": [in_path("ticket_no"), KEY, PROOF],
            "requestBody": body_of(MessageBody),
            "responses": answers(201, "Added", MESSAGE, *_REFUSED, NotFoundError, IdempotencyMismatchError),
        }
    },
}
