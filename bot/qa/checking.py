"""Everything that can be wrong with a script of a conversation test (pure)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.qa.format import (
    AROUND,
    CALL_WORDS,
    CUSTOMER,
    DESK_ACTS,
    DURATION,
    EXPECTATIONS,
    LANGUAGES,
    PICTURE,
    PLACEHOLDERS,
    TABLES,
    TELEGRAM_ACTS,
    TURN,
)
from bot.qa.model import (
    Act,
    Calls,
    Drawing,
    Given,
    Located,
    Outcome,
    Script,
    Turn,
    Vocabulary,
)
from bot.qa.values import ValueReader, is_count, list_of
from bot.qa.varying import NOTHING_SHARED, Shared, in_language, plain, variations, with_words

REQUIRED_FIELD = {"event": "type", "agent": "do", "desk": "do"}


def check_scripts(
    documents: list[Located], file: str, vocabulary: Vocabulary, shared: Shared = NOTHING_SHARED
) -> list[Script]:
    """The scripts of one file, one for each variation; raises ScriptInvalidError with every fault at once."""
    reader = Reader(file, vocabulary)
    scripts = [
        script
        for each in documents
        for suffix, document in variations(each, shared, reader.fault)
        if (script := reader.script(document, suffix))
    ]
    if not documents:
        reader.fault(1, "the file holds no script")
    seen: dict[str, int] = {}
    for script in scripts:
        if script.name in seen:
            reader.fault(script.line, f"the name {script.name!r} is already used on line {seen[script.name]}")
        seen.setdefault(script.name, script.line)
    reader.raise_faults()
    return scripts


def check_shared(document: Located, file: str, vocabulary: Vocabulary) -> Shared:
    """What the scripts of a folder share; raises ScriptInvalidError."""
    reader = Reader(file, vocabulary)
    found = reader.mapping(document, "what a folder shares", TABLES["shared"])
    given = found.get("given")
    if given:
        reader.given(given)
    turns = found.get("turns")
    lists = turns.value if turns and isinstance(turns.value, dict) else {}
    if turns and not lists:
        reader.fault(turns.line, "'turns' is a mapping of names to lists of turns")
    for each in lists.values():
        for language in LANGUAGES:
            # Whether there is an order, a text in each language and a list of words is known where they are used.
            turns_in = in_language(with_words(each, "…"), language, lambda line, message: None)
            list(reader.turns(turns_in, order="UNKNOWN"))
    reader.raise_faults()
    return Shared(given.value if given else {}, lists)


def placeholders_in(text: str) -> list[str]:
    """The names in braces; a payload's JSON and the counts of an expression have no name right after the brace."""
    return re.findall(r"{([a-z_]\w*)}", text)


