"""Runs in Python 3.10 inside the Rasa server: messages that no model has to guess (standard library only)."""

import re
import unicodedata
from typing import Optional

from rasa_ext.arrived import says_arrived

# At most three letters, as in KM202405120001; four digits may be the end of a phone number.
_NUMBER = re.compile(r"[\W_]*(?:[a-z]{0,3}[\W_]*)(?:\d[\W_]*){4,}")

# Names of intents and slots as programs write them, with or without values.
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+(?:\s*\{.*\})?", re.DOTALL)


def is_number(text: str) -> bool:
    """Whether the message is one number, a time or an amount in digits, and nothing else."""
    return bool(_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).lower()))


def is_empty(text: str) -> bool:
    """Whether the message has nothing but spaces and punctuation marks; an emoji says something."""
    return all(unicodedata.category(each)[0] in "PZC" for each in text)


def sure_intent(text: str) -> Optional[str]:
    """The intent of what is clear: a number alone, marks or code alone, plain words that it is there; None otherwise."""
    if is_empty(text) or _CODE.fullmatch(text.strip()):
        return "nlu_fallback"
    if is_number(text):
        return "inform"
    return "confirm_delivery" if says_arrived(text) else None
