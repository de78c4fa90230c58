"""Reading the values of a script by the tables of the format, with every fault and its line (pure)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.qa.format import TABLES, Key, Kind
from bot.qa.model import Fault, Located, ScriptInvalidError, Vocabulary


class ValueReader:
    """Collects the faults; after one, a value is None or ""."""

    def __init__(self, file: str, vocabulary: Vocabulary) -> None:
        self.file = file
        self.words = vocabulary
        self.faults: list[Fault] = []

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, message))

    def raise_faults(self) -> None:
        """ScriptInvalidError if there are any, in the order of lines, each once."""
        if self.faults:
            raise ScriptInvalidError(sorted(dict.fromkeys(self.faults), key=lambda fault: fault.line))

    def values(self, found: Mapping[str, Located], table: str) -> dict[str, Any]:
        return {name: self.value(each, name, TABLES[table][name]) for name, each in found.items()}

    def value(self, node: Located, name: str, key: Key) -> Any:
        """The value as its kind says; None or "" after a fault."""
        if key.kind in (Kind.TEXT, Kind.NAME):
            return self.text(node, name)
        if key.kind is Kind.ONE_OF:
            return self.one_of(node, name, key.values)
        if key.kind is Kind.NUMBER:
            if not is_count(node.value):
                self.fault(node.line, f"{name!r} is a number")
            return node.value
        if key.kind is Kind.FLAG:
            if not isinstance(node.value, bool):
                self.fault(node.line, f"{name!r} is true or false")
            return node.value
        if key.kind is Kind.LIKE:
            text = self.text(node, name)
            if text and not re.fullmatch(key.like, text):
                self.fault(node.line, f"{name!r} is like {key.example}, not {text!r}")
            return text
        items = node.value if isinstance(node.value, list) else [node]
        texts = tuple(self.text(each, name) for each in items)
        if key.kind is Kind.PATTERNS:
            for each, text in zip(items, texts, strict=True):
                self.pattern(text, each)
        return texts

    def pattern(self, text: str, node: Located) -> None:
        """A name of a sentence, or a regular expression."""
        if re.fullmatch(r"utter_\w+", text):
            self.known(node, "response", self.words.responses)
            return
        try:
            re.compile(text)
        except re.error as error:
            self.fault(node.line, f"{text!r} is no regular expression: {error}")

    def mapping(self, node: Located, what: str, table: Mapping[str, Key]) -> dict[str, Located]:
        """The values of the keys that a table has."""
        found = self.free(node, what, frozenset(table))
        for name, key in table.items():
            if key.required and name not in found and isinstance(node.value, dict):
                self.fault(node.line, f"{name!r} is missing")
        return found

    def free(self, node: Located, what: str, known: frozenset[str] | None) -> dict[str, Located]:
        if not isinstance(node.value, dict):
            self.fault(node.line, f"{what} must be a mapping")
            return {}
        for key, each in node.value.items():
            if known is not None and key not in known:
                self.fault(each.line, f"{what} has no key {key!r}; known are {list_of(known)}")
        return {key: each for key, each in node.value.items() if known is None or key in known}

    def items(self, node: Located, what: str, may_be_empty: bool = False) -> list[Located]:
        if not isinstance(node.value, list) or not (node.value or may_be_empty):
            self.fault(node.line, f"{what} must be a list" + ("" if may_be_empty else " with at least one item"))
            return []
        return node.value

    def text(self, node: Located, what: str) -> str:
        if not isinstance(node.value, str) or not node.value.strip():
            # YAML reads 4821 as a number and would drop the zero of 0821, so digits are written in quotes.
            quoted = "Yes, No, On and Off" if isinstance(node.value, bool) else "digits"
            self.fault(node.line, f"{what!r} must be a text ({quoted} in quotes)")
            return ""
        return node.value

    def one_of(self, node: Located, what: str, known: tuple[str, ...]) -> str | None:
        if node.value not in known:
            self.fault(node.line, f"{what!r} is one of {list_of(known)}, not {node.value!r}")
            return None
        return str(node.value)

    def known(self, node: Located, what: str, names: frozenset[str]) -> str:
        if node.value not in names:
            self.fault(node.line, f"no {what} has the name {node.value!r}")
        return str(node.value)


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def list_of(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
