"""The conversations of the desk in the OpenAPI document."""

from bot.gateway.conversations.model import Kind, Origin, Owner, Sender, State, Status
from bot.gateway.desk.bodies import BODIES as BODIES
from bot.gateway.desk.store import SORTS, VIEWS
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
    one_of,
    parameter,
    record,
    ref,
)

_ROW: Json = {
    "conversation_id": IDENT,
    "channel": TEXT,
    "customer_name": nullable(TEXT),
    "language": {"type": "string", "enum": ["zh", "en"]},
    "owner": one_of(Owner),
    "agent": nullable(TEXT),
    "agent_name": nullable(TEXT),
    "team": nullable(TEXT),
    "state": one_of(State),
    "booked": BOOLEAN,
    "priority": {"type": "string", "enum": ["low", "normal", "high", "urgent"]},
    "reason": nullable(TEXT),
    "waiting_since": nullable(TIME),
    "due_at": nullable(TIME),
    "last_message": nullable(
        record({"sender": one_of(Sender), "kind": one_of(Kind), "text": TEXT, "created_at": TIME})
    ),
    "unread": COUNT,
    "tags": array(TEXT),
    "order_no": nullable(TEXT),
    "created_at": TIME,
    "updated_at": TIME,
    "version": COUNT,
}
_PRESENCE = {"type": "string", "enum": ["online", "away", "busy"]}
_SCHEMAS: Json = {
    "DeskConversation": record(_ROW),
    "DeskFound": record({**_ROW, "match": record({"field": TEXT, "snippet": TEXT})}),
    "DeskMessage": record(
        {
            "message_id": IDENT,
            "position": COUNT,
            "seq": nullable(COUNT),
            "kind": one_of(Kind),
            "sender": one_of(Sender),
            "author": nullable(TEXT),
            "author_name": nullable(TEXT),
            "text": TEXT,
            "buttons": array(record({"title": TEXT})),
            "picture": nullable(record({"url": TEXT})),
            "image": nullable(TEXT),
            "activity": nullable(
                record({"type": TEXT, "by": nullable(TEXT), "to": nullable(TEXT), "reason": nullable(TEXT)})
            ),
            "origin": nullable(one_of(Origin)),
            "status": one_of(Status),
            "read": BOOLEAN,
            "client_id": nullable(TEXT),
            "created_at": TIME,
        }
    ),
    "Handover": record(
        {
            "reason": nullable(TEXT),
            "asked": TEXT,
            "answered": array(record({"name": TEXT, "value": TEXT})),
            "checked": array(record({"name": TEXT, "result": TEXT})),
            "diagnosis": nullable(TEXT),
            "order_no": nullable(TEXT),
            "at": TIME,
        }
    ),
    "DeskCustomer": record(
        {
            "channel": TEXT,
            "name": nullable(TEXT),
            "signed": BOOLEAN,
            "page_url": nullable(TEXT),
            "language": TEXT,
            "score": nullable(COUNT),
            "created_at": TIME,
            "earlier": array(ref("DeskConversation")),
        }
    ),
    "DeskPresence": record({"status": _PRESENCE, "capacity": COUNT, "open": COUNT}),
}

_ROW_ANSWER = {"200": answer("As it is now.", ref("DeskConversation"))}
_GONE: Json = {"204": {"description": "Done."}}
_ONE = [ident("conversation_id")]
_CURSOR = parameter("cursor", "query", TEXT, "`next_cursor` of the page before.")


def _query(name: str, description: str, schema: Json = TEXT) -> Json:
    return parameter(name, "query", schema, description)


def _change(summary: str, body: str | None, *errors: int) -> Json:
    return {
        "parameters": _ONE,
        "post": desk_operation(summary, _ROW_ANSWER, (404, *errors), body=body, changes=True),
    }


def _optional(operation: Json) -> Json:
    operation["post"]["requestBody"]["required"] = False
    return operation


