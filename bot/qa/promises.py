"""What holds in every conversation without being written in a script (pure): limits of the channels, and no secrets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.redact import MARK, redact

# Of a message and of a button on Telegram; what holds there holds everywhere.
LONGEST_TEXT = 4096
LONGEST_PAYLOAD = 64
# Shorter ones would be found in other words.
SHORTEST_SECRET = 6


def broken_limits(message: Mapping[str, Any]) -> list[str]:
    """What a channel would refuse of a message to the customer."""
    lines = []
    if len(str(message.get("text") or "")) > LONGEST_TEXT:
        lines.append(f"a text has {len(message['text'])} characters; no channel takes more than {LONGEST_TEXT}")
    for button in message.get("buttons") or ():
        size = len(str(button["id"]).encode())
        if size > LONGEST_PAYLOAD:
            lines.append(f"the button {button['title']!r} sends {size} bytes, more than {LONGEST_PAYLOAD}")
    return lines


def secrets_in(text: str) -> list[str]:
    """What a customer should not have typed: the parts of a text that must be hidden everywhere."""
    hidden = redact(text).text
    parts = re.fullmatch("(.+?)".join(re.escape(each) for each in hidden.split(MARK)), text, re.DOTALL)
    found = parts.groups() if parts and hidden != text else ()
    return [each for each in found if len(each) >= SHORTEST_SECRET]


def told_secrets(answers: Iterable[str], secrets: Sequence[str]) -> list[str]:
    """Answers that hold one of these secrets, or digits in the shape of one; plain words after "password" are none."""
    return [
        f"a secret was said: {redact(text).text[:80]}"
        for text in answers
        if any(re.search(r"\d", each) for each in secrets_in(text)) or any(each in text for each in secrets)
    ]


def kept_secrets(place: str, text: str, secrets: Iterable[str]) -> list[str]:
    """Secrets that stand in what is kept of the conversation."""
    return [f"a secret is kept in {place}: {each[:2]}…" for each in secrets if each in text]
