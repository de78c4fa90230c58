"""What the OpenAPI document says of changes that shops report."""

from bot.backend.changes.model import Outcome
from bot.backend.schemas import (
    MONEY,
    TIME,
    Schema,
    answers,
    body,
    header_parameter,
    nullable,
    one_of,
    record,
    ref,
)

_WORD: Schema = {"type": "string", "minLength": 1, "maxLength": 40, "pattern": r"\S"}
_CHANGE: dict[str, Schema] = {
    "type": {**_WORD, "description": "`payment.updated`, `order.updated` or `delivery.updated`."},
    "order_no": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"\S"},
    "state": {
        **_WORD,
        "description": "A value of the payment, order or delivery axis; an unknown one is only noted.",
    },
    "occurred_at": {**TIME, "description": "Decides the order of changes; what is older than the last one is stale."},
    "transaction_no": nullable({"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}),
    "refund_amount": nullable(MONEY),
    "refund_to": nullable(one_of(("channel", "balance"))),
}
_MORE = ("transaction_no", "refund_amount", "refund_to")
_OUTCOME = record({"outcome": one_of(Outcome)})


def _change(optional: tuple[str, ...], **other: Schema) -> Schema:
    """Fields that are not listed are left aside."""
    return {**record(_CHANGE | other, optional), "additionalProperties": True}


_PATHS: Schema = {
    "/v1/hooks/shop": {
        "post": {
            "operationId": "shop_event",
            "summary": "A shop tells of a change of an order, signed after Standard Webhooks.",
            "description": "The gateway passes on what reaches `POST /hooks/shop`. 404 without a shop webhook secret; "
            "401 when the signature does not fit. The same `webhook-id` again has the same outcome.",
            "parameters": [
                header_parameter("webhook-id", "The same whenever the sender repeats a webhook.", required=True),
                header_parameter("webhook-timestamp", "Seconds since 1970, at most 5 minutes off.", required=True),
                header_parameter("webhook-signature", "`v1,` and the HMAC-SHA256 in base64.", required=True),
            ],
            "requestBody": body(ref("ShopEvent")),
            "responses": answers({200: ("What became of it.", _OUTCOME)}, 400, 404, 422),
        }
    },
    "/v1/demo/events": {
        "post": {
            "operationId": "demo_event",
            "summary": "The same without a signature, to play the shop; 404 outside the demo.",
            "requestBody": body(ref("DemoEvent")),
            "responses": answers({200: ("What became of it.", _OUTCOME)}, 400, 404, 422),
        }
    },
}

OPENAPI: dict[str, Schema] = {
    "paths": _PATHS,
    "schemas": {"ShopEvent": _change(_MORE), "DemoEvent": _change(("occurred_at", *_MORE), occurred_at=nullable(TIME))},
}
