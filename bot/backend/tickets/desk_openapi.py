"""What the OpenAPI document says of `/v1/desk`."""

from bot.backend.orders.model import ProductLine
from bot.backend.orders.repairs import Repair
from bot.backend.schemas import (
    BOOLEAN,
    IDEMPOTENCY_KEY,
    MONEY,
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
from bot.backend.tickets.approvals import ApprovalState
from bot.backend.tickets.life import Action, Stage
from bot.backend.tickets.model import (
    READABLE,
    ActorKind,
    Author,
    Decision,
    Demand,
    Priority,
    Status,
    TicketType,
    Waiting,
)
from bot.backend.tickets.openapi import (
    EVIDENCE,
    HOLDER,
    NAME,
    READABLE_TEXT,
    REFUND,
    STEP3,
    TICKET_NO,
    text_of,
)
from bot.backend.tickets.report_cases import Promise
from bot.backend.tickets.search import MOST, Sort

_NO = path_parameter("ticket_no", "The ticket's number; that of a merged one leads to its survivor.")
_INTEGER: Schema = {"type": "integer"}
_ACTOR = record({"kind": one_of(ActorKind), "name": TEXT})
_LINE = {"actor": ref("Actor"), "text": text_of(4000), "evidence": EVIDENCE, "reason": text_of(1000)}
_WORDS: Schema = {"required": ["text"], "properties": {"text": {"pattern": READABLE}}}
_NOTES: Schema = {"anyOf": [_WORDS, {"required": ["evidence"], "properties": {"evidence": {"minItems": 1}}}]}
_SILENT: Schema = {"properties": {"text": {"maxLength": 0}, "evidence": {"maxItems": 0}}}
_MAY_SAY: Schema = {"anyOf": [_WORDS, _SILENT]}
_DONE = answers({200: ("Done.", ref("DeskDone"))}, 400, 404, 409, 422)
_AT_THE_SHOP = answers(
    {200: ("Done.", ref("DeskRepaired")), 202: ("A second person has to approve it.", ref("DeskAsked"))},
    400, 404, 409, 422, 503,
)  # fmt: skip
_REASONS = (
    "Refused with 409 `action_refused` and a `reason` when the case or the shop does not allow it, `not_supported` "
    "when the order's shop system cannot do it."
)


def _post(operation: str, summary: str, schema: str, responses: Schema, description: str = "") -> Schema:
    found = {
        "operationId": operation, "summary": summary, "parameters": [_NO, IDEMPOTENCY_KEY],
        "requestBody": body(ref(schema)), "responses": responses,
    }  # fmt: skip
    return {"post": found | ({"description": description} if description else {})}


def _list(name: str, description: str, values: Schema) -> Schema:
    return {**query_parameter(name, description, array(values)), "style": "form", "explode": True}


def _word(name: str, description: str) -> Schema:
    return query_parameter(name, description, {"type": "string", "maxLength": 200})


_PATHS: Schema = {
    "/v1/desk/tickets": {
        "get": {
            "operationId": "desk_tickets",
            "summary": "Find cases; everything that is given must fit.",
            "parameters": [
                _list("status", "Any of these.", one_of(Status)),
                _list("type", "Any of these.", one_of(TicketType)),
                _word("assignee", "Who has it."),
                query_parameter("unassigned", "Only what nobody has.", one_of(("true", "false"))),
                _word("order_no", "The proven or claimed number."),
                _word("transaction_no", "A number of the payment."),
                _word("customer_ref", "Who opened it."),
                _word("text", "Occurs in the report, a message or a note."),
                query_parameter("sort", "Most urgent first, or newest change first.", one_of(Sort)),
                query_parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": MOST}),
                _word("cursor", "`next_cursor` of the page before."),
            ],
            "responses": answers(
                {200: ("A page.", record({"tickets": array(ref("DeskRow")), "next_cursor": nullable(TEXT)}))}, 422
            ),
        }
    },
    "/v1/desk/tickets/{ticket_no}": {
        "get": {
            "operationId": "desk_ticket",
            "summary": "A case with its messages, notes, history, approvals and operations.",
            "parameters": [_NO],
            "responses": answers({200: ("The case.", ref("DeskCase"))}, 404, 422),
        }
    },
    "/v1/desk/tickets/{ticket_no}/reply": _post("desk_reply", "Write to the customer.", "DeskReply", _DONE, _REASONS),
    "/v1/desk/tickets/{ticket_no}/note": _post("desk_note", "Write to colleagues only.", "DeskNote", _DONE),
    "/v1/desk/tickets/{ticket_no}/wait": _post("desk_wait", "Wait for somebody.", "DeskWait", _DONE, _REASONS),
    "/v1/desk/tickets/{ticket_no}/assign": _post("desk_assign", "Give it to an agent.", "DeskAssign", _DONE, _REASONS),
    **{
        f"/v1/desk/tickets/{{ticket_no}}/{name}": _post(f"desk_{name}", summary, "DeskAct", _DONE, _REASONS)
        for name, summary in (
            ("resume", "Go on after waiting."),
            ("resolve", "The case is solved."),
            ("close", "Put the case away."),
            ("reopen", "A solved or closed case lives again."),
        )
    },
    "/v1/desk/tickets/{ticket_no}/merge": _post(
        "desk_merge", "Make it a part of another case.", "DeskMerge", _DONE, _REASONS
    ),
    **{
        f"/v1/desk/tickets/{{ticket_no}}/{name}": _post(f"desk_{name}", summary, schema, _AT_THE_SHOP, _REASONS)
        for name, schema, summary in (
            (Repair.REQUERY, "DeskRepair", "Ask for the payment again, and book it when the channel confirms it."),
            (Repair.REPUSH, "DeskRepair", "Send the order to the supplier again."),
            (Repair.DELIVERED, "DeskRepair", "Book the order as delivered; the case is solved."),
            (Repair.CORRECT_INPUT, "DeskCorrect", "An agent puts right where it is delivered to, before it is sent."),
        )
    },
    "/v1/desk/tickets/{ticket_no}/refund": _post(
        "desk_refund",
        "Write down the decision about a refund.",
        "DeskRefund",
        answers(
            {200: ("Done.", ref("DeskDone")), 202: ("A second person has to approve it.", ref("DeskAsked"))},
            400, 404, 409, 422,
        ),
        "No money moves. The customer reads the reason; it must not promise that money goes back the way it came.",
    ),
    "/v1/desk/approvals": {
        "get": {
            "operationId": "desk_approvals",
            "summary": "What waits for a second person, oldest first.",
            "responses": answers({200: ("They.", record({"approvals": array(ref("Approval"))}))}, 422),
        }
    },
    "/v1/desk/approvals/{approval_no}": {
        "post": {
            "operationId": "decide_approval",
            "summary": "The word of the second person; a yes does it at once.",
            "description": "Refused with a `reason`: `same_person`, `needs_agent`, `approval_expired`, "
            "`approval_decided`, or why the case or the shop does not allow it any more.",
            "parameters": [path_parameter("approval_no", "Its number."), IDEMPOTENCY_KEY],
            "requestBody": body(ref("DeskDecision")),
            "responses": answers({200: ("Decided.", ref("DeskDecided"))}, 400, 404, 409, 422, 503),
        }
    },
    "/v1/desk/report": {
        "get": {
            "operationId": "desk_report",
            "summary": "Numbers about the cases of the last days.",
            "parameters": [
                query_parameter("days", "How many, 30 without.", {"type": "integer", "minimum": 1, "maximum": 366})
            ],
            "responses": answers({200: ("The report.", ref("DeskReport"))}, 422),
        }
    },
    "/v1/desk/report/cases": {
        "get": {
            "operationId": "desk_report_cases",
            "summary": "A short row for each case that was opened in [since, until), oldest first.",
            "parameters": [
                query_parameter("since", "With its zone.", TIME, required=True),
                query_parameter("until", "With its zone.", TIME, required=True),
                query_parameter("cursor", "From the page before.", {"type": "string", "pattern": "^[0-9]{1,9}$"}),
            ],
            "responses": answers({200: ("A page.", ref("DeskReportCases"))}, 422),
        }
    },
}  # fmt: skip

_COUNTS: Schema = {"type": "object", "additionalProperties": _INTEGER}
_STANDING = {
    "ticket_no": TICKET_NO, "status": one_of(Status), "stage": one_of(Stage), "priority": one_of(Priority),
    "assignee": nullable(TEXT), "next_promise_at": nullable(TIME),
}  # fmt: skip
_ACTIONS = one_of(Action)
_STATES = record(dict.fromkeys(("order", "delivery", "input", "target"), TEXT), optional=("input", "target"))
_REPAIRED = record({
    "before": _STATES,
    "after": _STATES,
    "payment": nullable(TEXT),
    "changed": BOOLEAN,
})  # fmt: skip
_REPAIR_DONE = {"ticket_no": TICKET_NO, "action": one_of(Repair), "state": one_of(("done",)), "order": _REPAIRED}
_ROW = {
    "ticket_no": TICKET_NO, "type": one_of(TicketType), "status": one_of(Status), "stage": one_of(Stage),
    "waiting_for": nullable(one_of(Waiting)), "priority": one_of(Priority), "order_no": nullable(TEXT),
    "claimed_no": nullable(TEXT), "customer_ref": TEXT, "conversation_id": nullable(TEXT), "assignee": nullable(TEXT),
    "amount": nullable(MONEY), "created_at": TIME, "waiting_since": nullable(TIME), "next_promise_at": nullable(TIME),
    "overdue": BOOLEAN, "repeats": _INTEGER, "broken_promises": _INTEGER,
}  # fmt: skip

_SCHEMAS: Schema = {
    "DeskAct": {**record(_LINE, optional=("text", "evidence", "reason")), **_MAY_SAY},
    "DeskNote": {**record(_LINE, optional=("text", "evidence", "reason")), **_NOTES},
    "DeskReply": record(
        {**_LINE, "text": READABLE_TEXT, "promised_at": nullable(TIME)}, optional=("evidence", "reason", "promised_at")
    ),
    "DeskWait": {
        **record(
            {**_LINE, "waiting_for": one_of(Waiting), "until": nullable(TIME)},
            optional=("text", "evidence", "reason", "until"),
        ),
        "anyOf": [
            _WORDS,
            {"properties": {"waiting_for": one_of((Waiting.UPSTREAM,)), **_SILENT["properties"]}},
        ],
    },
    "DeskAssign": {
        **record({**_LINE, "assignee": nullable(NAME), "assignee_shown": nullable(NAME)},
            optional=("text", "evidence", "reason", "assignee_shown")), **_MAY_SAY,
    },
    "DeskMerge": record(
        {"actor": ref("Actor"), "into": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": r"\S"},
         "reason": text_of(1000)},
        optional=("reason",),
    ),
    "DeskRepair": record({"actor": ref("Actor"), "reason": text_of(1000)}, optional=("reason",)),
    "DeskCorrect": record(
        {"actor": ref("Actor"), "target": {**NAME, "maxLength": 120}, "reason": text_of(1000)}, optional=("reason",)
    ),
    "DeskRefund": {
        **record(
            {"actor": ref("Actor"), "decision": one_of(Decision), "amount": nullable(MONEY),
             "expected_at": nullable(TIME), "reason": text_of(1000)},
            optional=("amount", "expected_at", "reason"),
        ),
        "anyOf": [
            {"required": ["expected_at"],
             "properties": {"decision": one_of((Decision.APPROVED,)), "expected_at": TIME}},
            {"required": ["reason"],
             "properties": {"decision": one_of((Decision.REJECTED,)), "reason": {"pattern": r"\S"}}},
        ],
    },
    "DeskDecision": record(
        {"actor": ref("Actor"), "decision": one_of(Decision), "reason": text_of(1000)}, optional=("reason",)
    ),
    "DeskDone": record(
        {"action": _ACTIONS, "state": one_of(("done",)), **_STANDING, "message_id": nullable(_INTEGER)},
        optional=("message_id",),
    ),
    "DeskRepaired": record(_REPAIR_DONE),
    "DeskAsked": record({
        "ticket_no": TICKET_NO, "action": _ACTIONS, "state": one_of(("approval_needed",)), "approval_no": TEXT,
        "expires_at": TIME,
    }),
    "DeskDecided": {
        "anyOf": [
            ref("DeskDone"),
            ref("DeskRepaired"),
            record({"ticket_no": TICKET_NO, "action": _ACTIONS, "state": one_of(("rejected",)), "approval_no": TEXT}),
        ]
    },
    "DeskRow": record(_ROW),
    "DeskCase": record({
        **_ROW,
        "base_priority": one_of(Priority), "reply_by": TIME, "last_agent_reply_at": nullable(TIME),
        "resolved_at": nullable(TIME), "funds_at_platform": BOOLEAN, "stalling": BOOLEAN,
        "demand": nullable(one_of(Demand)), "holder": HOLDER, "refund": nullable(REFUND), "step3": STEP3,
        **dict.fromkeys(
            ("language", "title", "content", "initiated_at", "product", "payment_state", "order_state"), TEXT
        ),
        "merged": array(TICKET_NO),
        "messages": array(ref("DeskMessage")),
        "history": array(ref("DeskEvent")),
        "approvals": array(ref("Approval")),
        "operations": array(ref("DeskOperation")),
        "rating": nullable(record({"score": _INTEGER, "comment": TEXT, "at": TIME})),
    }),
    "DeskMessage": record({
        "message_id": _INTEGER, "ticket_no": TICKET_NO, "author": one_of(Author), "author_name": nullable(TEXT),
        "customer_ref": nullable(TEXT), "text": TEXT, "evidence": array(TEXT), "internal": BOOLEAN, "report": BOOLEAN,
        "created_at": TIME,
    }),
    "DeskEvent": record({
        "ticket_no": TICKET_NO, "action": _ACTIONS, "actor": _ACTOR, "reason": TEXT, "message_id": nullable(_INTEGER),
        "changes": {"type": "object", "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2}},
        "at": TIME,
    }),
    "Approval": record({
        "approval_no": TEXT, "ticket_no": TICKET_NO, "action": _ACTIONS, "amount": nullable(MONEY),
        "details": {"type": "object"}, "state": one_of(ApprovalState), "asked_by": _ACTOR, "asked_at": TIME,
        "expires_at": TIME, "decided_by": nullable(TEXT), "decided_at": nullable(TIME),
    }),
    "DeskOperation": record({
        "ticket_no": TICKET_NO, "action": one_of(Repair), "actor": _ACTOR, "asked_by": nullable(TEXT), "reason": TEXT,
        "state": one_of(("started", "done")), "status": nullable(_INTEGER), "answer": nullable({"type": "object"}),
        "started_at": TIME, "finished_at": nullable(TIME),
    }),
    "DeskReport": record({
        "since": TIME, "until": TIME,
        **dict.fromkeys(("opened", "live", "overdue", "broken_promises", "repeats"), _INTEGER),
        **dict.fromkeys(("by_status", "by_type", "live_by_priority"), _COUNTS),
        **dict.fromkeys(("first_answer_minutes", "solution_minutes"), nullable(_INTEGER)),
        "satisfaction": record({
            "ratings": _INTEGER, "mean": nullable({"type": "number"}), "content_percent": nullable(_INTEGER),
            "scores": _COUNTS,
        }),
        "comments": array(record({"ticket_no": TICKET_NO, "score": _INTEGER, "comment": TEXT, "created_at": TIME})),
    }),
    "DeskReportCases": record({
        "cases": array(record({
            "conversation_id": nullable(TEXT), "opened_at": TIME, "product": nullable(one_of(ProductLine)),
            "type": one_of(TicketType), "cause": one_of(("C0", "C1", "C2", "C3", "C4", "C?")),
            "promise": one_of(Promise), "score": nullable(_INTEGER),
        })),
        "next_cursor": nullable(TEXT),
    }),
}  # fmt: skip

OPENAPI = {"paths": _PATHS, "schemas": _SCHEMAS}
