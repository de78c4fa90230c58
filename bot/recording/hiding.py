"""What customers write, without what belongs to them: numbers become blanks or are made up, names go (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from bot.numbers import find_phone_tail, find_references, normalize_number
from bot.redact import MARK, redact

# Numbers of this kind that no shop of the demo has.
OTHER_ORDER = "KM20230101{:04d}"
OTHER_PAYMENT = "42000000002023010100000000{:02d}"
OTHER_TICKET = "TK230101A0000{:d}"
OTHER_TAIL = "{:04d}"
OTHER_PHONE = "1380000{}"
# Stand for a secret that the gateway has hidden, so that it is hidden again: a card code, a bank card, a number.
SECRETS = ("ABCD1234EFGH5678", "4111111111111111", "11010519491231002X", "483920")
NAME = "某某"

_PHONE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?1[3-9]\d[ -]?(?:\d{4}|\*{4})[ -]?(\d{4})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TICKET = re.compile(r"(?<![A-Za-z0-9])TK\d{6}[0-9A-F]{6}(?![A-Za-z0-9])", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<label>我叫|姓名[是:：]?\s?|名字[是叫:：]\s?|联系人[是:：]?\s?|\b[Mm]y name is\s|\b[Nn]ame:\s?)"
    r"(?P<name>[\u4e00-\u9fff]{2,4}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)"
)
_LONG = re.compile(r"(?<![\dA-Za-z.:])\d(?:[ -]?\d){5,}[Xx]?(?![\dA-Za-z])")
_DAY = re.compile(r"20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:$| \d\d?$)")
_BRACED = re.compile(r"{(\w+)}")
# Stands for a blank while the rest of a text is masked; no customer can type it, the gateway removes such signs.
_HELD = re.compile("\ue000(\\w+)\ue001")
_GAP = "[ \\-]?"


@dataclass
class Blanks:
    """What the blanks of a script stand for in this conversation; the same other number is always masked the same."""

    values: Mapping[str, str]
    names: tuple[str, ...] = ()
    _others: dict[str, str] = field(default_factory=dict)

    def clean(self, text: str) -> str:
        """The text as it may be written."""
        text = _BRACED.sub(lambda found: found[0] if found[1] in self.values else f"({found[1]})", text)
        text = self._with_blanks(text)
        for name in filter(None, self.names):
            text = text.replace(name, NAME)
        text = _ADDRESS.sub("https://example.com/", text)
        text = _EMAIL.sub("name@example.com", text)
        text = _NAMED.sub(lambda found: found["label"] + NAME, text)
        text = self._without_numbers(text)
        text = _with_secret(text)
        return _HELD.sub(lambda found: "{" + found[1] + "}", text)

    def is_own(self, name: str, number: str) -> bool:
        """Whether this number is what the blank stands for."""
        return bool(self.values.get(name)) and normalize_number(number) == self.values[name]

    def _with_blanks(self, text: str) -> str:
        text = _BRACED.sub(lambda found: _held(found[1]), text)
        for name in ("transaction_no", "order_no"):
            if value := self.values.get(name):
                text = re.sub(rf"(?<![\dA-Za-z]){_spaced(value)}(?![\dA-Za-z])", _held(name), text, flags=re.IGNORECASE)
        for name in ("product", "paid_at"):
            if value := self.values.get(name):
                text = text.replace(value, _held(name))
        if tail := self.values.get("phone_tail"):
            text = _PHONE.sub(lambda found: _phone(found[1], tail), text)
            text = re.sub(rf"(?<![\d.]){tail}(?![\d.])", _held("phone_tail"), text)
        if amount := self.values.get("amount"):
            text = _amount(amount).sub(_held("amount"), text)
        return text

    def _without_numbers(self, text: str) -> str:
        text = _TICKET.sub(lambda found: self._other(found[0].upper(), OTHER_TICKET), text)
        for found in find_references(text):
            masked = self._other(found.value, OTHER_ORDER if found.kind == "order" else OTHER_PAYMENT)
            text = re.sub(_spaced(found.value), masked, text, flags=re.IGNORECASE)
        text = _PHONE.sub(lambda found: OTHER_PHONE.format(self.other_tail(found[1])), text)
        if tail := find_phone_tail(text):
            text = re.sub(rf"(?<!\d){tail}(?!\d)", self.other_tail(tail), text)
        known = set(self._others.values())

        def masked_run(found: re.Match[str]) -> str:
            digits = re.sub(r"\D", "", found[0])
            made_up = digits in known or OTHER_PHONE.format("") in digits
            return found[0] if made_up or _DAY.match(found[0]) else "1" + "0" * (len(digits) - 1)

        return _LONG.sub(masked_run, text)

    def other_tail(self, tail: str) -> str:
        """Four digits that fit no order of the demo, instead of digits that did not fit."""
        return tail if tail in self._others.values() else self._other(tail, OTHER_TAIL)

    def _other(self, number: str, pattern: str) -> str:
        if number in self._others.values():
            return number
        count = 1 + sum(each == pattern for each in map(_pattern_of, self._others.values()))
        return self._others.setdefault(number, pattern.format(count))


def _pattern_of(masked: str) -> str:
    if masked.startswith("TK"):
        return OTHER_TICKET
    return {4: OTHER_TAIL, 14: OTHER_ORDER}.get(len(masked), OTHER_PAYMENT)


def _held(name: str) -> str:
    return f"\ue000{name}\ue001"


def _spaced(number: str) -> str:
    """The number as customers copy it, with blanks and dashes."""
    return _GAP.join(map(re.escape, number))


def _phone(typed: str, tail: str) -> str:
    return OTHER_PHONE.format(_held("phone_tail")) if typed == tail else OTHER_PHONE.format(typed)


def _amount(amount: str) -> re.Pattern[str]:
    """The sum in every way that digits can write it."""
    try:
        plain = f"{Decimal(amount).normalize():f}"
    except InvalidOperation:
        plain = amount
    whole, _, rest = plain.partition(".")
    decimals = rf"\.{rest}0*" if rest else r"(?:\.0{1,2})?"
    return re.compile(rf"(?<![\d.]){whole}{decimals}(?![\d.]|\s?(?:点|个|次|号|日|月|年|小时|分钟|天))")


def _with_secret(text: str) -> str:
    """A made-up secret where the gateway has hidden one, so that the test hides it again."""
    if MARK not in text:
        return text
    for secret in SECRETS:
        made = text.replace(MARK, secret)
        if redact(made).text == text:
            return made
    return text
