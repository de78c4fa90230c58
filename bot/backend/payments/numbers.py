"""What the numbers on a bill tell by their form. Pure rules."""

import re
from datetime import date, datetime
from enum import StrEnum

# WeChat and Alipay numbers of 28 digits carry their date at different places, which also tells them apart.
WECHAT_NO = re.compile(r"(?:42|10)\d{8}(20\d{6})\d{10}")
ALIPAY_NO = re.compile(r"(20\d{6})\d{20}")


class Channel(StrEnum):
    """The way a payment was made."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
    BANK = "bank"
    BALANCE = "balance"
    OTHER = "other"


def date_in_number(number: str | None) -> date | None:
    """The date (China) inside a 28-digit WeChat or Alipay number; None when it has none."""
    match = (WECHAT_NO.fullmatch(number) or ALIPAY_NO.fullmatch(number)) if number else None
    try:
        return datetime.strptime(match[1], "%Y%m%d").date() if match else None  # noqa: DTZ007
    except ValueError:
        return None


def channel_of_number(number: str | None) -> Channel | None:
    """The channel whose form a transaction number has."""
    if not number:
        return None
    if WECHAT_NO.fullmatch(number):
        return Channel.WECHAT
    return Channel.ALIPAY if ALIPAY_NO.fullmatch(number) else None


def same_form(number: str | None, order_no: str | None) -> bool:
    """Whether a number looks like this shop's order numbers: the same letters before the same count of digits."""
    forms = [re.fullmatch(r"([A-Z]+)(\d+)", each or "") for each in (number, order_no)]
    return all(forms) and len({(form[1], len(form[2])) for form in forms if form}) == 1