_BASE = "/desk/api/conversations"
_ID = f"{_BASE}/{{conversation_id}}"
_COUNTS = record({"queue": COUNT, "mine": COUNT, "bot": COUNT, "booked": COUNT})
_PATHS: Json = {
    _BASE: {
        "get": desk_operation(
            "A list of conversations, and how long the lists are (up to 1,000)",
            {
                "200": answer(
                    "One page.",
                    record(
                        {
                            "conversations": array(ref("DeskConversation")),
                            "next_cursor": nullable(TEXT),
                            "counts": _COUNTS,
                        }
                    ),
                )
            },
            (422,),
            parameters=[
                _query("view", "Which list.", {"type": "string", "enum": list(VIEWS)}),
                _query("sort", "In which order.", {"type": "string", "enum": list(SORTS)}),
                _query("team", "Only of this team."),
                _query("channel", "Only of this channel: `web`, `telegram`."),
                _query("tag", "Only with this tag."),
                _query("limit", "At most 100.", {"type": "integer", "minimum": 1, "default": 50}),
                _CURSOR,
            ],
        )
    },
    _ID: {
        "parameters": _ONE,
        "get": desk_operation(
            "One conversation with its last 50 messages; the look is written to the log",
            {
                "200": answer(
                    "Everything that the gateway knows.",
                    record(
                        {
                            "conversation": ref("DeskConversation"),
                            "handover": nullable(ref("Handover")),
                            "messages": array(ref("DeskMessage")),
                            "more_before": BOOLEAN,
                            "customer": ref("DeskCustomer"),
                            "draft": TEXT,
                            "read_position": COUNT,
                            "watchers": array(TEXT),
                        }
                    ),
                )
            },
            (404,),
        ),
    },
    f"{_ID}/messages": {
        "parameters": _ONE,
        "get": desk_operation(
            "Messages, notes and activities before or after a position, in order",
            {"200": answer("In order.", record({"messages": array(ref("DeskMessage"))}))},
            (404, 422),
            parameters=[_query(name, "A number.", COUNT) for name in ("before", "after", "limit")],
        ),
        "post": desk_operation(
            "A reply of the owner, or a note",
            {
                "201": answer("Saved and sent.", ref("DeskMessage")),
                "200": answer("Saved before under this client_id.", ref("DeskMessage")),
            },
            (404, 409),
            body="DeskNewMessage",
        ),
    },
    f"{_ID}/retry": {
        "parameters": _ONE,
        "post": desk_operation(
            "Try a failed delivery again", {"200": answer("The message.", ref("DeskMessage"))}, (404,), body="Retry"
        ),
    },
    f"{_ID}/claim": _optional(_change("Take it from the queue or the bot; 409 `claimed`", "Claim", 409)),
    f"{_ID}/transfer": _change("To a colleague, or into the queue of a team", "Transfer", 409),
    f"{_ID}/hand_back": _optional(_change("To the bot", "HandBack", 409)),
    f"{_ID}/resolve": _optional(_change("Settled; the customer is asked for a score unless `silent`", "Resolve", 409)),
    f"{_ID}/reopen": _change("Go on with it", None),
    f"{_ID}/tags": _change("All tags, in place of those before", "Tags"),
    f"{_ID}/priority": _change("Before or behind others", "PriorityChange"),
    f"{_ID}/draft": {
        "parameters": _ONE,
        "put": desk_operation("What the caller is writing", _GONE, (404,), body="DraftChange"),
    },
    f"{_ID}/read": {
        "parameters": _ONE,
        "post": desk_operation("The caller has read so far", _GONE, (404,), body="ReadChange"),
    },
    f"{_ID}/pictures": {
        "parameters": _ONE,
        "post": desk_operation(
            "Upload a picture (multipart, field `file`) for a message",
            {"201": answer("Stored.", record({"picture_id": IDENT}))},
            (400, 404, 413, 415, 422, 503),
            changes=True,
        ),
    },
    f"{_ID}/test": {
        "parameters": _ONE,
        "get": desk_operation(
            "The conversation as a conversation test, without what belongs to the customer; for supervisors",
            {"200": {"description": "A script.", "content": {"application/yaml": {"schema": TEXT}}}},
            (403, 404, 422, 503),
        ),
    },
    f"{_ID}/pictures/{{picture_id}}": {
        "parameters": [*_ONE, ident("picture_id")],
        "get": desk_operation(
            "The bytes of a picture",
            {"200": {"description": "JPEG, PNG or WebP.", "content": {"image/*": {"schema": TEXT}}}},
            (404, 503),
        ),
    },
    "/desk/api/search": {
        "get": desk_operation(
            "Find by order, payment or ticket number, the end of a phone, or words",
            {
                "200": answer(
                    "The best first.",
                    record({"conversations": array(ref("DeskFound")), "next_cursor": nullable(TEXT)}),
                )
            },
            (422,),
            parameters=[_query("q", "What to look for."), _CURSOR],
        )
    },
    "/desk/api/presence": {
        "get": desk_operation("The own presence", {"200": answer("Now.", ref("DeskPresence"))}),
        "put": desk_operation("Here, away, busy", {"200": answer("Now.", ref("DeskPresence"))}, body="PresenceChange"),
    },
    "/desk/api/socket": {
        "get": desk_operation(
            "WebSocket with JSON frames, see docs/desk-api.md",
            {"101": {"description": "The protocol is switched."}},
            (400, 429),
        )
    },
}
OPENAPI: Json = {"paths": _PATHS, "schemas": _SCHEMAS}
