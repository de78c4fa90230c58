"""Canned replies, macros, summaries and scores in the OpenAPI document."""

from bot.gateway.canned.bodies import (
    CannedChange,
    CannedFor,
    MacroChange,
    NewCanned,
    NewMacro,
    NewQuality,
    NewSummary,
)
from bot.gateway.canned.model import PLACES
from bot.gateway.schemas import (
    BOOLEAN,
    COUNT,
    IDENT,
    TEXT,
    TIME,
    Json,
    answer,
    array,
    desk_operation,
    ident,
    nullable,
    parameter,
    record,
    ref,
)

BODIES = (NewCanned, CannedChange, CannedFor, NewMacro, MacroChange, NewSummary, NewQuality)

_BY: Json = {"by": TEXT, "at": TIME}
_SCORE: Json = {"type": "integer", "minimum": 1, "maximum": 5}
_SCHEMAS: Json = {
    "Canned": record(
        {
            "id": IDENT,
            "shortcut": TEXT,
            "title": TEXT,
            "language": {"type": "string", "enum": ["zh", "en"]},
            "text": TEXT,
            "team": nullable(TEXT),
            "uses": COUNT,
            "picture": nullable(record({"url": {"type": "string", "format": "uri-reference"}})),
            "mine": BOOLEAN,
        }
    ),
    "Rendered": record(
        {"text": TEXT, "order_version": TEXT, "missing": array({"type": "string", "enum": list(PLACES)})}
    ),
    "Macro": record(
        {"id": IDENT, "title": TEXT, "steps": array(record({"do": TEXT})), "mine": BOOLEAN},
    ),
    "Finished": record(
        {
            "summary": nullable(record({"cause": TEXT, "text": TEXT, "result": TEXT, **_BY})),
            "quality": nullable(record({"score": _SCORE, "points": ref("QualityPoints"), "comment": TEXT, **_BY})),
        }
    ),
}
_GONE: Json = {"204": {"description": "Removed."}}
_REPLY = {"200": answer("The reply.", ref("Canned"))}
_MACRO = {"200": answer("The macro.", ref("Macro"))}
_FINISHED = {"200": answer("Summary and score.", ref("Finished"))}

_PATHS: Json = {
    "/desk/api/canned": {
        "get": desk_operation(
            "The replies for everybody and for the own team",
            {"200": answer("By shortcut.", record({"canned": array(ref("Canned"))}))},
            (422,),
            parameters=[parameter("language", "query", {"type": "string", "enum": ["zh", "en"]}, "Only these.")],
        ),
        "post": desk_operation("A new reply", {"201": _REPLY["200"]}, body="NewCanned"),
    },
    "/desk/api/canned/{canned_id}": {
        "parameters": [ident("canned_id")],
        "patch": desk_operation("Change a reply: the own ones, supervisors all", _REPLY, (404,), body="CannedChange"),
        "delete": desk_operation("Remove a reply", _GONE, (404,), changes=True),
    },
    "/desk/api/canned/{canned_id}/render": {
        "parameters": [ident("canned_id")],
        "post": desk_operation(
            "The reply for a conversation, with what is true at this moment",
            {"200": answer("`missing` names places that still stand in the text.", ref("Rendered"))},
            (404, 503),
            body="CannedFor",
        ),
    },
    "/desk/api/macros": {
        "get": desk_operation("All macros", {"200": answer("By title.", record({"macros": array(ref("Macro"))}))}),
        "post": desk_operation("A new macro", {"201": _MACRO["200"]}, body="NewMacro"),
    },
    "/desk/api/macros/{macro_id}": {
        "parameters": [ident("macro_id")],
        "patch": desk_operation("Change a macro: the own ones, supervisors all", _MACRO, (404,), body="MacroChange"),
        "delete": desk_operation("Remove a macro", _GONE, (404,), changes=True),
    },
    "/desk/api/tags": {
        "get": desk_operation(
            "The tags that conversations have",
            {"200": answer("The most used first.", record({"tags": array(record({"tag": TEXT, "count": COUNT}))}))},
        )
    },
    "/desk/api/conversations/{conversation_id}/summary": {
        "parameters": [ident("conversation_id")],
        "get": desk_operation("Summary and score of a conversation", _FINISHED, (404,)),
        "put": desk_operation("Write the summary", _FINISHED, (404,), body="NewSummary"),
    },
    "/desk/api/conversations/{conversation_id}/quality": {
        "parameters": [ident("conversation_id")],
        "put": desk_operation("Score it, for supervisors", _FINISHED, (404,), body="NewQuality"),
    },
}
OPENAPI: Json = {"paths": _PATHS, "schemas": _SCHEMAS}
