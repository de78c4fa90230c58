"""Hide what customers should never have typed: passwords, card codes, bank cards and ID cards.

Pure, and run before anything is stored, logged or passed on. Order numbers (`KM…`) and payment numbers
(28, 31 or 32 digits) always survive: they are what the helpdesk looks things up by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MARK = "***"

# Full-width letters, digits and signs are read like the plain ones; one to one, so that positions stay.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_PROTECTED = re.compile(
    r"(?<![A-Za-z0-9])KM(?:[ -]?\d){12}(?!\d)|(?<![A-Za-z0-9])TK\d{6}[0-9A-F]{6}(?![A-Za-z0-9])"
    r"|(?<!\d)(?:\d{28}|\d{31}|\d{32})(?!\d)",
    re.IGNORECASE,
)
# What may stand between the label and the secret.
_LINK = r"(?:\s|[:：=,，]|[我您你它已是为叫就成改换设填写输入了的'\"「“(（]|\bis\b|\bwas\b|\bto\b){0,12}"
_PASSWORD = re.compile(
    r"(?P<label>密码|口令|passwords?|passwd|passcode|\bpwd|\bpin(?:\s*code)?)(?P<link>" + _LINK + r")"
    r"(?P<secret>\d{1,3}(?:[ -]\d{1,3}){2,}(?![\d.])|[!-+\--:<-~]{4,})",
    re.IGNORECASE,
)
_ONE_TIME = re.compile(
    r"(?:验证码|校验码|verification\s+code|\botp)" + _LINK + r"(?P<secret>(?<![0-9A-Za-z])[0-9]{4,8}(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
_GROUP = r"(?:(?=[A-Za-z]*\d)[A-Za-z0-9]{4,}|[A-Z]{4,})"
_CARD_CODE = re.compile(
    r"(?:卡密|兑换码|激活码|充值码|(?i:cd-?k(?:ey)?)|(?i:card|gift|redeem|redemption|activation|top-?up)\s*"
    r"(?i:code|key|secret|pin)s?)" + _LINK + r"(?P<secret>" + _GROUP + r"(?:[ -]" + _GROUP + r")*)",
)
# Without a label only the unmistakable shape: three or more joined groups with both letters and digits.
_JOINED_CODE = re.compile(r"(?<![A-Za-z0-9-])(?P<secret>[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){2,6})(?![A-Za-z0-9-])")
_ID_CARD = re.compile(r"(?<![0-9A-Za-z])(?P<secret>\d{6}[ -]?\d{8}[ -]?\d{3}[0-9Xx])(?![0-9A-Za-z])")
_DIGIT_RUN = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d)*(?![0-9A-Za-z])")
# A number that the customer calls an order or payment number is not a bank card, whatever its digits add up to.
_NUMBER_LABEL = re.compile(
    r"(?:单号|订单|流水|交易|商户|order|transaction|payment|merchant)[^0-9]{0,12}$", re.IGNORECASE
)
_BANK_CARD = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35\d{14}")
_AMERICAN_EXPRESS = re.compile(r"3[47]\d{13}")
# An order number of one of the shop systems: three digits, then the time it was made.
_TIMED_ORDER = re.compile(r"[1-9]\d{2}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{3}")
# English words that follow "password (is)" without being one.
_NO_SECRETS = frozenset(
    re.findall(
        r"\S+",
        """
        after again also been before changed changes code correct correctly could does doesn't doesnt don't dont error
        expired field fine forgot forgotten from gone good have help hidden incorrect invalid into just keeps know like
        locked lost missing mine must need needed needs never only over page please problem protected quite really
        rejected required reset right safe same save screen secret seems should still stopped strong that then there
        this totally unknown very wants weak what when where which will with work worked working works would wrong your
        """,
    )
)


@dataclass(frozen=True)
class Redaction:
    """The text as it may be kept, and whether anything was hidden."""

    text: str
    found: bool


def redact(text: str) -> Redaction:
    """Replace every secret by `***`; doing it again changes nothing."""
    narrow = text.translate(_NARROW)
    protected = [match.span() for match in _PROTECTED.finditer(narrow)]
    hidden = bytearray(len(text))
    for start, end in _secrets(narrow, protected):
        hidden[start:end] = b"\x01" * (end - start)
    for start, end in protected:
        hidden[start:end] = bytes(end - start)
    marks = (
        MARK if flag and not before else "" if flag else char
        for char, flag, before in zip(text, hidden, b"\x00" + bytes(hidden), strict=False)
    )
    result = "".join(marks)
    return Redaction(result, found=result != text)


def _secrets(text: str, protected: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for match in _PASSWORD.finditer(text):
        if not _is_plain_word(match["label"], match["link"], match["secret"]):
            yield match.span("secret")
    for match in _ONE_TIME.finditer(text):
        yield match.span("secret")
    for match in _CARD_CODE.finditer(text):
        if len(_plain(match["secret"])) >= 6:
            yield match.span("secret")
    for match in _JOINED_CODE.finditer(text):
        code = match["secret"]
        if re.search("[A-Z]", code) and re.search("[0-9]", code):
            yield match.span("secret")
    for match in _ID_CARD.finditer(text):
        if is_id_card(_plain(match["secret"])):
            yield match.span("secret")
    for match in _DIGIT_RUN.finditer(text):
        yield from _bank_cards(text, match)


def _bank_cards(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Cards among the groups of a digit run: any groups side by side may be one, as in "6222 0212 …"."""
    if _NUMBER_LABEL.search(text[: run.start()]) or len(_plain(run[0])) in (28, 31, 32):
        return
    groups = [(run.start() + each.start(), run.start() + each.end()) for each in re.finditer(r"\d+", run[0])]
    for index, (start, _) in enumerate(groups):
        for _, end in groups[index : index + 8]:
            if is_bank_card(_plain(text[start:end])):
                yield start, end


def _is_plain_word(label: str, link: str, secret: str) -> bool:
    """Whether what follows the word "password" is only the sentence going on; after a colon it never is."""
    if re.search(r"[:：=]", link):
        return False
    word = secret.rstrip(".!?")
    if word.lower() in _NO_SECRETS:
        return True
    return label.isascii() and (not link or (link.isspace() and word.isalpha()))


def _plain(digits: str) -> str:
    return digits.replace(" ", "").replace("-", "")


def is_bank_card(number: str) -> bool:
    """Whether these digits are the number of a payment card: a known range, and the Luhn check holds."""
    ranges = _AMERICAN_EXPRESS if len(number) == 15 else _BANK_CARD
    return bool(ranges.fullmatch(number)) and not _TIMED_ORDER.fullmatch(number) and luhn_holds(number)


def luhn_holds(number: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(number))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def is_id_card(number: str) -> bool:
    """Whether this is a resident identity number: a province, a day of birth and the check of GB 11643."""
    if not re.fullmatch(r"[1-6]\d{16}[0-9Xx]|[78][1-3]\d{15}[0-9Xx]", number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - index, 11) for index, digit in enumerate(number[:17]))
    return 1900 <= born.year < 2100 and "10X98765432"[total % 11] == number[17].upper()
