"""Everything that can be wrong with a script of a conversation test (pure)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.qa.model import Act, Drawing, Fault, Located, Outcome, Script, ScriptInvalidError, Turn, Vocabulary

PLACEHOLDERS = frozenset({"order_no", "phone_tail", "transaction_no", "amount", "paid_at", "product", "resume_code"})
OWNERS = ("bot", "queue", "agent")
LANGUAGES = ("zh", "en")
# What may be said of a drawn picture.
DRAWN = {
    "page": ("wechat_bill", "alipay_bill", "order_page", "error_page", "chat"),
    "damage": ("none", "telegram", "cropped", "rotated", "blurred", "640 px", "covered"),
    "theme": ("light", "dark"),
    "status": ("paid", "refunded", "closed", "pending"),
    "number": ("own", "other"),
}
# What may happen around the customer, and how it is written.
AROUND = ("event", "agent", "desk", "incident", "clock", "widget", "device")
# What an agent may do with the conversation itself.
DESK_ACTS = ("claim", "reply", "note", "transfer", "hand_back", "resolve", "reopen")
WORDS_AROUND = {
    "incident": re.compile("open|close"),
    "clock": re.compile(r"\+\d{1,4}[mhd]"),
    "widget": re.compile("close|open"),
    "device": re.compile("new"),
}


def check_scripts(documents: list[Located], file: str, vocabulary: Vocabulary) -> list[Script]:
    """The scripts of one file; raises ScriptInvalidError with every fault at once."""
    reader = _Reader(file, vocabulary)
    scripts = [script for each in documents if (script := reader.script(each))]
    if not documents:
        reader.fault(1, "the file holds no script")
    seen: dict[str, int] = {}
    for script in scripts:
        if script.name in seen:
            reader.fault(script.line, f"the name {script.name!r} is already used on line {seen[script.name]}")
        seen.setdefault(script.name, script.line)
    if reader.faults:
        raise ScriptInvalidError(sorted(reader.faults, key=lambda fault: fault.line))
    return scripts


def placeholders_in(text: str) -> list[str]:
    """The names in braces; a payload's JSON has no name right after its brace."""
    return re.findall(r"{(\w+)}", text)


