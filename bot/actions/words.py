"""The words that fill other sentences (`utter_word_*` of domain.yml), in both languages."""

from functools import cache
from typing import Any

import yaml

from bot.settings import ROOT

UNKNOWN = "unknown"


@cache
def _words() -> dict[str, dict[str, str]]:
    """`{word: {"zh": text, "en": text}}`, read from domain.yml on first use."""
    domain: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for name, variations in domain["responses"].items():
        if name.startswith("utter_word_"):
            texts = {"en" if "condition" in each else "zh": each["text"] for each in variations}
            found[name.removeprefix("utter_word_")] = texts
    return found


def has_word(name: str) -> bool:
    """Whether domain.yml has this word."""
    return name.lower() in _words()


def word(name: str, language: str) -> str:
    """The word in the customer's language; an unknown name is shown as "not known" rather than raising."""
    texts = _words().get(name.lower()) or _words()[UNKNOWN]
    return texts.get(language) or texts["zh"]


def translated(text: str, prefix: str, language: str) -> str:
    """The same word in this language if the text is one of our words with this prefix, else the text itself."""
    for name, texts in _words().items():
        if name.startswith(prefix) and text in texts.values():
            return word(name, language)
    return text
