"""Runs in Python 3.10 inside the Rasa server: numbers, channels and products in a message (standard library only).

Digits may be full width, in groups with spaces or dashes, letters in lower case. What could be two things is left out:
the dialog asks then, and a guess would open a stranger's order or check the wrong payment.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Iterator, List, NamedTuple, Optional, Tuple


class Found(NamedTuple):
    """One value: its kind, the normalised value, and where it stands in the original text."""

    kind: str
    value: str
    start: int
    end: int


class _Piece(NamedTuple):
    text: str
    start: int
    end: int


_PIECE = re.compile(r"[A-Za-z0-9]+")
_DASH = re.compile(r"[-–—]")
_GLUE = re.compile(r"[ \t\-_–—.·]{1,3}")
_DATE = r"20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
# Kind, pattern, and where the date stands in it. The first match wins; longer and stricter formats come first.
_FORMATS = (
    ("payment_no", re.compile(rf"1000\d{{6}}{_DATE}\d{{13,14}}"), 10),  # WeChat transfer
    ("payment_no", re.compile(rf"(?:42|10)\d{{8}}{_DATE}\d{{10}}"), 10),  # WeChat
    ("payment_no", re.compile(rf"{_DATE}\d{{20}}"), 0),  # Alipay
    ("payment_no", re.compile(rf"{_DATE}{_CLOCK}\d{{5}}"), 0),  # epay
    ("order_no", re.compile(rf"KM{_DATE}\d{{4}}"), 2),  # ours
    ("order_no", re.compile(rf"[A-Z]{{1,8}}{_DATE}{_CLOCK}\d{{6}}"), None),  # dujiao-next
    ("order_no", re.compile(r"D\d{21}"), None),  # kasushou
    ("order_no", re.compile(rf"{_DATE}{_CLOCK}\d{{3}}(?:RMB)?"), 0),  # caihong
    ("order_no", re.compile(rf"[1-9]\d{{2}}{_DATE[2:]}{_CLOCK}\d{{3}}"), None),  # acg-faka
    ("order_no", re.compile(r"\d{20}"), None),  # fulu
    ("order_no", re.compile(r"(?=(?:[A-Z]*\d){2})(?=(?:\d*[A-Z]){2})[A-Z0-9]{16}"), None),  # dujiaoka
)
_MOBILE = re.compile(
    r"(?:86)?(1(?:3\d{3}|5[^4\D]\d{2}|8\d{3}|7(?:[0-35-9]\d{2}|4(?:0\d|1[0-2]|9\d))|9[0-35-9]\d{2}|6[2567]\d{2}"
    r"|4(?:(?:10|4[01])\d{3}|[68]\d{4}|[579]\d{2}))\d{6})"
)
# Neither numbers of orders nor of payments: tickets of ours and of acg-faka.
_TICKET = re.compile(r"TK\d{6}[0-9A-F]{6}|TK\d{12}[0-9A-F]{8}")
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_CHINESE_DIGITS.update({"〇": 0, "两": 2, "兩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9})
_CHINESE_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000, "萬": 10000}
_CHINESE_NUMBER = f"[{''.join(_CHINESE_DIGITS)}{''.join(_CHINESE_UNITS)}]+"
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?"
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
# This sum or that one; "两三百" is none of these.
_EITHER_SUM = re.compile(
    rf"(?:\d|{_CHINESE_NUMBER})\s?(?:块钱?|元|rmb|yuan)?\s?(?:还是|或者?|\bor\b)\s?[¥$]?(?:\d|{_CHINESE_NUMBER})", re.I
)
_AMOUNTS = (
    re.compile(rf"(?:[¥$]|rmb|cny|人民币)\s*(?P<n>{_FIGURE})(?![\d.,]*\d)", re.I),
    re.compile(
        rf"(?<![\d.,:A-Za-z])(?P<n>{_FIGURE})\s*(?P<k>万|萬|k(?=\s*(?:元|块|塊|yuan|rmb)))?\s*"
        r"(?:元|块钱|[块塊](?P<t>[1-9])(?!\d|[个張张次条份.])|块(?!儿)|塊|圆|(?:yuan|rmb|cny|usd|dollars?|bucks?|kuai)(?![a-z]))",
        re.I,
    ),
    re.compile(rf"(?P<c>{_CHINESE_NUMBER})(?:元|块|塊|圆)(?![儿面费])"),
    re.compile(r"(?<![\d.,:\-/A-Za-z])(?P<n>\d{1,6}\.\d{2})(?![\d.:\-/%])"),
)
_TAIL_WORD = r"尾号|尾號|尾數|尾数|后四位|後四位|后4位|末四位|最后四位|last\s*(?:four|4)(?:\s*digits?)?|tail|ending(?:\s*(?:in|with))?|ends\s*(?:in|with)"
_TAIL_AFTER_WORD = re.compile(
    rf"(?:{_TAIL_WORD})(?:\s*(?:of|on|my|the|phone|number|mobile|手机号?|号码))*\s*(?:是|为|is|are|=|:|[,，]|-)*\s*(?P<n>\d{{4}})(?!\d)", re.I
)
_MASKED_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?[*xX•]{4}[ -]?(?P<n>\d{4})(?!\d)")
_TAIL_BEFORE_WORD = re.compile(r"(?<!\d)(?P<n>\d{4})\s*(?:是|这个|的)?(?:手机)?尾[号號]", re.I)
_BARE_FOUR = re.compile(r"(?<![\d.,，:¥$A-Za-z/+*\-–])(?P<n>\d{4})(?![\d,，:A-Za-z/*\-–]|\.\d|\s*(?:元|块|年|月|日|号(?!码)|点|个|分|次|yuan|rmb|%|万|k\b|days?|hours?|mins?|minutes?|times))")
# With re.ASCII a Chinese character bounds a Latin word: 用Visa付的.
_NAME = re.IGNORECASE | re.ASCII
_CHANNELS = (
    ("wechat", re.compile(r"微信|薇信|威信支付|零钱|\b(?:we\s?chat|weixin|wxpay)\b|\bwx\b|\bvx\b", _NAME)),
    ("alipay", re.compile(r"支付宝|支付寶|花呗|余额宝|\b(?:ali\s?pay|zhifubao|huabei)\b|\bzfb\b", _NAME)),
    ("bank", re.compile(r"银行卡|銀行卡|储蓄卡|借记卡|信用卡|云闪付|银联|网银|\b(?:union\s?pay|bank\s?card|debit\s?card|credit\s?card|bank\s?transfer|visa|mastercard)\b", _NAME)),
    ("balance", re.compile(r"余额支付|平台余额|账户余额支付|站内余额|用余额|\b(?:account|wallet|shop|site)\s?balance\b", _NAME)),
)  # fmt: skip
_PRODUCTS = (
    ("game_card", re.compile(r"点卡|点券|游戏币|游戏卡|点数卡|q币|q幣|钻石|元宝|皮肤|steam|原神|王者|和平精英|吃鸡|英雄联盟|\b(?:game\s?(?:card|credits?|points?|coins?)|v-?bucks|robux|diamonds?|gems?)\b", _NAME)),
    ("phone_credit", re.compile(r"话费|話費|电话费|手机费|流量包|充手机|\b(?:phone|mobile|cell)\s?(?:credit|balance|bill|top-?up|recharge|data)|\bairtime\b", _NAME)),
    ("membership", re.compile(r"会员|會員|\bvip\b|\bsvip\b|大会员|黄钻|绿钻|月卡|年卡|\b(?:membership|subscription|premium)\b", _NAME)),
)  # fmt: skip


def _flat(text: str) -> str:
    """Half width, as many characters as the original has; a Chinese comma stays unless it groups digits: 1，250."""
    narrow = (unicodedata.normalize("NFKC", c) for c in text)
    flat = "".join(n if len(n) == 1 else c for n, c in zip(narrow, text))
    grouping = {at for found in _GROUPED.finditer(flat) for at in range(found.start(), found.end())}
    return "".join(c if c == "，" and at not in grouping else n for at, (n, c) in enumerate(zip(flat, text)))


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _is_identity_card(digits: str) -> bool:
    """Whether eighteen digits are those of a person's identity card, by its check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
    return check == digits[17] and digits[6:8] in ("19", "20") and _is_date(digits[6:14])


