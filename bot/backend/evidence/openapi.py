"""What the OpenAPI document says of `/v1/evidence`."""

from bot.backend.evidence.model import CONFLICT_FIELDS, FORMATS, KEY_FIELDS, Page, Verdict
from bot.backend.evidence.reading.model import Kind, Status
from bot.backend.evidence.reuse import Duplicate
from bot.backend.payments.numbers import Channel
from bot.backend.schemas import (
    BOOLEAN,
    CUSTOMER_REF,
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
    record,
    ref,
)

_BYTES: Schema = {"type": "string", "format": "binary"}
_SIZE: Schema = {"type": "integer", "minimum": 1}
_FORM = record(
    {
        "file": _BYTES,
        "customer_ref": CUSTOMER_REF,
        "order_no": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"\S"},
    },
    optional=("order_no",),
)
_ID = path_parameter("evidence_id", "What the upload answered.")
_READING = {
    "channel": one_of(Channel),
    "status": one_of(Status),
    "amount": MONEY,
    "paid_at": TIME,
    **dict.fromkeys(("transaction_no", "merchant_no", "order_no", "payee", "method"), TEXT),
}

OPENAPI: dict[str, dict[str, Schema]] = {
    "paths": {
        "/v1/evidence": {
            "post": {
                "operationId": "upload_evidence",
                "summary": "Save a picture.",
                "description": "The same picture from the same customer for the same order is saved once. `duplicate` "
                "says that another customer or order used it before. `sha256` is that of the bytes as they were sent.",
                "requestBody": body(_FORM, "multipart/form-data"),
                "responses": answers({201: ("Saved.", ref("Evidence"))}, 400, 413, 415, 422),
            }
        },
        "/v1/evidence/{evidence_id}": {
            "get": {
                "operationId": "evidence",
                "summary": "A picture as it was sent, upright and without metadata.",
                "parameters": [_ID],
                "responses": {
                    "200": {
                        "description": "The picture.",
                        "content": {mime: {"schema": _BYTES} for mime in FORMATS.values()},
                    },
                    **answers({}, 404, 422),
                },
            }
        },
        "/v1/evidence/{evidence_id}/check": {
            "post": {
                "operationId": "check_evidence",
                "summary": "What a picture says, and what that is worth for a proven order.",
                "description": "The picture must be of this customer. `order_no` counts only with its proof; then "
                "`checked` is the answer of `/v1/payments/verify` for what was read. 503 `reader_busy`: not read yet, "
                "ask again; `reader_down`: pictures cannot be read here.",
                "parameters": [_ID, PROOF],
                "requestBody": body(ref("EvidenceCheckRequest")),
                "responses": answers({200: ("The verdict.", ref("EvidenceCheck"))}, 400, 404, 413, 422, 503),
            }
        },
    },
    "schemas": {
        "Evidence": record(
            {
                "evidence_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "width": _SIZE,
                "height": _SIZE,
                "mime": {"type": "string", "enum": list(FORMATS.values())},
                "duplicate": BOOLEAN,
            }
        ),
        "EvidenceCheckRequest": record(
            {"customer_ref": CUSTOMER_REF, "order_no": nullable({"type": "string", "maxLength": 100})},
            optional=("order_no",),
        ),
        "EvidenceCheck": record(
            {
                "evidence_id": TEXT,
                "kind": nullable(one_of(Kind)),
                "verdict": nullable(one_of(Verdict)),
                "reading": record({name: nullable(schema) for name, schema in _READING.items()}),
                "missing": array(one_of(KEY_FIELDS)),
                "page": nullable(one_of(Page)),
                "conflicts": array(one_of(CONFLICT_FIELDS)),
                "duplicate": nullable(one_of(Duplicate)),
                "checked": nullable(ref("PaymentVerdict")),
            }
        ),
    },
}
