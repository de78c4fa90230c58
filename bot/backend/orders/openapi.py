"""What the OpenAPI document says of orders, their diagnosis, accounts and the demo."""

from bot.backend.incidents.model import Scope
from bot.backend.orders.model import (
    Account,
    Delivery,
    DeliveryType,
    Diagnosis,
    Input,
    Order,
    Payment,
    ProductLine,
    Source,
)
from bot.backend.orders.plans import Next
from bot.backend.payments.model import PaymentState
from bot.backend.payments.numbers import Channel
from bot.backend.schemas import (
    BOOLEAN,
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
from bot.backend.tickets.model import Demand, Priority, TicketType

_AXES = {"payment": Payment, "order": Order, "delivery": Delivery, "account": Account, "input": Input}
_PAYMENT = record(
    {
        "channel": one_of(Channel),
        "transaction_no_masked": nullable(TEXT),
        "merchant_no_masked": nullable(TEXT),
        "amount": MONEY,
        "currency": TEXT,
        "state": one_of(PaymentState),
        "paid_at": nullable(TIME),
    }
)
_REFUND = record({"amount": MONEY, "to": one_of(("channel", "balance")), "at": nullable(TIME)})
_ORDER = record(
    {
        "order_no": TEXT,
        "product": nullable(TEXT),
        "product_line": nullable(one_of(ProductLine)),
        "amount": nullable(MONEY),
        "currency": nullable(TEXT),
        "created_at": nullable(TIME),
        "paid_at": nullable(TIME),
        "target_masked": nullable(TEXT),
        "delivery_type": nullable(one_of(DeliveryType)),
        "states": record(
            {axis: record({"value": one_of(values), "source": one_of(Source)}) for axis, values in _AXES.items()}
        ),
        "notified": nullable(BOOLEAN),
        "late": BOOLEAN,
        "window_minutes": {"type": "integer", "minimum": 0},
        "pickup_url": nullable(TEXT),
        "account_ref": nullable(TEXT),
        "payment": nullable(_PAYMENT),
        "refund": nullable(_REFUND),
        "open_ticket_no": nullable(TEXT),
    }
)
_DIAGNOSIS = record(
    {
        "diagnosis": one_of(Diagnosis),
        "rule": {"type": "string", "pattern": r"^R\d\d$"},
        "cause": one_of(("C0", "C1", "C2", "C3", "C4", "C?")),
        "next": one_of(Next),
        "ticket_type": nullable(one_of(TicketType)),
        "demand": nullable(one_of(Demand)),
        "priority": one_of(Priority),
        "recheck_minutes": array({"type": "integer", "minimum": 0}),
        "report_after": nullable(TIME),
        "incident": nullable(ref("IncidentHint")),
        "reasons": array(TEXT),
        "order": nullable(ref("Order")),
    }
)
_RISK = record(
    {
        "state": one_of(Account),
        "real_name": BOOLEAN,
        "limits": record({"per_order": nullable(MONEY), "per_day": nullable(MONEY)}),
    }
)
_DEMO_ORDER = record(
    {
        "order_no": TEXT,
        "phone_tail": TEXT,
        "product": TEXT,
        "product_line": one_of(ProductLine),
        "amount": MONEY,
        "diagnosis": one_of(Diagnosis),
        "rule": TEXT,
        "title_zh": TEXT,
        "title_en": TEXT,
        "hint": nullable(record({"transaction_no": TEXT, "amount": MONEY, "paid_at": nullable(TIME)})),
    }
)
_CLAIMS = {
    "symptom": nullable({"type": "string", "maxLength": 40}),
    "paid": nullable(BOOLEAN),
    "input": nullable(one_of(("BAD_FORMAT", "MISMATCH", "WRONG_TYPE"))),
    "login_expired": nullable(BOOLEAN),
}
_NO = path_parameter("order_no", "The order's number; blanks, dashes and small letters do not matter.")

_PATHS: Schema = {
    "/v1/orders/{order_no}": {
        "get": {
            "operationId": "order",
            "summary": "The order that the proof is for.",
            "parameters": [_NO, PROOF],
            "responses": answers({200: ("The order.", ref("Order"))}, 404, 422),
        }
    },
    "/v1/orders": {
        "get": {
            "operationId": "order_of_payment",
            "summary": "The same by a payment's transaction or merchant number.",
            "parameters": [query_parameter("payment_no", "A number of the bill.", required=True), PROOF],
            "responses": answers({200: ("The order.", ref("Order"))}, 404, 422),
        }
    },
    "/v1/orders/{order_no}/diagnosis": {
        "post": {
            "operationId": "diagnose",
            "summary": "What is wrong with the order, and what to do next.",
            "description": "While the order's source is down, the diagnosis is ORDER_UNKNOWN.",
            "parameters": [_NO, PROOF],
            "requestBody": body(ref("DiagnosisClaims")),
            "responses": answers({200: ("The diagnosis.", ref("Diagnosis"))}, 400, 404, 422),
        }
    },
    "/v1/accounts/{ref}/risk": {
        "get": {
            "operationId": "risk",
            "summary": "What the risk rules say about the account of the proven order.",
            "parameters": [path_parameter("ref", "The order's `account_ref`."), PROOF],
            "responses": answers({200: ("The account.", ref("AccountRisk"))}, 404, 422, 503),
        }
    },
    "/v1/demo/orders": {
        "get": {
            "operationId": "demo_orders",
            "summary": "One order per diagnosis to try; 404 outside the demo.",
            "parameters": [query_parameter("every_line", "One per product line too.", one_of(("true", "false")))],
            "responses": answers({200: ("The orders.", record({"orders": array(ref("DemoOrder"))}))}, 404, 422),
        }
    },
}

OPENAPI: dict[str, Schema] = {
    "paths": _PATHS,
    "schemas": {
        "Order": _ORDER,
        "DiagnosisClaims": record(_CLAIMS, optional=tuple(_CLAIMS)),
        "Diagnosis": _DIAGNOSIS,
        "IncidentHint": record({"incident_no": TEXT, "scope": one_of(Scope), "name": TEXT, "since": TIME}),
        "AccountRisk": _RISK,
        "DemoOrder": _DEMO_ORDER,
    },
}
