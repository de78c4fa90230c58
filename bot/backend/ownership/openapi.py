"""What the OpenAPI document says of `/v1/verify`."""

from bot.backend.ownership.model import Factor
from bot.backend.schemas import CUSTOMER_REF, TEXT, Schema, answers, body, nullable, one_of, record, ref

OPENAPI: dict[str, Schema] = {
    "paths": {
        "/v1/verify": {
            "post": {
                "operationId": "verify",
                "summary": "An order or payment number and one factor become a short-lived proof.",
                "description": "A missing order and a wrong factor get the same answer after the same time.",
                "requestBody": body(ref("Verify")),
                "responses": answers({200: ("The proof.", ref("Proof"))}, 400, 404, 422, 423),
            }
        }
    },
    "schemas": {
        "Verify": record(
            {
                "reference": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"},
                "factor": record({"type": one_of(Factor), "value": {"type": "string", "maxLength": 200}}),
                "customer_ref": CUSTOMER_REF,
                "address_key": nullable({"type": "string", "minLength": 1, "maxLength": 64}),
            },
            optional=("address_key",),
        ),
        "Proof": record({"token": TEXT, "expires_in": {"type": "integer", "minimum": 1}, "order_no": TEXT}),
    },
}
