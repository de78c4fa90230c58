"""What the OpenAPI document says of `/v1/evidence`."""

from bot.backend.evidence.model import FORMATS
from bot.backend.schemas import BOOLEAN, CUSTOMER_REF, Schema, answers, body, path_parameter, record, ref

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
                "parameters": [path_parameter("evidence_id", "What the upload answered.")],
                "responses": {
                    "200": {
                        "description": "The picture.",
                        "content": {mime: {"schema": _BYTES} for mime in FORMATS.values()},
                    },
                    **answers({}, 404, 422),
                },
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
        )
    },
}