def _number_kind(joined: str) -> Optional[Tuple[str, str]]:
    """`(kind, value)` of joined letters and digits, None when they are no number that we know."""
    for kind, pattern, at in _FORMATS:
        if not pattern.fullmatch(joined) or (at is not None and not _is_date(joined[at : at + 8])):
            continue
        if len(joined) == 18 and joined.isdigit() and _is_identity_card(joined):
            return None
        return kind, joined
    mobile = _MOBILE.fullmatch(joined)
    return ("phone", mobile.group(1)) if mobile else None


def _glued(pieces: List[_Piece], flat: str, first: int, last: int, glue: "re.Pattern[str]") -> bool:
    return all(glue.fullmatch(flat[a.end : b.start]) for a, b in zip(pieces[first:last], pieces[first + 1 : last + 1]))


def _joined(pieces: List[_Piece], flat: str, first: int, last: int) -> Optional[str]:
    """The pieces as one number; None when words and not groups of a number would be joined."""
    group = [piece.text.upper() for piece in pieces[first : last + 1]]
    joined = "".join(group)
    if len(group) == 1:
        return joined
    letters = [text for text in group if text.isalpha()]
    mixed = [text for text in group if not text.isalpha() and not text.isdigit()]
    if len(group) == 4 and all(len(text) == 4 for text in group):
        # Letters stand anywhere in the sixteen of dujiaoka; four short words and years must not look like that.
        dashed = " " not in flat[pieces[first].start : pieces[last].end]
        return joined if dashed or len(mixed) >= 2 or not letters else None
    # A word before a number that has letters of its own is no part of it: "order no. DJ2026… 0001".
    if letters and (mixed or letters != group[:1] or len(letters[0]) > 8):
        return None
    sizes = [len(text) for text in group]
    # Twenty digits have no form to check: they must stand in groups of one size, and not be a phone beside something else.
    if len(joined) == 20 and joined.isdigit() and (len(set(sizes[:-1])) > 1 or sizes[-1] > sizes[0]):
        return None
    return None if len(joined) == 16 and not joined.isdigit() else joined


