"""Find order numbers, payment numbers, phone digits, amounts and times in what a customer writes (pure)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from bot.times import find_time

__all__ = [
    "Reference", "find_amount", "find_phone_tail", "find_reference", "find_references", "find_time", "normalize_number",
]  # fmt: skip

_NOT_IN_NUMBERS = re.compile(r"[\s\-‐‑‒–—―−－_​‌‍⁠﻿]+")
_DATE = r"20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
_ALONE = (r"(?<![A-Z0-9])", r"(?![A-Z0-9])")

# Customers copy these with blanks and dashes inside.
_SPACED_ORDER = re.compile(r"(?<![A-Z0-9])K\s?M[\s.:#-]*((?:[0-9O][ \-]?){12})(?![0-9A-Z])")
_SPACED_PAYMENT = re.compile(r"(?<![A-Z0-9])((?:42|10|20)\d\d(?:[ \t\r\n-]?\d){24})(?![0-9A-Z])")
_ORDER_FORMS = re.compile(
    rf"KM{_DATE}\d{{4}}|[A-Z]{{1,8}}20\d{{12}}\d{{6}}|D\d{{21}}|[1-9]\d{{2}}{_DATE[2:]}{_CLOCK}\d{{3}}"
    r"|(?=[A-Z0-9]*[A-Z][A-Z0-9]*\d)(?=(?:[A-Z]*\d){2})[A-Z0-9]{16}"
)
_PAYMENT_FORMS = re.compile(rf"(?:42|10)\d{{8}}{_DATE}\d{{10}}|{_DATE}\d{{20}}|\d{{16,17}}|\d{{18,20}}|\d{{28,32}}")
_TOKEN = re.compile(_ALONE[0] + r"[A-Z0-9]{12,32}" + _ALONE[1])
_BANK_CARD = re.compile(r"(?:62|4|5[1-5]|35)\d+")

_PHONE = re.compile(r"(?<![\dA-Z])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?(\d{4})(?![\dA-Z])")
_MASKED_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?[*X•]{4}[ -]?(\d{4})(?!\d)")
_NAMED_TAIL = re.compile(
    r"(?:尾号|[后末]\s?[四4]\s?位|LAST\s(?:FOUR|4)(?:\sDIGITS)?|ENDING(?:\s(?:IN|WITH))?|ENDS\s(?:IN|WITH)|TAIL|PHONE|手机号?|电话)"
    r"(?:\s|[:：,，是为\"“(（]|IS|ARE|NUMBER|NO\.?|DIGITS|OF|MY|THE|PHONE|手机号?码?){0,8}(\d{4})(?![\dA-Z.]\d?)"
)
_FOUR = re.compile(r"(?<![\dA-Z.,:/*¥$#])(?<!\d{3}[ -])\d{4}(?![\dA-Z*%]|[.,:/]\d|[ -]\d{3})")
_NO_TAIL_BEFORE = re.compile(
    r"(?:[充值花付款费额价扣约共¥$]|(?<!错)了|RMB|CNY|USD|PAID|PAY|CHARGED|AMOUNT|PRICE|COSTS?|YEAR|IN|SINCE|银行|卡号|BANK|CARD)[\s:：是了(（]{0,2}$"
)
_UNIT_AFTER = re.compile(
    r"\s{0,2}(?:元|块|圆|万|千|钻|点|个|枚|张|币|积分|金|年|月|日|号|天|分|秒|小时|次|人|RMB|CNY|USD|YUAN|COINS?|POINTS?|GEMS?|DIAMONDS?|"
    r"MINUTES?|MINS?|HOURS?|DAYS?|TIMES?|DOLLARS?|BUCKS?)"
)
_YEAR = re.compile(r"19[89]\d|20[0-4]\d")
_WHEN = re.compile(
    r"20\d{2}\s*[年/.-]\s*\d{1,2}\s*(?:[月/.-]\s*\d{1,2}\s*[日号]?)?|\d{1,2}\s*:\s*\d{2}(?:\s*:\s*\d{2})?"
)

_SUM = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?)"
_MARKED = re.compile(rf"(?:[¥$]|RMB|CNY|USD)\s*{_SUM}(?![\d.])\s*([万千KW](?![A-Z]))?")
_THIS_OR_THAT = re.compile(
    r"[\d一二两三四五六七八九十百千万]\s?(?:块钱?|元|rmb|yuan)?\s?(?:还是|或者?|\bor\b)\s?[¥$]?[\d一二两三四五六七八九十百千万]"
)
_WITH_UNIT = re.compile(
    rf"(?<![\d.,A-Z]){_SUM}\s*([万千百])?\s*(?:元|块|圆|YUAN|RMB|CNY|USD|BUCKS?|DOLLARS?)(?:钱)?(?:(\d)(?!\d|[点:元块]))?"
)
_CHINESE = re.compile(r"([零一二两三四五六七八九十百千万]+)\s*(?:元|块|圆)")
_TWO_DECIMALS = re.compile(r"(?<![\d.,:])(\d{1,3}(?:,\d{3})+\.\d{2}|\d{1,8}\.\d{2})(?![\d.:%])")
_NAMED_SUM = re.compile(
    rf"(?:金额|价格|付了|付款|支付了?|充了|充值了?|扣了|扣款|花了|AMOUNT|PAID|CHARGED|TOTAL|COST)(?:\s|[:：是为了约]|OF|IS|WAS|ME){{0,4}}{_SUM}"
    r"(?![\d.:A-Z]|\s{0,2}(?:次|分钟|小时|天|个|年|月|日|点|号|%|TIMES?|MIN|HOURS?|DAYS?))"
)
_BARE_SUM = re.compile(rf"[+-]?\s*{_SUM}")
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_MULTIPLES = {"百": 100, "千": 1000, "K": 1000, "万": 10000, "W": 10000, "": 1}
_LARGEST = Decimal(100_000_000)


@dataclass(frozen=True)
class Reference:
    """A number that may lead to an order, normalised."""

    kind: Literal["order", "payment"]
    value: str


def normalize_number(text: str) -> str:
    """One spelling for a number: NFKC, upper case, without blanks and dashes."""
    # Again at the end, because a mark may now follow the letter that it belongs to.
    return _plain(_NOT_IN_NUMBERS.sub("", _plain(text)))


def _plain(text: str) -> str:
    """Upper case, NFKC, all decimal digits as 0 to 9."""
    upper = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(str(unicodedata.decimal(each, each)) for each in upper)


def find_reference(text: str) -> Reference | None:
    """The first order number, else the first payment number; never phones, cards, ID cards or ticket numbers."""
    found = find_references(text)
    return min(found, key=lambda each: each.kind != "order", default=None)


def find_references(text: str) -> list[Reference]:
    """Every order and payment number, from left to right."""
    return [reference for _, reference in _references(_plain(text))]


def _references(line: str) -> list[tuple[tuple[int, int], Reference]]:
    """Every reference with its place, from left to right."""
    found: list[tuple[tuple[int, int], Reference]] = []
    for match in _SPACED_ORDER.finditer(line):
        number = "KM" + normalize_number(match[1]).replace("O", "0")
        if _ORDER_FORMS.fullmatch(number):
            found.append((match.span(), Reference("order", number)))
    for match in _SPACED_PAYMENT.finditer(line):
        number = normalize_number(match[1])
        if _PAYMENT_FORMS.fullmatch(number):
            found.append((match.span(), Reference("payment", number)))
    for match in _TOKEN.finditer(line):
        if any(start < match.end() and match.start() < end for (start, end), _ in found):
            continue
        token = match.group()
        if token.startswith("TK") or (token.isdigit() and (_is_bank_card(token) or _is_id_card(token))):
            continue
        if _ORDER_FORMS.fullmatch(token):
            found.append((match.span(), Reference("order", token)))
        elif _PAYMENT_FORMS.fullmatch(token):
            found.append((match.span(), Reference("payment", token)))
    return sorted(found, key=lambda each: each[0])


def _is_bank_card(digits: str) -> bool:
    """16 to 19 digits of a card scheme with a right check digit."""
    if not 16 <= len(digits) <= 19 or not _BANK_CARD.fullmatch(digits):
        return False
    doubled = (int(c) * 2 if n % 2 else int(c) for n, c in enumerate(reversed(digits)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _is_id_card(digits: str) -> bool:
    """18 digits with a birth date and a right check digit."""
    if not re.fullmatch(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}", digits):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11] == digits[17]


def find_phone_tail(text: str) -> str | None:
    """The last four digits of a phone number, or four digits that stand alone; None when it is not clear which."""
    line = _without_references(_plain(text))
    for pattern in (_PHONE, _MASKED_PHONE, _NAMED_TAIL):
        if match := pattern.search(line):
            return match[1]
    if re.fullmatch(r"\W*\d{4}\W*", line) and not re.search(r"[¥$]", line):
        return re.sub(r"\D", "", line)
    line = _WHEN.sub(" ; ", line)
    alone = {match.group() for match in _FOUR.finditer(line) if _may_be_tail(line, match)}
    return alone.pop() if len(alone) == 1 else None


def _may_be_tail(line: str, match: re.Match[str]) -> bool:
    return not (
        _YEAR.fullmatch(match.group())
        or _NO_TAIL_BEFORE.search(line[: match.start()])
        or _UNIT_AFTER.match(line, match.end())
    )


def _without_references(line: str) -> str:
    for (start, end), _ in reversed(_references(line)):
        line = line[:start] + " ; " + line[end:]
    return line


def find_amount(text: str) -> Decimal | None:
    """The sum of money in a text, with two decimals; None when there is none, or more than one."""
    line = _PHONE.sub(" ; ", _without_references(_plain(text)))
    if _THIS_OR_THAT.search(line):
        return None
    for pattern in (_MARKED, _WITH_UNIT):
        sums = {_sum(match) for match in pattern.finditer(line)}
        if sums:
            return _one(sums)
    if sums := {_chinese(match[1]) for match in _CHINESE.finditer(line)}:
        return _one(sums)
    line = _WHEN.sub(" ; ", line)
    for pattern in (_TWO_DECIMALS, _NAMED_SUM):
        sums = {_decimal(match[1]) for match in pattern.finditer(line)}
        if sums:
            return _one(sums)
    bare = _BARE_SUM.fullmatch(line.strip(" ,.。!"))
    return _one({_decimal(bare[1])}) if bare else None


def _sum(match: re.Match[str]) -> Decimal:
    tenths = match[3] if match.re is _WITH_UNIT and match[3] else "0"  # 三十块五 written as 30块5
    return _decimal(match[1]) * _MULTIPLES[match[2] or ""] + Decimal(tenths) / 10


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:  # cannot happen with these patterns
        return Decimal(0)


def _chinese(text: str) -> Decimal:
    """`三百五` is left out on purpose: only regular numbers such as 三十, 一百零五, 两千, 一万二千."""
    total, part, digit = 0, 0, 0
    for each in text:
        if each in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[each]
        elif each == "万":
            total, part, digit = (total + part + digit) * 10000, 0, 0
        else:
            part += (digit or 1) * _CHINESE_UNITS[each]
            digit = 0
    return Decimal(total + part + digit)


def _one(sums: set[Decimal]) -> Decimal | None:
    fitting = [each for each in sums if 0 < each < _LARGEST]
    return fitting[0].quantize(Decimal("0.01")) if len(fitting) == 1 else None
