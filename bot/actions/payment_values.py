"""What a message says about a payment, normalised: channel name, number, `30.00`, ISO time."""

import re
from datetime import UTC

from bot.actions.turn import Turn
from bot.numbers import find_amount, find_reference, find_time, normalize_number

CHANNELS = {
    "wechat": ("wechat", "微信", "weixin", "wx"),
    "alipay": ("alipay", "支付宝", "花呗"),
    "bank": ("bank", "card", "银行", "储蓄卡", "信用卡", "云闪付"),
    "balance": ("balance", "余额"),
}
_ANY_CHANNEL = "|".join(word for words in CHANNELS.values() for word in words)
_DENIED = re.compile(rf"(?:不是|不用|没用|并非|\bnot|n't)\s?(?:用|by|with|via|use|using)?\s?(?:{_ANY_CHANNEL})")
_EITHER = re.compile(r"还是|或|\bor\b")
_ABOUT = re.compile(r"大[概约]|约|左右|差不多|\b(?:about|around|roughly|approximately|maybe|it was|it is|it's)\b|~")
# Only a bill gives the time to the minute with its date; "last night at 8" would not match the record.
_BILL_TIME = re.compile(r"20\d{2}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}\D{0,3}\d{1,2}[:：]\d{2}")


def channel_in(turn: Turn) -> str | None:
    """The channel that is named and not denied ("not WeChat, Alipay"); none when it is this or that."""
    named = str(turn.entities.get("payment_channel") or "").lower()
    if named == "other":
        return "other"
    text = _DENIED.sub(" ", turn.text.lower()) if turn.typed else ""
    for source in (text, named):
        channels = [name for name, words in CHANNELS.items() if any(each in source for each in words)]
        if len(channels) > 1 and _EITHER.search(source):
            return None
        if channels:
            return channels[0]
    return None


def number_in(turn: Turn) -> str | None:
    for name in ("payment_no", "order_no"):
        if turn.entities.get(name):
            return normalize_number(str(turn.entities[name]))
    reference = find_reference(turn.text) if turn.typed else None
    return reference.value if reference else None


def amount_in(turn: Turn) -> str | None:
    typed = _ABOUT.sub("", turn.text.lower()) if turn.typed else ""
    amount = find_amount(str(turn.entities.get("amount") or typed))
    return f"{amount:.2f}" if amount is not None else None


def values_in(turn: Turn, requested: str | None) -> dict[str, str]:
    """The fields of payment_form that this message gives."""
    amount = amount_in(turn) if requested in ("payment_amount", None) or "amount" in turn.entities else None
    moment = find_time(turn.text, turn.now) if turn.typed else None
    found = {
        "payment_channel": channel_in(turn),
        "payment_no": number_in(turn),
        "payment_amount": amount,
        "paid_at": moment.astimezone(UTC).isoformat() if moment else None,
    }
    return {name: value for name, value in found.items() if value}


def note_bill(turn: Turn) -> None:
    """A pasted bill answers all of payment_form; it is kept, so that none of it is asked for later."""
    if turn.typed and turn.entities.get("payment_no") and _BILL_TIME.search(turn.text):
        found = values_in(turn, None)
        whole = {"payment_no", "payment_amount", "paid_at"} <= set(found)
        turn.set(**found, paid_claim=True, claim_open=whole or None)
