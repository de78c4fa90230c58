"""Typed values in what was read: money, times, numbers, states. None unless it is certain. Pure."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.backend.evidence.reading.labels import plain
from bot.backend.evidence.reading.model import SHANGHAI, Status
from bot.backend.payments.numbers import ALIPAY_NO, WECHAT_NO, date_in_number
from bot.numbers import find_reference
from bot.redact import redact

# Minus is also read as 一, the sign of the yuan as 夫, 羊 or Y.
_MONEY = re.compile(r"[+\-−–—_~一]?[¥￥夫羊半Y]{0,2}[+\-−–—一]?(\d{1,3}(?:[,，.]\d{3})+|\d{1,8})\.(\d{2})元?")
_NOT_DIGITS = str.maketrans({"O": "0", "o": "0", "D": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "i": "1"})
_DAY = r"(20\d{2})[年\-/.](\d{1,2})[月\-/.](\d{1,2})日?"
_CLOCK = r"(\d{1,2})[:.;](\d{2})(?:[:.;](\d{2}))?"
_TIME = re.compile(_DAY + r"[\sT]*" + _CLOCK)
_TIGHT_TIME = re.compile(r"(20\d{2})[\-/.](\d{2})[\-/.](\d{2})(\d{2})[:.;](\d{2})(?:[:.;](\d{2}))?")
# No number that leads to an order is shorter (`bot.numbers`).
_NUMBER = re.compile(r"[0-9A-Za-z_\-|]{12,32}")
_NUMBER_OR_PART = re.compile(r"[0-9A-Za-z_\-|*•·.○●]{6,32}")
# Signs that stand for hidden ones; circles in place of the last four digits are read as O.
_MASK = re.compile(r"\*|X{3}|[_\-|]{3}|O{4}$")
# What begins like an order number of a known form and is not whole, because it was cut off or misread.
_OWN_MISREAD = re.compile(r"KM20(?!\d{10}$|\d{18}$).*")
_CUT = re.compile(r"KM20.*|M?20\d{10}|D\d{1,20}|[A-Z]{1,8}20\d{12}\d{0,5}")
_TAIL = re.compile(r"(?:复制|拷贝|copy)+$", re.IGNORECASE)
FIRST_BILL = date(2010, 1, 1)
# A trade that began before midnight may be paid after it.
_MIDNIGHT = timedelta(hours=1)

STATES: dict[str, Status] = {
    name: status
    for status, names in {
        Status.PAID: "支付成功 交易成功 付款成功 已支付 已付款 支付完成 等待对方发货 等待商家发货 等待确认收货",
        Status.PENDING: "等待付款 待支付 待付款 未支付 等待支付 等待买家付款",
        Status.PROCESSING: "处理中 到账中 充值中 待处理 正在处理 发货中 待发货 支付处理中 交易处理中",
        Status.COMPLETED: "已完成 充值成功 已到账 已发货 交易完成 订单完成",
        Status.FAILED: "支付失败 交易失败 充值失败 处理失败 付款失败 失败",
        Status.ABNORMAL: "异常 订单异常",
        Status.CLOSED: "交易关闭 已关闭 订单已关闭 交易已关闭 已取消 已过期 已失效 订单已取消 支付超时",
        Status.REFUNDING: "退款中 退款处理中",
        Status.PARTIALLY_REFUNDED: "部分退款 已部分退款",
        Status.REFUNDED: "已全额退款 退款成功 已退款 对方已退还 已退单",
    }.items()
    for name in names.split()
}
_REFUND_SUM = re.compile(r"已退款\(?[¥￥夫羊Y]?([\d,.]+)元?\)?")


def amount_of(text: str) -> Decimal | None:
    """The sum that this text is, without its sign; a cent is the least."""
    match = _MONEY.fullmatch(plain(text).replace("O", "0").replace("o", "0").strip(":"))
    if not match or (len(match[1]) > 1 and match[1].startswith("0")):
        return None
    amount = Decimal(f"{re.sub('[,，.]', '', match[1])}.{match[2]}")
    return amount if amount > 0 else None


def is_signed(text: str) -> bool:
    return plain(text).startswith(("-", "−", "–", "—", "一", "_", "~"))


def time_of(text: str) -> datetime | None:
    """The full day and time that a text names, in China's zone; aware UTC."""
    line = unicodedata.normalize("NFKC", text).strip()
    found = {*_TIME.findall(re.sub(r"\s*([年月日\-/.:;])\s*", r"\1", line))}
    if tight := _TIGHT_TIME.search(plain(text)):  # no blank between the day and the hour
        found = {tight.groups(default="")}
    moments = {moment for each in found if (moment := _moment(each))}
    return moments.pop() if len(moments) == 1 else None


