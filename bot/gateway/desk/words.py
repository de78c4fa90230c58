"""What a search looks for: words in texts, and the numbers by which agents know a case (pure).

Chinese has no blanks, so its characters are taken in pairs: 没到账 is 没到 and 到账. A phrase is a row of pairs.
"""

import re
import unicodedata
from itertools import pairwise

from bot.numbers import find_phone_tail, find_references

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_TICKET = re.compile(r"(?<![A-Z0-9])TK\d{6}[0-9A-F]{6}(?![A-Z0-9])")
LONGEST_WORD = 64
MOST_WORDS = 2000


def words_of(text: str) -> list[str]:
    """The words of a text in order, lower case."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if re.match(f"[{_HAN}]", run) and len(run) > 1:
            found += (first + second for first, second in pairwise(run))
        else:
            found.append(run[:LONGEST_WORD])
    return found[:MOST_WORDS]


def phrases_of(query: str) -> list[list[str]]:
    """What a query asks for: every phrase, each a row of words of which the last may go on."""
    return [words for part in query.split() if (words := words_of(part))]


def goes_on(word: str) -> bool:
    """Whether a longer word may be meant: a pair of characters is whole, which lets the index stop early."""
    return not re.fullmatch(f"[{_HAN}]{{2}}", word)


def numbers_in(text: str, *, of_customer: bool, of_bot: bool = False) -> list[tuple[str, str]]:
    """The numbers in a text as (field, number); of what the bot says only tickets count, as it gives examples too."""
    found = [("ticket_no", each) for each in _TICKET.findall(unicodedata.normalize("NFKC", text).upper())]
    if not of_bot:
        fields = {"order": "order_no", "payment": "transaction_no"}
        found += [(fields[each.kind], each.value) for each in find_references(text)]
    if of_customer and (tail := find_phone_tail(text)):
        found.append(("phone_tail", tail))
    return list(dict.fromkeys((field, number[:64]) for field, number in found))
