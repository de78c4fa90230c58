"""The reports in the OpenAPI document."""

from bot.gateway.reports.api import CHANNELS, PRODUCTS
from bot.gateway.reports.sheets import TABLES
from bot.gateway.schemas import (
    BOOLEAN,
    COUNT,
    TEXT,
    Json,
    answer,
    array,
    desk_operation,
    nullable,
    parameter,
    record,
    ref,
)

BODIES = ()

_DAY: Json = {"type": "string", "format": "date"}
_SHARE = nullable({"type": "number", "minimum": 0, "maximum": 1})
_MEAN = nullable({"type": "number", "minimum": 1, "maximum": 5})
_SPANS = {"p50": nullable(COUNT), "p90": nullable(COUNT), "count": COUNT}
_BY_DAY = array(record({"day": _DAY, **_SPANS}))
_CHANNEL: Json = {"type": "string", "enum": list(CHANNELS)}
_PRODUCT: Json = {"type": "string", "enum": list(PRODUCTS)}
_CAUSE: Json = {"type": "string", "enum": ["C0", "C1", "C2", "C3", "C4", "C?"]}
_LINE = {
    "conversations": COUNT, "handoffs": COUNT, "containment": _SHARE, "first_response_p50": nullable(COUNT),
    "resolution_p50": nullable(COUNT), "cases": nullable(COUNT), "sla": _SHARE, "csat": _MEAN,
}  # fmt: skip
_SLA = record({"kept": COUNT, "broken": COUNT, "open": COUNT, "share": _SHARE})
_CSAT = record({"mean": _MEAN, "count": COUNT, "by_score": array(record({"score": COUNT, "count": COUNT}))})
_REPORT = record(
    {
        "from": _DAY,
        "to": _DAY,
        "channel": nullable(_CHANNEL),
        "product": nullable(_PRODUCT),
        "backend": BOOLEAN,
        "volume": array(record({"day": _DAY, "conversations": COUNT, "handoffs": COUNT, "resolved": COUNT})),
        "first_response": record({**_SPANS, "unanswered": COUNT, "by_day": _BY_DAY}),
        "resolution": record({**_SPANS, "by_day": _BY_DAY}),
        "containment": record({"bot_only": COUNT, "handed_off": COUNT, "share": _SHARE}),
        "reasons": array(record({"reason": TEXT, "count": COUNT})),
        "causes": nullable(array(record({"cause": _CAUSE, "count": COUNT}))),
        "sla": nullable(_SLA),
        "csat": nullable(_CSAT),
        "by_channel": array(record({"channel": TEXT, **_LINE})),
        "by_product": nullable(array(record({"product": TEXT, **_LINE}))),
    }
)
_FILTERS = [
    parameter("from", "query", _DAY, "The first day, in Chinese time; 29 days before the last one without."),
    parameter("to", "query", _DAY, "The last day, which is included; today without. At most 366 days."),
    parameter("channel", "query", _CHANNEL, "Only conversations of this channel."),
    parameter("product", "query", _PRODUCT, "Only conversations with a case of this product."),
]
_TABLE = parameter("table", "query", {"type": "string", "enum": list(TABLES)}, "Which table; needed.")
_FILE = {"description": "The table, in UTF-8 with its mark.", "content": {"text/csv": {"schema": TEXT}}}

OPENAPI: Json = {
    "paths": {
        "/desk/api/reports": {
            "get": desk_operation(
                "Numbers of some days, for supervisors",
                {"200": answer("Spans are in seconds; what only the backend knows is null while it is away.",
                               ref("Report"))},
                (403, 422, 503),
                parameters=_FILTERS,
            )
        },
        "/desk/api/reports.csv": {
            "get": desk_operation(
                "One table of them", {"200": _FILE}, (403, 422, 503), parameters=[_TABLE, *_FILTERS]
            )
        },
    },
    "schemas": {"Report": _REPORT},
}  # fmt: skip
