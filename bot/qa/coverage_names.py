"""All names that conversation tests can cover, from domain.yml, data/, the actions and the list of exceptions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.actions.outcomes import OUTCOMES
from bot.qa.coverage import Names
from bot.qa.model import Fault, ScriptInvalidError
from bot.qa.patterns import patterns_in
from bot.qa.scripts import EXCEPTIONS
from bot.recording.naming import Sentences
from bot.settings import ROOT

# What customers never read: words that other sentences are filled with, and buttons' titles.
WORDS = "utter_word_"


def load_names(root: Path = ROOT, exceptions: Path = EXCEPTIONS) -> Names:
    """Raises ScriptInvalidError when the list of exceptions cannot be read."""
    domain = _yaml(root / "domain.yml")
    return Names(
        intents=frozenset(str(next(iter(each))) if isinstance(each, dict) else each for each in domain["intents"]),
        entities=frozenset(domain["entities"]),
        rules=tuple(patterns_in(_yaml(root / "data" / "rules.yml"), "rule")),
        stories=tuple(patterns_in(_yaml(root / "data" / "stories.yml"), "story")),
        forms={name: tuple(each["required_slots"]) for name, each in domain["forms"].items()},
        responses=frozenset(each for each in domain["responses"] if not each.startswith(WORDS)),
        outcomes=OUTCOMES,
        sentences=Sentences(domain["responses"]),
        exceptions=read_exceptions(exceptions),
    )


def read_exceptions(path: Path) -> Mapping[str, Mapping[str, str]]:
    """By part, the patterns of names with their reasons; an item is `names` and `reason`."""
    found: dict[str, dict[str, str]] = {}
    try:
        document = _yaml(path)
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, ValueError) as error:
        raise ScriptInvalidError([Fault(str(path), 1, f"cannot be read: {error}")]) from error
    for part, items in document.items():
        for item in items or ():
            if not isinstance(item, dict) or item.keys() != {"names", "reason"} or not item["reason"]:
                raise ScriptInvalidError([Fault(str(path), 1, f"{part!r}: an item has 'names' and a 'reason'")])
            found.setdefault(part, {}).update(dict.fromkeys(item["names"], str(item["reason"])))
    return found


def _yaml(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