class _Reader:
    """Reads located values into a script and collects the faults."""

    def __init__(self, file: str, vocabulary: Vocabulary) -> None:
        self.file = file
        self.words = vocabulary
        self.faults: list[Fault] = []

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, message))

    def script(self, node: Located) -> Script | None:
        before = len(self.faults)
        found = self.mapping(node, "a script", {"name", "given", "turns", "then"})
        for name in ("name", "turns", "then"):
            if name not in found:
                self.fault(node.line, f"{name!r} is missing")
        order, language, amount = self.given(found.get("given"))
        turns = tuple(self.turns(found["turns"], order)) if "turns" in found else ()
        then = self.outcome(found["then"]) if "then" in found else Outcome()
        name = self.text(found["name"], "name") if "name" in found else ""
        if len(self.faults) > before:
            return None
        return Script(self.file, node.line, name, order, language, turns, then, amount)

    def given(self, node: Located | None) -> tuple[str | None, str, str | None]:
        found = self.mapping(node, "'given'", {"order", "language", "amount"}) if node else {}
        language = self.one_of(found["language"], "language", LANGUAGES) if "language" in found else "zh"
        order = self.text(found["order"], "order") if "order" in found else None
        if order and order not in self.words.diagnoses and not re.fullmatch(r"[A-Z]{2}\d{12}", order):
            self.fault(found["order"].line, f"{order!r} is neither a diagnosis nor the number of a demo order")
        amount = self.text(found["amount"], "amount") if "amount" in found else None
        if amount is not None and not (order in self.words.diagnoses and re.fullmatch(r"\d+\.\d{2}", amount)):
            self.fault(found["amount"].line, "'amount' is like '648.00', for a new order")
        return order, language or "zh", amount

    def turns(self, node: Located, order: str | None) -> Iterator[Turn]:
        for each in self.items(node, "'turns'"):
            found = self.mapping(each, "a turn", {"customer", "bot", "wait_for", *AROUND})
            if "customer" in found or "bot" in found:
                if found.keys() != {"customer", "bot"}:
                    self.fault(each.line, "a turn needs 'customer' and 'bot' ([] for an answer of nothing)")
                    continue
                if act := self.act(found["customer"], order):
                    yield Turn(each.line, act, self.names(found["bot"], "'bot'"))
            elif len(found.keys() & set(AROUND)) > 1 or not found:
                self.fault(each.line, f"a turn without 'customer' has one of {_list(AROUND)}, 'wait_for', or both")
            elif act := self.around(found):
                heard = self.names(found["wait_for"], "'wait_for'") if "wait_for" in found else None
                yield Turn(each.line, act, heard)

    def names(self, node: Located, what: str) -> tuple[str, ...]:
        found = self.items(node, what, may_be_empty=True)
        return tuple(self.known(name, "response", self.words.responses) for name in found)

    def around(self, found: Mapping[str, Located]) -> Act | None:
        """What happens around the customer."""
        kind = next((each for each in AROUND if each in found), "nothing")
        if kind == "nothing":
            return Act(kind)
        node = found[kind]
        if kind in WORDS_AROUND:
            value = str(node.value)
            if not WORDS_AROUND[kind].fullmatch(value):
                self.fault(node.line, f"{kind!r} is like {WORDS_AROUND[kind].pattern}, not {value!r}")
            return Act(kind, value)
        required = {"event": "type", "agent": "do", "desk": "do"}[kind]
        if not isinstance(node.value, dict) or required not in node.value:
            self.fault(node.line, f"{kind!r} is a mapping with {required!r}")
            return None
        if kind == "desk":
            self.one_of(node.value["do"], "do", DESK_ACTS)
        return Act(kind, str(node.value[required].value), fields=plain(node))

    def act(self, node: Located, order: str | None) -> Act | None:
        if not isinstance(node.value, dict):
            return self.filled(Act("text", self.text(node, "customer")), node.line, order)
        found = self.mapping(node, "'customer'", {"button", "picture"})
        if len(found) != 1:
            self.fault(node.line, "'customer' is a text, or a mapping with either 'button' or 'picture'")
            return None
        ((kind, value),) = found.items()
        if kind == "button":
            return Act(kind, self.text(value, kind))
        items = value.value if isinstance(value.value, list) else [value]
        pictures = tuple(self.picture(each, order) for each in items)
        return Act(kind, " ".join(str(each) for each in pictures), pictures)

    def picture(self, node: Located, order: str | None) -> str | Drawing:
        if not isinstance(node.value, dict):
            return self.text(node, "picture")
        found = self.mapping(node, "a picture", set(Drawing.__dataclass_fields__))
        if order is None:
            self.fault(node.line, "a drawn picture needs an order: 'given: {order: …}'")
        if "page" not in found:
            self.fault(node.line, "a drawn picture needs its 'page'")
            return ""
        values: dict[str, Any] = {name: self.text(each, name) for name, each in found.items() if name != "without"}
        for name, known in DRAWN.items():
            if name in found:
                self.one_of(found[name], name, known)
        if "without" in found:
            items = found["without"].value if isinstance(found["without"].value, list) else [found["without"]]
            values["without"] = tuple(self.text(each, "without") for each in items)
        return Drawing(**values)

    def filled(self, act: Act, line: int, order: str | None) -> Act:
        for name in placeholders_in(act.value):
            if name not in PLACEHOLDERS:
                self.fault(line, f"unknown placeholder {{{name}}}; known are {_list(PLACEHOLDERS)}")
            elif order is None and name != "resume_code":
                self.fault(line, f"{{{name}}} needs an order: 'given: {{order: …}}'")
        return act

    def outcome(self, node: Located) -> Outcome:
        names = {"owner", "language", "tickets", "ticket_type", "diagnosis", "slots"}
        found = self.mapping(node, "'then'", names)
        if not found and isinstance(node.value, dict):
            self.fault(node.line, "'then' expects nothing")
        tickets = found["tickets"].value if "tickets" in found else None
        if tickets is not None and (not isinstance(tickets, int) or isinstance(tickets, bool) or tickets < 0):
            self.fault(found["tickets"].line, "'tickets' is a number")
        slots = self.mapping(found["slots"], "'slots'", self.words.slots) if "slots" in found else {}
        diagnosis = found.get("diagnosis")
        return Outcome(
            line=node.line,
            owner=self.one_of(found["owner"], "owner", OWNERS) if "owner" in found else None,
            language=self.one_of(found["language"], "language", LANGUAGES) if "language" in found else None,
            tickets=tickets,
            ticket_type=self.text(found["ticket_type"], "ticket_type") if "ticket_type" in found else None,
            diagnosis=self.known(diagnosis, "diagnosis", self.words.diagnoses) if diagnosis else None,
            slots={name: plain(each) for name, each in slots.items()},
        )

    def mapping(self, node: Located, what: str, known: frozenset[str] | set[str]) -> dict[str, Located]:
        if not isinstance(node.value, dict):
            self.fault(node.line, f"{what} must be a mapping")
            return {}
        for key, each in node.value.items():
            if key not in known:
                self.fault(each.line, f"{what} has no key {key!r}; known are {_list(known)}")
        return {key: each for key, each in node.value.items() if key in known}

    def items(self, node: Located, what: str, may_be_empty: bool = False) -> list[Located]:
        if not isinstance(node.value, list) or not (node.value or may_be_empty):
            self.fault(node.line, f"{what} must be a list" + ("" if may_be_empty else " with at least one item"))
            return []
        return node.value

    def text(self, node: Located, what: str) -> str:
        if not isinstance(node.value, str) or not node.value.strip():
            # YAML reads 4821 as a number and would drop the zero of 0821, so digits are written in quotes.
            self.fault(node.line, f"{what!r} must be a text (digits in quotes)")
            return ""
        return node.value

    def one_of(self, node: Located, what: str, known: tuple[str, ...]) -> str | None:
        if node.value not in known:
            self.fault(node.line, f"{what!r} is one of {_list(known)}, not {node.value!r}")
            return None
        return str(node.value)

    def known(self, node: Located, what: str, names: frozenset[str]) -> str:
        if node.value not in names:
            self.fault(node.line, f"no {what} has the name {node.value!r}")
        return str(node.value)


def plain(node: Located) -> Any:
    """The value without its lines."""
    if isinstance(node.value, dict):
        return {key: plain(each) for key, each in node.value.items()}
    return [plain(each) for each in node.value] if isinstance(node.value, list) else node.value


def _list(names: Any) -> str:
    return ", ".join(sorted(names))
