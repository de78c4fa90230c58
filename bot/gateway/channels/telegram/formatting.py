"""Texts as MarkdownV2: escaped by the library, and what customers copy in monospace, so that a tap copies it (pure)."""

import re

from telegram.helpers import escape_markdown

from bot.gateway.resume.model import is_code

# Numbers of orders, tickets and payments, and resume codes; those in an address are part of it.
_NUMBER = re.compile(
    r"(?<![\w/=?&%#@.-])(?:(?=(?:[A-Z]*\d){6})[A-Z0-9]{12,32}|[0-9A-Z]{4}-[0-9A-Z]{4})(?![\w/=@-]|\.\w)", re.ASCII
)


def formatted(text: str) -> str:
    """The text for `parse_mode="MarkdownV2"`. What a customer sees has the same length, so it is cut before."""
    pieces: list[str] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if "-" in match[0] and not is_code(match[0].replace("-", "")):
            continue
        pieces += (_plain(text[end : match.start()]), f"`{_code(match[0])}`")
        end = match.end()
    return "".join(pieces) + _plain(text[end:])


def _plain(text: str) -> str:
    return escape_markdown(text, version=2)


def _code(text: str) -> str:
    return escape_markdown(text, version=2, entity_type="code")
