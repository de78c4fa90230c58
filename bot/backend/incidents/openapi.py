"""What the OpenAPI document says of incidents."""

from bot.backend.incidents.model import Scope
from bot.backend.schemas import (
    COUNT,
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

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}
_PATHS: Schema = {
    "/v1/incidents": {
        "get": {
            "operationId": "incidents",
            "summary": "Incidents, the newest first.",
            "parameters": [query_parameter("live", "Only those that go on.", one_of(("true", "false")))],
            "responses": answers({200: ("The incidents.", record({"incidents": array(ref("Incident"))}))}, 422),
        },
        "post": {
            "operationId": "open_incident",
            "summary": "Open an incident by hand; the answer is the live one of this scope and name.",
            "description": "Reported cases of the last minutes belong to it, and their customers are told.",
            "requestBody": body(ref("NewIncident")),
            "responses": answers({200: ("The incident.", ref("IncidentHint"))}, 400, 422),
        },
    },
    "/v1/incidents/{incident_no}/close": {
        "post": {
            "operationId": "close_incident",
            "summary": "It is over: each customer whom it concerns is told, once, however often this is called.",
            "parameters": [path_parameter("incident_no", "The incident's number.")],
            "responses": answers({200: ("The incident.", ref("IncidentHint"))}, 404, 422),
        }
    },
}

OPENAPI: dict[str, Schema] = {
    "paths": _PATHS,
    "schemas": {
        "NewIncident": record({"scope": one_of(Scope), "name": _NAME}),
        "Incident": record(
            {
                "incident_no": TEXT,
                "scope": one_of(Scope),
                "name": TEXT,
                "opened_at": TIME,
                "closed_at": nullable(TIME),
                "orders": COUNT,
                "customers": COUNT,
            }
        ),
    },
}
