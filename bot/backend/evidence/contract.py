"""`/v1/evidence` in OpenAPI."""

from bot.backend.evidence.model import FORMATS
from bot.backend.schemas import COUNT, FLAG, TEXT, Json, an_object, answers, error_answers, in_path
from bot.errors import (
    BadRequestError,
    InvalidError,
    NotAuthorizedError,
    NotFoundError,
    TooLargeError,
    UnsupportedPictureError,
)

EVIDENCE = an_object(
    {
        "evidence_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "width": COUNT,
        "height": COUNT,
        "mime": {"type": "string", "enum": list(FORMATS.values())},
        "duplicate": FLAG,
    }
)
_BYTES: Json = {"type": "string", "format": "binary"}
_FORM = an_object(
    {"file": _BYTES, "customer_ref": {**TEXT, "minLength": 1, "maxLength": 128}},
    order_no={**TEXT, "minLength": 1, "maxLength": 64},
)

OPENAPI: Json = {
    "/v1/evidence": {
        "post": {
            "operationId": "uploadEvidence",
            "summary": "Save a picture; `duplicate`: another customer or order used it before.",
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
            "responses": answers(
                201, "Saved, or saved before by the same customer for the same order", EVIDENCE,
                BadRequestError, NotAuthorizedError, TooLargeError, UnsupportedPictureError, InvalidError,
            ),
        }
    },
    "/v1/evidence/{evidence_id}": {
        "get": {
            "operationId": "showEvidence",
            "summary": "The bytes as they were sent.",
            "parameters": [in_path("evidence_id")],
            "responses": {
                "200": {
                    "description": "The picture",
                    "content": {mime: {"schema": _BYTES} for mime in FORMATS.values()},
                },
                **error_answers(NotAuthorizedError, NotFoundError, InvalidError),
            },
        }
    },
}  # fmt: skip
