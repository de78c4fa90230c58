"""Small builders for the OpenAPI document; each part writes its paths with them."""

from enum import EnumType
from typing import Any

Schema = dict[str, Any]

TIME: Schema = {"type": "string", "format": "date-time"}
MONEY: Schema = {"type": "string", "pattern": r"^\d{1,10}\.\d{2}$"}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
BOOLEAN: Schema = {"type": "boolean"}
# Texts are stripped before their length counts, so at least one sign must not be blank.
CUSTOMER_REF: Schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"\S"}

MEANINGS = {
    400: "The request is malformed.",
    401: "The service token is missing or wrong.",
    404: "Nothing here, or nothing that this request may see.",
    409: "It exists already.",
    413: "Too large.",
    415: "Not a picture that can be read.",
    422: "A field has a value that cannot be used; `fields` names it.",
    423: "Locked after too many wrong tries; `retry_after` seconds.",
    503: "Not available right now.",
}


def ref(name: str) -> Schema:
    """A schema of `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(values: EnumType | tuple[str, ...]) -> Schema:
    """One of these strings."""
    return {"type": "string", "enum": [str(getattr(each, "value", each)) for each in values]}


def nullable(schema: Schema) -> Schema:
    """This or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def array(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def record(properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object with exactly these properties, all required but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def body(schema: Schema, media_type: str = "application/json") -> Schema:
    """A required request body."""
    return {"required": True, "content": {media_type: {"schema": schema}}}


def answers(ok: dict[int, tuple[str, Schema]], *errors: int) -> Schema:
    """The responses: the good ones with their schema, then the error statuses; 401 is always possible."""
    found: Schema = {str(status): _answer(text, schema) for status, (text, schema) in ok.items()}
    return found | {str(status): _answer(MEANINGS[status], ref("Error")) for status in sorted({401, *errors})}


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def path_parameter(name: str, description: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def query_parameter(name: str, description: str, schema: Schema | None = None, required: bool = False) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema or TEXT,
    }


def header_parameter(name: str, description: str, required: bool = False) -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]+$"}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


# Any text is allowed, because a token that does not fit is treated like none.
PROOF = {
    **header_parameter("X-Owner-Proof", "The token of `POST /v1/verify`; without a fitting one orders look missing."),
    "schema": TEXT,
}
IDEMPOTENCY_KEY = header_parameter("Idempotency-Key", "The same key gets the first answer again.", required=True)
