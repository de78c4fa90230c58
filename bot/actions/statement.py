"""Corrections of the four-part statement, read from a typed sentence (pure)."""

import re

from bot.actions.meanings import normal_line

_PARTS = {
    "payment_state": re.compile(r"支付|付款|扣款|扣钱|\b(?:payment|charged?)\b"),
    "order_state": re.compile(r"订单状态|状态|\b(?:order (?:state|status)|status)\b"),
    "initiated_at": re.compile(r"时间|日期|几点|哪天|\b(?:time|date|when|hour)\b"),
    "product": re.compile(r"商品|产品|东西|面值|\b(?:product|item|goods)\b"),
}
_NEW_VALUE = re.compile(
    r"(?:改[成为]|换成|应该是|应为|而是|是|\b(?:to|should be|it's|it is|it was)\b)\s*[:：]?\s*(\S.{0,80})$"
)
_TIME_WORDS = re.compile(
    r"[今昨前当]天|今早|昨晚|今晚|早上|上午|中午|下午|晚上|夜里|凌晨|周[一-日天末]|星期|礼拜|[上这本]个?月|月|号|点|[前后]|刚|分钟|小时|\d"
    r"|\b(?:ago|today|yesterday|morning|noon|afternoon|evening|night|week|month|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday|just|hour|minute|am|pm)"
)


def named_part(text: str) -> str | None:
    """The slot of the statement that the sentence names; "支付时间" is a time."""
    line = normal_line(text)
    if _PARTS["initiated_at"].search(line):
        return "initiated_at"
    return next((part for part, words in _PARTS.items() if words.search(line)), None)


def new_value(text: str, part: str) -> str | None:
    """What the part is to be changed to, in the customer's words; None when only the part was named.

    A time is read by `find_time`, never taken from the words.
    """
    match = _NEW_VALUE.search(" ".join(text.split())) if part != "initiated_at" else None
    value = match.group(1).strip(" 。.!！了的") if match else ""
    return value if value and not re.fullmatch(r"(?:不对|错|wrong|incorrect)", value.lower()) else None


def looks_like_time(text: str) -> bool:
    """Whether the words can say when something happened, even if no clock can be read from them."""
    return bool(_TIME_WORDS.search(normal_line(text)))
