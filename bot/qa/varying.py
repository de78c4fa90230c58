"""What one document of a script file stands for (pure): shared turns in place, and one for each variation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.qa.format import CHANNELS, LANGUAGES, VARY
from bot.qa.model import Located

Tell = Callable[[int, str], None]
LONGEST_SUFFIX = 24


@dataclass(frozen=True)
class Shared:
    """What the scripts of a folder share: what they begin with, and turns by name."""

    given: Mapping[str, Located] = field(default_factory=dict)
    turns: Mapping[str, Located] = field(default_factory=dict)


NOTHING_SHARED = Shared()


def variations(document: Located, shared: Shared, fault: Tell) -> list[tuple[str, Located]]:
    """The end of the name and the document of each variation; one without an end where nothing varies."""
    if not isinstance(document.value, dict):
        return [("", document)]
    whole = with_shared(document, shared, fault)
    found: list[tuple[str, Located]] = []
    for language in _axis(whole, "language", LANGUAGES, fault):
        spoken = in_language(whole, language or _language_of(whole), fault)
        for words in _axis(spoken, "words", None, fault):
            for channel in _axis(spoken, "channel", CHANNELS, fault):
                ends = [each for each in (language, _short(words), channel) if each]
                given = {name: value for name, value in (("language", language), ("channel", channel)) if value}
                varied = _with_given(spoken if words is None else with_words(spoken, words), given)
                found.append((f" [{', '.join(ends)}]" if ends else "", varied))
    return found


def with_shared(document: Located, shared: Shared, fault: Tell) -> Located:
    """The document with the folder's `given` below its own, and turns in place of `use`."""
    values = dict(document.value)
    given = values.get("given")
    if shared.given and (given is None or isinstance(given.value, dict)):
        own = given.value if given else {}
        values["given"] = Located({**shared.given, **own}, given.line if given else document.line)
    turns = values.get("turns")
    if turns and isinstance(turns.value, list):
        values["turns"] = Located(list(_used(turns.value, shared, fault)), turns.line)
    return Located(values, document.line)


def _used(turns: list[Located], shared: Shared, fault: Tell) -> Iterator[Located]:
    for each in turns:
        if not isinstance(each.value, dict) or "use" not in each.value:
            yield each
            continue
        name = each.value["use"].value
        if len(each.value) > 1:
            fault(each.line, "'use' stands alone in its turn")
        elif name not in shared.turns:
            known = ", ".join(sorted(shared.turns)) or "none; it would be in _shared.yml of this folder"
            fault(each.line, f"no shared turns have the name {name!r}; known are {known}")
        else:
            # A failure in them is shown where the script uses them.
            yield from (_moved(turn, each.line) for turn in shared.turns[name].value)


def _moved(node: Located, line: int) -> Located:
    if isinstance(node.value, dict):
        return Located({name: _moved(each, line) for name, each in node.value.items()}, line)
    return Located([_moved(each, line) for each in node.value] if isinstance(node.value, list) else node.value, line)


def in_language(node: Located, language: str, fault: Tell) -> Located:
    """The document with one language of everything that is written {zh: …, en: …}."""
    if isinstance(node.value, list):
        return Located([in_language(each, language, fault) for each in node.value], node.line)
    if not isinstance(node.value, dict):
        return node
    if node.value and node.value.keys() <= set(LANGUAGES):
        if language not in node.value:
            fault(node.line, f"there is no text for {language!r} here")
            return Located("?", node.line)
        return in_language(node.value[language], language, fault)
    return Located({name: in_language(each, language, fault) for name, each in node.value.items()}, node.line)


def with_words(node: Located, words: str) -> Located:
    """The document with these words in place of {words}."""
    if isinstance(node.value, dict):
        return Located({name: with_words(each, words) for name, each in node.value.items()}, node.line)
    if isinstance(node.value, list):
        return Located([with_words(each, words) for each in node.value], node.line)
    return Located(node.value.replace("{words}", words) if isinstance(node.value, str) else node.value, node.line)


def plain(node: Located) -> Any:
    """The value without its lines."""
    if isinstance(node.value, dict):
        return {key: plain(each) for key, each in node.value.items()}
    return [plain(each) for each in node.value] if isinstance(node.value, list) else node.value


def _with_given(document: Located, changes: Mapping[str, str]) -> Located:
    values = {name: each for name, each in document.value.items() if name != "vary"}
    if changes:
        given = values.get("given") or Located({}, document.line)
        own = given.value if isinstance(given.value, dict) else {}
        added = {name: Located(value, given.line) for name, value in changes.items()}
        values["given"] = Located({**own, **added}, given.line)
    return Located(values, document.line)


def _axis(document: Located, name: str, known: tuple[str, ...] | None, fault: Tell) -> list[str | None]:
    """The values of one kind of variation; [None] where it does not vary, or is wrong."""
    vary = document.value.get("vary")
    if vary is None:
        return [None]
    if not isinstance(vary.value, dict) or not vary.value or vary.value.keys() - VARY.keys():
        fault(vary.line, f"'vary' is a mapping with one or more of {', '.join(sorted(VARY))}")
        return [None]
    if name not in vary.value:
        return [None]
    node = vary.value[name]
    values = plain(node) if isinstance(node.value, list) else []
    wrong = [each for each in values if not isinstance(each, str) or (known and each not in known)]
    if not values or wrong or len(set(values)) < len(values):
        of = f" of {', '.join(known)}" if known else " of texts"
        fault(node.line, f"{name!r} is a list{of}, each once")
        return [None]
    return list(values)


def _language_of(document: Located) -> str:
    given = document.value.get("given")
    language = given.value.get("language") if given and isinstance(given.value, dict) else None
    return str(language.value) if language and language.value in LANGUAGES else "zh"


def _short(words: str | None) -> str | None:
    return words if words is None or len(words) <= LONGEST_SUFFIX else words[: LONGEST_SUFFIX - 1] + "…"
