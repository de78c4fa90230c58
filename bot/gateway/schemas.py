"""Small builders for the OpenAPI document; each part writes its paths with them."""

from typing import Any

Json = dict[str, Any]

IDENT: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
TIME: Json = {"type": "string", "format": "date-time"}
BOOLEAN: Json = {"type": "boolean"}


def ref(name: str) -> Json:
    """A schema of `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(required: Json, **optional: Json) -> Json:
    """An object with these properties."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def one_of(values: Any) -> Json:
    """One of an enum's values."""
    return {"type": "string", "enum": [each.value for each in values]}


def nullable(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def operation(
    summary: str,
    answers: dict[str, Json],
    errors: tuple[int, ...] = (),
    *,
    body: Json | None = None,
    token: bool = True,
    **more: Any,
) -> Json:
    """An operation; each of the error statuses is answered with the Error object."""
    statuses = sorted({*errors, *((401, 404) if token else ()), *((400, 422) if body else ())})
    found: Json = {
        "summary": summary,
        "responses": {**answers, **{str(each): answer("An error.", ref("Error")) for each in statuses}},
        **more,
    }
    if token:
        found["security"] = [{"conversation": []}]
    if body:
        found["requestBody"] = {"required": True, "content": body}
    return found


def desk_operation(
    summary: str,
    answers: dict[str, Json],
    errors: tuple[int, ...] = (),
    *,
    body: str | None = None,
    changes: bool = False,
    **more: Any,
) -> Json:
    """An operation of the desk, for who is signed in; `body` names a schema, `changes`: the CSRF token is needed."""
    content = json_body(body) if body else None
    large = (413,) if body else ()
    found = operation(summary, answers, (401, 403, *large, *errors), body=content, token=False, **more)
    found["security"] = [{"desk": [], "csrf": []} if changes or body else {"desk": []}]
    return found


def array(schema: Json) -> Json:
    return {"type": "array", "items": schema}


def json_body(name: str) -> Json:
    return {"application/json": {"schema": ref(name)}}


def parameter(name: str, place: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


def ident(name: str) -> Json:
    return parameter(name, "path", {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "32 hex digits.")