class Reader(ValueReader):
    """Reads located values into a script and collects the faults."""

    def script(self, node: Located, variation: str = "") -> Script | None:
        before = len(self.faults)
        found = self.mapping(node, "a script", TABLES["script"])
        given = self.given(found["given"]) if "given" in found else Given()
        turns = tuple(self.turns(found["turns"], given.order)) if "turns" in found else ()
        then = self.outcome(found["then"], given.order) if "then" in found else Outcome()
        name = self.text(found["name"], "name") if "name" in found else ""
        if any(each.act.kind == "fault" for each in turns) and given.order not in {None, *self.words.diagnoses}:
            self.fault(node.line, "faults need an order that no other script has: 'order' with a diagnosis")
        if len(self.faults) > before:
            return None
        return Script(self.file, node.line, name + variation, given, turns, then, variation)

    def given(self, node: Located) -> Given:
        found = self.mapping(node, "'given'", TABLES["given"])
        values = {name: each for name, each in self.values(found, "given").items() if each is not None}
        order = values.get("order")
        if order and order not in self.words.diagnoses and not re.fullmatch(r"[A-Z]{2}\d{12}", order):
            self.fault(found["order"].line, f"{order!r} is neither a diagnosis nor the number of a demo order")
        if "amount" in values and order not in self.words.diagnoses:
            self.fault(found["amount"].line, "'amount' is like '648.00', for a new order")
        if "identity" in values and not order:
            self.fault(found["identity"].line, "'identity' needs an order, whose customer it is: 'given: {order: …}'")
        return Given(**values)

    def turns(self, node: Located, order: str | None) -> Iterator[Turn]:
        for each in self.items(node, "'turns'"):
            found = self.mapping(each, "a turn", TURN)
            if "customer" in found or "bot" in found or "silent" in found:
                if "customer" not in found or not found.keys() & {"bot", "silent", *EXPECTATIONS}:
                    self.fault(each.line, "a turn needs 'customer' and 'bot' ([] for an answer of nothing)")
                elif clash := found.keys() & {*AROUND, "wait_for"}:
                    self.fault(each.line, f"a turn with 'customer' has no {list_of(clash)}; make it two turns")
                elif act := self.act(found["customer"], order):
                    yield self.turn(each.line, act, found, order)
            elif "use" in found:
                self.fault(each.line, "shared turns do not use others")
            elif len(found.keys() & set(AROUND)) > 1 or not found.keys() & {*AROUND, "wait_for"}:
                self.fault(each.line, f"a turn without 'customer' has one of {list_of(AROUND)}, 'wait_for', or both")
            elif act := self.around(found):
                yield self.turn(each.line, act, found, order)

    def turn(self, line: int, act: Act, found: Mapping[str, Located], order: str | None) -> Turn:
        expected = self.values({name: each for name, each in found.items() if name in EXPECTATIONS}, "turn")
        for pattern in (*expected.get("says", ()), *expected.get("never", ())):
            self.filled(pattern, line, order)
        bot, any_order = self.answers(found)
        within = re.fullmatch(DURATION, expected.get("within") or "")
        return Turn(
            line,
            act,
            bot,
            any_order,
            says=expected.get("says", ()),
            buttons=expected.get("buttons"),
            never=expected.get("never", ()),
            within=float(within[1]) if within else None,
        )

    def answers(self, found: Mapping[str, Located]) -> tuple[tuple[str, ...] | None, bool]:
        """The names that a turn expects, and whether in any order."""
        node = found.get("bot") or found.get("wait_for")
        if silent := found.get("silent"):
            if silent.value is not True or node:
                self.fault(silent.line, "'silent' is true and stands instead of 'bot'")
            return (), False
        if node is None:
            return None, False
        if isinstance(node.value, dict):
            inner = self.mapping(node, "'bot'", TABLES["bot"])
            return (self.names(inner["any_order"], "'any_order'") if inner else ()), True
        return self.names(node, "'bot'" if "bot" in found else "'wait_for'"), False

    def names(self, node: Located, what: str) -> tuple[str, ...]:
        found = self.items(node, what, may_be_empty=True)
        return tuple(self.known(name, "response", self.words.responses) for name in found)

    def around(self, found: Mapping[str, Located]) -> Act | None:
        """What happens around the customer."""
        kind = next((each for each in AROUND if each in found), "nothing")
        if kind == "nothing":
            return Act(kind)
        node = found[kind]
        if kind == "fault":
            return self.misbehaviour(node)
        if kind not in REQUIRED_FIELD:
            return Act(kind, str(self.value(node, kind, TURN[kind]) or ""))
        required = REQUIRED_FIELD[kind]
        if not isinstance(node.value, dict) or required not in node.value:
            self.fault(node.line, f"{kind!r} is a mapping with {required!r}")
            return None
        if kind == "desk":
            self.one_of(node.value["do"], "do", DESK_ACTS)
        return Act(kind, str(node.value[required].value), fields=plain(node))

    def misbehaviour(self, node: Located) -> Act:
        if node.value in ("none", None):
            return Act("fault", "none")
        fields = self.values(self.mapping(node, "'fault'", TABLES["fault"]), "fault")
        if fields.get("what") == "refused" and fields.keys() - {"what", "who"}:
            self.fault(node.line, "where nobody listens no call is told from another: only 'what' and 'who'")
        if fields.get("carried_out") and fields.get("what") not in ("timeout", "error", "malformed"):
            self.fault(node.line, "'carried_out' goes with timeout, error and malformed")
        return Act("fault", str(fields.get("what")), fields=fields)

    def act(self, node: Located, order: str | None) -> Act | None:
        if not isinstance(node.value, dict):
            return Act("text", self.filled(self.text(node, "customer"), node.line, order))
        found = self.mapping(node, "'customer'", CUSTOMER)
        if len(found) != 1:
            self.fault(node.line, f"'customer' is a text, or a mapping with one of {list_of(CUSTOMER)}")
            return None
        ((kind, value),) = found.items()
        if kind == "button":
            return Act(kind, self.text(value, kind))
        if kind == "twice":
            return Act(kind, self.filled(self.text(value, kind), node.line, order))
        if kind == "at_once":
            texts = tuple(
                self.filled(self.text(each, kind), each.line, order) for each in self.items(value, "'at_once'")
            )
            return Act(kind, " + ".join(texts), texts=texts)
        if kind == "telegram":
            return self.on_telegram(value, order)
        pictures = self.pictures(value, order)
        return Act(kind, " ".join(str(each) for each in pictures), pictures)

    def on_telegram(self, node: Located, order: str | None) -> Act:
        """What only Telegram has."""
        if not isinstance(node.value, dict):
            return Act("telegram", self.one_of(node, "telegram", TELEGRAM_ACTS) or "")
        found = self.mapping(node, "'telegram'", TABLES["telegram"])
        pictures = self.pictures(found.pop("picture"), order) if "picture" in found else ()
        fields = self.values(found, "telegram")
        for name in fields.keys() & {"text", "caption"}:
            self.filled(fields[name], found[name].line, order)
        return Act("telegram", str(fields.pop("do", "")), pictures, fields)

    def pictures(self, node: Located, order: str | None) -> tuple[str | Drawing, ...]:
        items = node.value if isinstance(node.value, list) else [node]
        return tuple(self.picture(each, order) for each in items)

    def picture(self, node: Located, order: str | None) -> str | Drawing:
        if not isinstance(node.value, dict):
            return self.text(node, "picture")
        if order is None:
            self.fault(node.line, "a drawn picture needs an order: 'given: {order: …}'")
        if "page" not in node.value:
            self.fault(node.line, "a drawn picture needs its 'page'")
            return ""
        values = self.values(self.mapping(node, "a picture", PICTURE), "picture")
        return Drawing(**{name: each for name, each in values.items() if each is not None})

    def filled(self, text: str, line: int, order: str | None) -> str:
        for name in placeholders_in(text):
            if name not in PLACEHOLDERS:
                self.fault(line, f"unknown placeholder {{{name}}}; known are {list_of(PLACEHOLDERS)}")
            elif order is None and name != "resume_code":
                self.fault(line, f"{{{name}}} needs an order: 'given: {{order: …}}'")
        return text

    def outcome(self, node: Located, order: str | None) -> Outcome:
        found = self.mapping(node, "'then'", TABLES["then"])
        if not found and isinstance(node.value, dict):
            self.fault(node.line, "'then' expects nothing")
        special = {"slots", "ticket", "calls"}
        values = self.values({name: each for name, each in found.items() if name not in special}, "then")
        if "diagnosis" in found:
            self.known(found["diagnosis"], "diagnosis", self.words.diagnoses)
        for pattern in values.get("never", ()):
            self.filled(pattern, found["never"].line, order)
        slots = self.free(found["slots"], "'slots'", self.words.slots) if "slots" in found else {}
        if "ticket" in found:
            fields = self.mapping(found["ticket"], "'ticket'", TABLES["ticket"])
            values["ticket"] = self.values(fields, "ticket")
        if "calls" in found:
            calls = self.free(found["calls"], "'calls'", None)
            values["calls"] = tuple(self.calls(each, target) for target, each in calls.items())
        return Outcome(line=node.line, slots={name: plain(each) for name, each in slots.items()}, **values)

    def calls(self, node: Located, target: str) -> Calls:
        method, _, path = target.partition(" ")
        if not method.isupper() or not path.startswith("/"):
            self.fault(node.line, f"a call is like 'POST /v1/tickets', not {target!r}")
        if isinstance(node.value, dict):
            inner = self.free(node, "a call", frozenset({"count", "same_key"}))
            wanted: dict[str, Any] = {name: each.value for name, each in inner.items()}
        elif node.value in CALL_WORDS:
            meanings: dict[str, dict[str, Any]] = {"never": {"count": 0}, "same_key": {"same_key": True}, "some": {}}
            wanted = meanings[node.value]
        else:
            wanted = {"count": node.value}
        count, same = wanted.get("count"), wanted.get("same_key", False)
        if not (count is None or is_count(count)) or not isinstance(same, bool):
            known = list_of(CALL_WORDS)
            self.fault(node.line, f"calls are a number, {known}, or {{count: 3, same_key: true}}, not {plain(node)!r}")
        return Calls(node.line, method, path, count, same)
