"""The tables of the script format for others: a JSON Schema for editors, and the reference of the document (pure)."""

import json
from collections.abc import Mapping
from typing import Any

from bot.qa.format import CALL_WORDS, DESK_ACTS, LANGUAGES, TABLES, Key, Kind, Table
from bot.qa.model import Vocabulary

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
TITLES = {
    "script": "A script", "given": "`given`", "vary": "`vary`", "turn": "A turn",
    "customer": "`customer`, besides a text",
    "telegram": "`telegram`, besides a name",
    "picture": "`picture`, besides a file", "bot": "`bot`, besides a list", "fault": "`fault`", "then": "`then`",
    "ticket": "`ticket`", "shared": "`_shared.yml`",
}  # fmt: skip


def schema_text(words: Vocabulary) -> str:
    """The schema as it is kept in tests/conversations/schema.json."""
    return json.dumps(schema_of(words), ensure_ascii=False, indent=1) + "\n"


def schema_of(words: Vocabulary) -> Schema:
    """JSON Schema (2020-12) of one document; it knows keys, shapes and names, the checker knows more."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conversation tests",
        "if": {"anyOf": [{"required": ["name"]}, {"required": ["then"]}]},
        "then": {"$ref": "#/$defs/script"},
        "else": {"$ref": "#/$defs/shared"},
        "$defs": {
            **{name: _table(table, words) for name, table in TABLES.items()},
            "response": {"enum": sorted(words.responses)},
            "diagnosis": {"enum": sorted(words.diagnoses)},
        },
    }


def _table(table: Table, words: Vocabulary) -> Schema:
    found: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"description": key.help, **_value(name, key, words)} for name, key in table.items()},
    }
    required = [name for name, key in table.items() if key.required]
    return found | ({"required": required} if required else {})


def _value(name: str, key: Key, words: Vocabulary) -> Schema:
    if name == "order":
        return {"anyOf": [{"$ref": "#/$defs/diagnosis"}, {"type": "string", "pattern": r"^[A-Z]{2}\d{12}$"}]}
    if name == "diagnosis":
        return {"$ref": "#/$defs/diagnosis"}
    simple = _simple(key)
    if simple is not None:
        return simple
    if key.kind is Kind.MAPPING:
        table: Schema = {"$ref": f"#/$defs/{key.table}"}
        if name == "fault":
            return {"anyOf": [table, {"const": "none"}]}
        return {"anyOf": [_value(name, Key(key.short, key.help), words), table]} if key.short else table
    if key.kind is Kind.LIST:
        item: Schema = {"$ref": f"#/$defs/{key.table}"}
        either = {"anyOf": [TEXT, item]}
        return _list(item) if name == "turns" else {"anyOf": [TEXT, item, _list(either)]}
    return _free(name, words)


def _simple(key: Key) -> Schema | None:
    """The schema of a kind without a table."""
    items: Schema = {"enum": list(key.values)} if key.values else TEXT
    return {
        Kind.TEXT: _per_language(TEXT),
        Kind.NAME: TEXT,
        Kind.NUMBER: COUNT,
        Kind.FLAG: {"type": "boolean"},
        Kind.ONE_OF: {"enum": list(key.values)},
        Kind.LIKE: {"type": "string", "pattern": f"^({key.like})$"},
        Kind.RESPONSES: _per_language({"type": "array", "items": {"$ref": "#/$defs/response"}}),
        Kind.PATTERNS: _per_language({"anyOf": [TEXT, _list(TEXT)]}),
        Kind.TEXTS: _list(items) if key.values else _per_language({"anyOf": [TEXT, _list(_per_language(TEXT))]}),
    }.get(key.kind)


def _free(name: str, words: Vocabulary) -> Schema:
    """Mappings whose keys are not those of a table."""
    if name in ("event", "agent", "desk"):
        field = "type" if name == "event" else "do"
        values: Schema = {"enum": list(DESK_ACTS)} if name == "desk" else TEXT
        return {"type": "object", "required": [field], "properties": {field: values}}
    if name == "slots":
        return {"type": "object", "propertyNames": {"enum": sorted(words.slots)}}
    if name == "calls":
        details = {
            "type": "object",
            "additionalProperties": False,
            "properties": {"count": COUNT, "same_key": {"type": "boolean"}},
        }
        value = {"anyOf": [COUNT, {"enum": list(CALL_WORDS)}, details]}
        return {"type": "object", "patternProperties": {"^[A-Z]+ /": value}, "additionalProperties": False}
    return {"type": "object", "additionalProperties": _list({"$ref": "#/$defs/turn"})}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


def _per_language(schema: Schema) -> Schema:
    """The value, or one for each language."""
    languages = dict.fromkeys(LANGUAGES, schema)
    written = {"type": "object", "properties": languages, "additionalProperties": False, "minProperties": 1}
    return {"anyOf": [schema, written]}


def reference_text() -> str:
    """The tables of the document, one for each part of a script."""
    return "\n".join(_section(TITLES[name], table) for name, table in TABLES.items())


def _section(title: str, table: Mapping[str, Key]) -> str:
    rows = [f"| `{name}` | {_described(key)} |" for name, key in table.items()]
    return "\n".join((f"### {title}", "", "| key | what it is |", "|---|---|", *rows, ""))


def _described(key: Key) -> str:
    parts = [key.help]
    if key.values:
        parts.append("one of " + ", ".join(f"`{each}`" for each in key.values))
    if key.kind is Kind.LIKE:
        parts.append(f"like {key.example}")
    if key.kind is Kind.FLAG and "true" not in key.help:
        parts.append("true or false")
    if key.required:
        parts.append("must be there")
    return "; ".join(parts).replace("|", "\\|")