def _moment(parts: tuple[str, ...]) -> datetime | None:
    try:
        moment = datetime(*(int(each or 0) for each in parts), tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.date() >= FIRST_BILL else None


def transaction_of(text: str) -> str | None:
    """A WeChat or Alipay number of 28 digits with a real date; letters that can only be digits are put right."""
    digits = _TAIL.sub("", plain(text)).translate(_NOT_DIGITS).strip(":")
    if not (WECHAT_NO.fullmatch(digits) or ALIPAY_NO.fullmatch(digits)):
        return None
    begun = date_in_number(digits)
    return digits if begun and begun >= FIRST_BILL else None


def is_foreign_number(text: str) -> bool:
    """31 or 32 digits: money from one person to another."""
    return bool(re.fullmatch(r"10\d{29,30}|20\d{30}", _TAIL.sub("", plain(text))))


def number_of(text: str) -> str | None:
    """A merchant's or a shop's number as it is printed, without blanks; None when a part of it is hidden or cut off."""
    number = _TAIL.sub("", plain(text)).strip(":")
    if known := ordered(number):
        return known
    if not _NUMBER.fullmatch(number) or not is_number(number):
        return None
    return None if _MASK.search(number.upper()) or _CUT.fullmatch(number.upper()) else number


def is_number(text: str) -> bool:
    """Whether this is such a number, also when not all of it can be seen."""
    number = _TAIL.sub("", plain(text)).strip(":")
    return bool(_NUMBER_OR_PART.fullmatch(number)) and sum(c.isdigit() for c in number) >= 4 and not _is_secret(number)


def ordered(text: str) -> str | None:
    """The order number of a known form that a text is, with O put right where the form leaves no choice."""
    number = plain(text).upper()
    if _MASK.search(number):
        return None
    # The letters before the digits are few; behind them is nothing but digits.
    if form := re.fullmatch(r"(KM|[A-Z]{1,8})([0-9O]{12}|[0-9O]{20})", number):
        number = form[1] + form[2].replace("O", "0")
    if _OWN_MISREAD.fullmatch(number):
        return None
    found = find_reference(number)
    return found.value if found and found.kind == "order" and len(found.value) == len(number) else None


def order_in(text: str) -> str | None:
    """An order number of the shop's own form in a longer text such as the name of a product."""
    match = re.search(r"(?<![A-Z0-9])KM[0-9O]{12}(?![A-Z0-9*•]|[.·]{2})", unicodedata.normalize("NFKC", text).upper())
    return ordered(match.group()) if match else None


def _is_secret(number: str) -> bool:
    return number.isdigit() and redact(number).found


def name_of(text: str) -> str | None:
    """A payee or a way of payment; never one with a long number in it."""
    name = _TAIL.sub("", plain(text)).strip(":>›·|")
    if not 1 <= len(name) <= 60 or re.search(r"\d{5}", name) or redact(name).found:
        return None
    return name if re.search(r"[A-Za-z一-鿿]", name) else None


def status_of(text: str, amount: Decimal | None = None) -> Status | None:
    """The state that this text is; a refund of less than the amount is a partial one."""
    line = plain(text).strip(":!。>›")
    if line in STATES:
        return STATES[line]
    if match := _REFUND_SUM.fullmatch(line):
        refund = amount_of(match[1])
        if refund is None or amount is None:
            return None
        return Status.REFUNDED if refund >= amount else Status.PARTIALLY_REFUNDED
    return None


def agree(number: str, paid_at: datetime) -> bool:
    """Whether the day inside a transaction number is the day of the payment, or the day before just after midnight."""
    begun = date_in_number(number)
    local = paid_at.astimezone(SHANGHAI)
    return begun is None or begun in (local.date(), (local - _MIDNIGHT).date())
