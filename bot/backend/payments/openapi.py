"""What the OpenAPI document says of `/v1/payments/verify`."""

from bot.backend.orders.model import Payment, Source
from bot.backend.payments.bodies import AMOUNT
from bot.backend.payments.model import Verdict
from bot.backend.payments.numbers import Channel
from bot.backend.schemas import (
    BOOLEAN,
    CUSTOMER_REF,
    PROOF,
    TIME,
    Schema,
    answers,
    array,
    body,
    nullable,
    one_of,
    record,
    ref,
)

_NUMBER = nullable({"type": "string", "maxLength": 100})
_CLAIM = {
    "channel": nullable(one_of(Channel)),
    "transaction_no": _NUMBER,
    "merchant_no": _NUMBER,
    "amount": nullable({"type": "string", "pattern": AMOUNT}),
    "paid_at": nullable(TIME),
}
_FIELDS = ("channel", "transaction_no", "merchant_no", "number", "amount", "paid_at")

OPENAPI: dict[str, dict[str, Schema]] = {
    "paths": {
        "/v1/payments/verify": {
            "post": {
                "operationId": "verify_payment",
                "summary": "Compare what a customer says about a payment with the records.",
                "description": "Without a proof the records speak only when number and amount fit; any other guess is "
                "answered as if there were none and counts as a wrong try.",
                "parameters": [PROOF],
                "requestBody": body(ref("PaymentClaim")),
                "responses": answers({200: ("The verdict.", ref("PaymentVerdict"))}, 400, 404, 422, 423),
            }
        }
    },
    "schemas": {
        "PaymentClaim": record(
            {"order_no": _NUMBER, "claim": record(_CLAIM, optional=tuple(_CLAIM)), "customer_ref": CUSTOMER_REF},
            optional=("order_no",),
        ),
        "PaymentVerdict": record(
            {
                "verdict": one_of(Verdict),
                "payment": one_of(Payment),
                "source": one_of(Source),
                "mismatches": array(one_of(_FIELDS)),
                "missing": array(one_of(_FIELDS)),
                "order_known": BOOLEAN,
                "diagnosis": nullable(ref("Diagnosis")),
            }
        ),
    },
}