def _long_numbers(flat: str) -> Iterator[Found]:
    """Order, payment and phone numbers: what dashes hold together, then whole pieces, then pieces that blanks part.

    Whole pieces come before blanks, because a date or a phone number may follow an order number.
    """
    pieces = [_Piece(m.group(), m.start(), m.end()) for m in _PIECE.finditer(flat)]
    used = [bool(_TICKET.fullmatch(piece.text.upper())) for piece in pieces]
    sizes = range(min(len(pieces), 9), 1, -1)
    for size, glue in [*((size, _DASH) for size in sizes), (1, _GLUE), *((size, _GLUE) for size in sizes)]:
        for first in range(len(pieces) - size + 1):
            last = first + size - 1
            if any(used[first : last + 1]) or not _glued(pieces, flat, first, last, glue):
                continue
            joined = _joined(pieces, flat, first, last)
            known = _number_kind(joined) if joined else None
            # "km202405120001号" or "订单abc123…": letters glued to a number by the customer are tried without them.
            if known is None and size == 1 and joined:
                known = _number_kind(re.sub(r"^[A-Z]+(?=\d{11,}$)", "", joined))
            if known:
                used[first : last + 1] = [True] * size
                yield Found(known[0], known[1], pieces[first].start, pieces[last].end)


def chinese_number(text: str) -> Optional[int]:
    """`三十五` → 35, `一百二` → 120; None when it cannot be read."""
    if text and all(c in _CHINESE_DIGITS for c in text):
        return int("".join(str(_CHINESE_DIGITS[c]) for c in text))
    total = section = digit = 0
    unit = 1
    for c in text:
        if c in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[c]
            unit = 1 if digit == 0 else unit
            continue
        unit = _CHINESE_UNITS[c]
        if unit == 10000:
            total, section = (total + section + digit) * unit, 0
        else:
            section += (digit or 1) * unit
        digit = 0
    # In "一百二" the last digit counts tens, in "一百零二" and in "十二" ones.
    short = digit and unit >= 100 and text[-2] in _CHINESE_UNITS
    return total + section + digit * (unit // 10 if short else 1) or None


def _amounts(flat: str) -> Iterator[Found]:
    for pattern in _AMOUNTS:
        for found in pattern.finditer(flat):
            groups = found.groupdict()
            if groups.get("c"):
                whole = chinese_number(groups["c"])
                value = Decimal(whole) if whole else None
            else:
                value = Decimal(groups["n"].replace(",", ""))
                value *= {"万": 10000, "萬": 10000, "k": 1000}.get((groups.get("k") or "").lower(), 1)
                value += Decimal(groups.get("t") or 0) / 10  # 三十块五 written as 30块5
            if value:
                yield Found("amount", f"{value:.2f}", found.start(), found.end())


def _tails(flat: str, alone_counts: bool) -> Iterator[Found]:
    """Four digits of a phone: named so, or alone in the message, or beside an order number."""
    named = False
    for pattern in (_TAIL_AFTER_WORD, _TAIL_BEFORE_WORD, _MASKED_PHONE):
        for found in pattern.finditer(flat):
            named = True
            yield Found("phone_tail", found.group("n"), found.start("n"), found.end("n"))
    if named:
        return
    whole = re.fullmatch(r"\W*(\d{4})\W*", flat)
    if whole:
        yield Found("phone_tail", whole.group(1), whole.start(1), whole.end(1))
        return
    bare = [found for found in _BARE_FOUR.finditer(flat) if not re.match(r"19\d\d|20[0-3]\d", found.group("n"))]
    if alone_counts and len(bare) == 1:
        yield Found("phone_tail", bare[0].group("n"), bare[0].start("n"), bare[0].end("n"))


def _named(flat: str, kind: str, names: Tuple[Tuple[str, "re.Pattern[str]"], ...]) -> Iterator[Found]:
    """The channel or product named; nothing when several are, because then the text compares them."""
    hits = [(name, found) for name, pattern in names for found in [pattern.search(flat)] if found]
    if len(hits) == 1:
        name, found = hits[0]
        yield Found(kind, name, found.start(), found.end())


def find_all(text: str) -> List[Found]:
    """Everything found, by position; no two numbers overlap."""
    flat = _flat(text)
    numbers = list(_long_numbers(flat))
    # What is known already is blanked, so that no part of it is taken for something else.
    rest = list(flat)
    for number in numbers:
        rest[number.start : number.end] = "x" * (number.end - number.start)
    has_reference = any(number.kind in ("order_no", "payment_no") for number in numbers)
    amounts: List[Found] = []
    either = _EITHER_SUM.search("".join(rest))
    for amount in _amounts("".join(rest)):
        if all(amount.end <= other.start or other.end <= amount.start for other in amounts):
            amounts.append(amount)
    for amount in amounts:
        rest[amount.start : amount.end] = "x" * (amount.end - amount.start)
    if either:
        amounts = []
    tails = list(_tails("".join(rest), has_reference))
    named = [*_named(flat, "payment_channel", _CHANNELS), *_named(flat, "product_line", _PRODUCTS)]
    return sorted([*numbers, *amounts, *tails, *named], key=lambda found: found.start)
